package io.leasehold.testkit;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

/** A store that does all it is asked to, and whose answers never come. */
public final class LostAnswers extends ForwardingStore {

    public LostAnswers(LeaseStore store) {
        super(store);
    }

    @Override
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        return new Unknown<>(
                new LeaseStoreException(
                        "The answer was lost: " + super.ask(request),
                        LeaseStoreException.Kind.UNREACHABLE,
                        null));
    }
}
