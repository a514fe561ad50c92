package io.leasehold.simulation;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

/** Answers nothing: what a member sees of a request whose answer does not come. */
final class SilentStore implements LeaseStore {

    private static final LeaseStoreException SILENCE =
            new LeaseStoreException("No answer.", LeaseStoreException.Kind.UNREACHABLE, null);

    @Override
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        return new Unknown<>(SILENCE);
    }

    @Override
    public void close() {}
}
