package io.leasehold.testkit;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

/** A store that does all it is asked to, and whose answers never come. */
public final class LostAnswers extends RelayingStore {

    private final LeaseStore store;

    public LostAnswers(LeaseStore store) {
        this.store = store;
    }

    @Override
    protected <A> LeaseOutcome<A> relay(LeaseRequest<A> request) {
        LeaseOutcome<A> answer = request.sendTo(store);
        return new Unknown<>(
                new LeaseStoreException(
                        "The answer was lost: " + answer,
                        LeaseStoreException.Kind.UNREACHABLE,
                        null));
    }

    @Override
    public void close() {
        store.close();
    }
}
