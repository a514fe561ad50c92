package io.leasehold.testkit;

import io.leasehold.lease.GroupSummary;
import io.leasehold.lease.Inspection;
import io.leasehold.lease.LeaseChanges;
import io.leasehold.lease.LeaseOutcome;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseRequest.Acquire;
import io.leasehold.lease.LeaseRequest.Beat;
import io.leasehold.lease.LeaseRequest.Check;
import io.leasehold.lease.LeaseRequest.Claim;
import io.leasehold.lease.LeaseRequest.Close;
import io.leasehold.lease.LeaseRequest.Declare;
import io.leasehold.lease.LeaseRequest.Discover;
import io.leasehold.lease.LeaseRequest.Exclude;
import io.leasehold.lease.LeaseRequest.Finish;
import io.leasehold.lease.LeaseRequest.Forget;
import io.leasehold.lease.LeaseRequest.ForgetGroup;
import io.leasehold.lease.LeaseRequest.ForgetMembers;
import io.leasehold.lease.LeaseRequest.Free;
import io.leasehold.lease.LeaseRequest.Groups;
import io.leasehold.lease.LeaseRequest.Inspect;
import io.leasehold.lease.LeaseRequest.Join;
import io.leasehold.lease.LeaseRequest.Locate;
import io.leasehold.lease.LeaseRequest.Open;
import io.leasehold.lease.LeaseRequest.Order;
import io.leasehold.lease.LeaseRequest.Rate;
import io.leasehold.lease.LeaseRequest.Read;
import io.leasehold.lease.LeaseRequest.Record;
import io.leasehold.lease.LeaseRequest.Release;
import io.leasehold.lease.LeaseRequest.Reset;
import io.leasehold.lease.LeaseRequest.Withdraw;
import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.Membership;
import io.leasehold.lease.Progress;
import io.leasehold.lease.StoreCheck;

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
