package io.leasehold.testkit;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a store that a test can cut: what is sent then does not arrive, a goodbye neither. Works
 * within one JVM, across the serialization of a job graph.
 */
public final class SeverableStore implements LeaseStoreFactory {

    private static final long serialVersionUID = 1L;

    private static final Set<String> SEVERED = ConcurrentHashMap.newKeySet();

    private final LeaseStoreFactory stores;
    private final String name = UUID.randomUUID().toString();

    public SeverableStore(LeaseStoreFactory stores) {
        this.stores = stores;
    }

    public void sever() {
        SEVERED.add(name);
    }

    public void mend() {
        SEVERED.remove(name);
    }

    @Override
    public LeaseStore open(Duration timeout) throws LeaseStoreException {
        return new Session(stores.open(timeout), name);
    }

    private static final class Session extends ForwardingStore {

        private final String name;

        Session(LeaseStore store, String name) {
            super(store);
            this.name = name;
        }

        @Override
        public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
            return SEVERED.contains(name)
                    ? new LeaseOutcome.Unknown<>(
                            new LeaseStoreException(
                                    "The way to the store is cut.",
                                    LeaseStoreException.Kind.UNREACHABLE,
                                    null))
                    : store.ask(request);
        }
    }
}
