package io.leasehold.simulation;

import io.leasehold.lease.LeaseChanges;
import io.leasehold.lease.LeaseOutcome;
import io.leasehold.lease.LeaseOutcome.Unknown;
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
import io.leasehold.lease.Membership;

import java.util.List;
import java.util.Set;

/** Answers nothing: what a member sees of a request whose answer does not come. */
final class SilentStore implements LeaseStore {

    private static final LeaseStoreException SILENCE =
            new LeaseStoreException("No answer.", true, null);

    private static <A> LeaseOutcome<A> silence() {
        return new Unknown<>(SILENCE);
    }

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return silence();
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return silence();
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        return silence();
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        return silence();
    }

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        return silence();
    }

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return silence();
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return silence();
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return silence();
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return silence();
    }

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        return silence();
    }

    @Override
    public void close() {}
}
