package io.leasehold.simulation;

import io.leasehold.lease.LeaseChanges;
import io.leasehold.lease.LeaseOutcome;
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
import io.leasehold.lease.Membership;

import java.util.List;
import java.util.Set;

/** Hands every request on. */
class ForwardingStore implements LeaseStore {

    final LeaseStore store;

    ForwardingStore(LeaseStore store) {
        this.store = store;
    }

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return store.open(open);
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return store.join(join);
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        return store.beat(beat);
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        return store.read(read);
    }

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        return store.discover(discover);
    }

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return store.acquire(acquire);
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return store.record(record);
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return store.finish(finish);
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return store.release(release);
    }

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        return store.close(close);
    }

    @Override
    public void close() {
        store.close();
    }
}
