package io.leasehold.testkit;

import io.leasehold.lease.LeaseChanges;
import io.leasehold.lease.LeaseOutcome;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseRequest.Acquire;
import io.leasehold.lease.LeaseRequest.Beat;
import io.leasehold.lease.LeaseRequest.Close;
import io.leasehold.lease.LeaseRequest.Discover;
import io.leasehold.lease.LeaseRequest.Finish;
import io.leasehold.lease.LeaseRequest.Join;
import io.leasehold.lease.LeaseRequest.Open;
import io.leasehold.lease.LeaseRequest.Read;
import io.leasehold.lease.LeaseRequest.Record;
import io.leasehold.lease.LeaseRequest.Release;
import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.LeaseStoreFactory;
import io.leasehold.lease.Membership;

import java.time.Duration;
import java.util.List;
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

    private record Session(LeaseStore store, String name) implements LeaseStore {

        private <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
            return SEVERED.contains(name)
                    ? new LeaseOutcome.Unknown<>(
                            new LeaseStoreException("The way to the store is cut.", true, null))
                    : request.sendTo(store);
        }

        @Override
        public LeaseOutcome<Membership> open(Open open) {
            return ask(open);
        }

        @Override
        public LeaseOutcome<Membership> join(Join join) {
            return ask(join);
        }

        @Override
        public LeaseOutcome<Membership> beat(Beat beat) {
            return ask(beat);
        }

        @Override
        public LeaseOutcome<LeaseChanges> read(Read read) {
            return ask(read);
        }

        @Override
        public LeaseOutcome<Set<String>> discover(Discover discover) {
            return ask(discover);
        }

        @Override
        public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
            return ask(acquire);
        }

        @Override
        public LeaseOutcome<Set<String>> record(Record record) {
            return ask(record);
        }

        @Override
        public LeaseOutcome<Set<String>> finish(Finish finish) {
            return ask(finish);
        }

        @Override
        public LeaseOutcome<Set<String>> release(Release release) {
            return ask(release);
        }

        @Override
        public LeaseOutcome<Membership> close(Close close) {
            return ask(close);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
