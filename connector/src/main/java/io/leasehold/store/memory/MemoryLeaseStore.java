package io.leasehold.store.memory;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseAnswers;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.lease.store.OperatorRequest.Forget;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OperatorRequest.Free;
import io.leasehold.lease.store.OperatorRequest.Groups;
import io.leasehold.lease.store.OperatorRequest.Inspect;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OperatorRequest.Reset;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.lease.store.StoreCheck;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** A session on a {@link MemoryLeaseTable}. Answers at once; {@code Unknown} only when closed. */
public final class MemoryLeaseStore
        implements LeaseStore,
                MembershipRequest.Answers,
                SplitRequest.Answers,
                OwnershipRequest.Answers,
                OperatorRequest.Answers {

    private final LeaseAnswers answers = new LeaseAnswers(this, this, this, this);

    /** It has always been as it is. */
    private static final int SCHEMA_VERSION = 1;

    private static final Map<String, MemoryLeaseTable> NAMED = new ConcurrentHashMap<>();

    private final MemoryLeaseTable table;
    private volatile boolean closed;

    MemoryLeaseStore(MemoryLeaseTable table) {
        this.table = table;
    }

    /** The table of that name in this JVM: all who name it share it, until the JVM ends. */
    public static LeaseStoreFactory named(String name) {
        return new Named(Names.require("name of the lease store", name));
    }

    private record Named(String name) implements LeaseStoreFactory {
        @Override
        public LeaseStore open(Duration timeout) {
            return NAMED.computeIfAbsent(name, missing -> new MemoryLeaseTable()).open();
        }

        @Override
        public String toString() {
            return "memory:" + name;
        }
    }

    @Override
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        return request.answeredBy(answers);
    }

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return ask(open.group(), open.seen(), MemoryGroup::open);
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return ask(join.group(), join.seen(), group -> group.join(join));
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        return ask(beat.group(), beat.seen(), group -> group.beat(beat));
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        return ask(read.group(), read.seen(), group -> group.read(read));
    }

    @Override
    public LeaseOutcome<Optional<Progress>> locate(Locate locate) {
        return ask(locate.group(), group -> group.locate(locate));
    }

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        return ask(discover.group(), group -> group.discover(discover));
    }

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return ask(acquire.group(), acquire.seen(), group -> group.acquire(acquire));
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return ask(record.group(), group -> group.record(record));
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return ask(finish.group(), group -> group.finish(finish));
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return ask(release.group(), group -> group.release(release));
    }

    @Override
    public LeaseOutcome<Set<String>> claim(Claim claim) {
        return ask(claim.group(), group -> group.claim(claim));
    }

    @Override
    public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        return ask(withdraw.group(), group -> group.withdraw(withdraw));
    }

    @Override
    public LeaseOutcome<Set<String>> exclude(Exclude exclude) {
        return ask(exclude.group(), group -> group.exclude(exclude));
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        return ask(rate.group(), group -> group.rate(rate));
    }

    @Override
    public LeaseOutcome<Membership> declare(Declare declare) {
        return ask(declare.group(), declare.seen(), group -> group.declare(declare));
    }

    @Override
    public LeaseOutcome<Membership> order(Order order) {
        return ask(order.group(), group -> group.order(order));
    }

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        return ask(close.group(), close.seen(), group -> group.close(close));
    }

    @Override
    public LeaseOutcome<List<GroupSummary>> groups(Groups groups) {
        return ifOpen(() -> new LeaseOutcome.Applied<>(table.groups(SCHEMA_VERSION)));
    }

    @Override
    public LeaseOutcome<Optional<Inspection>> inspect(Inspect inspect) {
        return ask(inspect.group(), MemoryGroup::inspect);
    }

    /** There is nothing to be refused. */
    @Override
    public LeaseOutcome<StoreCheck> check(Check check) {
        return ifOpen(
                () ->
                        new LeaseOutcome.Applied<>(
                                new StoreCheck(
                                        "memory of this JVM",
                                        SCHEMA_VERSION,
                                        Instant.EPOCH,
                                        List.of(),
                                        List.of())));
    }

    @Override
    public LeaseOutcome<Set<String>> free(Free free) {
        return ask(free.group(), group -> group.free(free));
    }

    @Override
    public LeaseOutcome<Set<String>> reset(Reset reset) {
        return ask(reset.group(), group -> group.reset(reset));
    }

    @Override
    public LeaseOutcome<Set<String>> forget(Forget forget) {
        return ask(forget.group(), group -> group.forget(forget));
    }

    @Override
    public LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget) {
        return ask(forget.group(), group -> group.forgetMembers(forget));
    }

    @Override
    public LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget) {
        return ask(forget.group(), group -> group.forgetGroup(forget));
    }

    @Override
    public void close() {
        closed = true;
    }

    private <A> LeaseOutcome<A> ask(
            String group, long seen, Function<MemoryGroup, LeaseOutcome<A>> request) {
        return ask(group, there -> there.ifInLine(seen, () -> request.apply(there)));
    }

    private <A> LeaseOutcome<A> ask(String group, Function<MemoryGroup, LeaseOutcome<A>> request) {
        return ifOpen(() -> table.in(group, request));
    }

    private <A> LeaseOutcome<A> ifOpen(Supplier<LeaseOutcome<A>> request) {
        return closed
                ? new LeaseOutcome.Unknown<>(
                        new LeaseStoreException(
                                "The lease store is closed.",
                                LeaseStoreException.Kind.DENIED,
                                null))
                : request.get();
    }
}
