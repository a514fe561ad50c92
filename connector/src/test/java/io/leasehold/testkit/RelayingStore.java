package io.leasehold.testkit;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseRequest.Acquire;
import io.leasehold.lease.store.LeaseRequest.Beat;
import io.leasehold.lease.store.LeaseRequest.Check;
import io.leasehold.lease.store.LeaseRequest.Claim;
import io.leasehold.lease.store.LeaseRequest.Close;
import io.leasehold.lease.store.LeaseRequest.Declare;
import io.leasehold.lease.store.LeaseRequest.Discover;
import io.leasehold.lease.store.LeaseRequest.Exclude;
import io.leasehold.lease.store.LeaseRequest.Finish;
import io.leasehold.lease.store.LeaseRequest.Forget;
import io.leasehold.lease.store.LeaseRequest.ForgetGroup;
import io.leasehold.lease.store.LeaseRequest.ForgetMembers;
import io.leasehold.lease.store.LeaseRequest.Free;
import io.leasehold.lease.store.LeaseRequest.Groups;
import io.leasehold.lease.store.LeaseRequest.Inspect;
import io.leasehold.lease.store.LeaseRequest.Join;
import io.leasehold.lease.store.LeaseRequest.Locate;
import io.leasehold.lease.store.LeaseRequest.Open;
import io.leasehold.lease.store.LeaseRequest.Order;
import io.leasehold.lease.store.LeaseRequest.Rate;
import io.leasehold.lease.store.LeaseRequest.Read;
import io.leasehold.lease.store.LeaseRequest.Record;
import io.leasehold.lease.store.LeaseRequest.Release;
import io.leasehold.lease.store.LeaseRequest.Reset;
import io.leasehold.lease.store.LeaseRequest.Withdraw;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.StoreCheck;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A store that does the same with every request, whatever it asks for. */
public abstract class RelayingStore implements LeaseStore {

    /** What becomes of a request. */
    protected abstract <A> LeaseOutcome<A> relay(LeaseRequest<A> request);

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return relay(open);
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return relay(join);
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        return relay(beat);
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        return relay(read);
    }

    @Override
    public LeaseOutcome<Optional<Progress>> locate(Locate locate) {
        return relay(locate);
    }

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        return relay(discover);
    }

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return relay(acquire);
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return relay(record);
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return relay(finish);
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return relay(release);
    }

    @Override
    public LeaseOutcome<Set<String>> claim(Claim claim) {
        return relay(claim);
    }

    @Override
    public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        return relay(withdraw);
    }

    @Override
    public LeaseOutcome<Set<String>> exclude(Exclude exclude) {
        return relay(exclude);
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        return relay(rate);
    }

    @Override
    public LeaseOutcome<Membership> declare(Declare declare) {
        return relay(declare);
    }

    @Override
    public LeaseOutcome<Membership> order(Order order) {
        return relay(order);
    }

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        return relay(close);
    }

    @Override
    public LeaseOutcome<List<GroupSummary>> groups(Groups groups) {
        return relay(groups);
    }

    @Override
    public LeaseOutcome<Optional<Inspection>> inspect(Inspect inspect) {
        return relay(inspect);
    }

    @Override
    public LeaseOutcome<StoreCheck> check(Check check) {
        return relay(check);
    }

    @Override
    public LeaseOutcome<Set<String>> free(Free free) {
        return relay(free);
    }

    @Override
    public LeaseOutcome<Set<String>> reset(Reset reset) {
        return relay(reset);
    }

    @Override
    public LeaseOutcome<Set<String>> forget(Forget forget) {
        return relay(forget);
    }

    @Override
    public LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget) {
        return relay(forget);
    }

    @Override
    public LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget) {
        return relay(forget);
    }
}
