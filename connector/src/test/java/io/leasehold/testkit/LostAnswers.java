package io.leasehold.testkit;

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

/** A store that does all it is asked to, and whose answers never come. */
public record LostAnswers(LeaseStore store) implements LeaseStore {

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return lost(store.open(open));
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return lost(store.join(join));
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        return lost(store.beat(beat));
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        return lost(store.read(read));
    }

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        return lost(store.discover(discover));
    }

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return lost(store.acquire(acquire));
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return lost(store.record(record));
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return lost(store.finish(finish));
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return lost(store.release(release));
    }

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        return lost(store.close(close));
    }

    @Override
    public void close() {
        store.close();
    }

    private static <A> LeaseOutcome<A> lost(LeaseOutcome<A> answer) {
        return new Unknown<>(new LeaseStoreException("The answer was lost: " + answer, true, null));
    }
}
