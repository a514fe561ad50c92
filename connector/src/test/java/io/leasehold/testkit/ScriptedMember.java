package io.leasehold.testkit;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A member that sends what the test says, and no more. For one thread.
 *
 * @param store where it sends to
 * @param group the group it is in
 * @param self who it is
 */
public record ScriptedMember(LeaseStore store, String group, Incarnation self) {

    /** The answer of a request that must have been carried out. */
    public static <A> A applied(LeaseOutcome<A> outcome) {
        if (outcome instanceof Applied<A> done) {
            return done.answer();
        }
        throw new AssertionError("Expected to be applied, but: " + outcome);
    }

    /** A position for tests: the bytes say the same as the text. */
    public static Progress position(String text, long checkpoint) {
        return new Progress(text.getBytes(StandardCharsets.UTF_8), 1, text, checkpoint);
    }

    public static Recorded recorded(Lease lease, Progress progress) {
        return new Recorded(lease.splitId(), lease.epoch(), progress);
    }

    /** The next life of the same member. */
    public ScriptedMember reborn(String incarnation) {
        return new ScriptedMember(store, group, new Incarnation(self.memberId(), incarnation));
    }

    /** The same member with another way to the store. */
    public ScriptedMember through(LeaseStore other) {
        return new ScriptedMember(other, group, self);
    }

    public Member row() {
        return row(0, MemberState.ACTIVE);
    }

    public Member row(long beat, MemberState state) {
        return new Member(
                self,
                beat,
                state,
                Share.of(1),
                Orders.NONE,
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                "a test");
    }

    public <A> LeaseOutcome<A> send(LeaseRequest<A> request) {
        return store.ask(request);
    }

    public Membership open() {
        return applied(send(new Open(group)));
    }

    /** How many changes the group has seen. */
    public long changes() {
        return ChangeNumber.countOf(open().changeNumber());
    }

    /** How many changes the group had seen when that was answered. */
    public static long changes(LeaseOutcome<Membership> outcome) {
        return ChangeNumber.countOf(applied(outcome).changeNumber());
    }

    public LeaseOutcome<Membership> join(Optional<Member> replaced) {
        return send(new Join(group, row(), replaced));
    }

    /** Joins in place of whatever row there is. */
    public ScriptedMember joined() {
        applied(join(open().member(self.memberId())));
        return this;
    }

    public LeaseOutcome<Membership> beat(long beat) {
        return send(new Beat(group, self, beat));
    }

    public LeaseOutcome<Close.Closed> close(ScriptedMember closed, Optional<Long> beat) {
        return send(new Close(group, closed.self, beat, Duration.ofSeconds(5)));
    }

    public LeaseOutcome<Set<String>> discover(String... splits) {
        return send(
                new Discover(
                        group,
                        self,
                        Stream.of(splits)
                                .map(
                                        split ->
                                                new Discover.NewSplit(
                                                        split, Set.of(), position("start", 0)))
                                .toList()));
    }

    public Map<String, Lease> leases() {
        return applied(send(new Read(group, 0))).leases().stream()
                .collect(Collectors.toMap(Lease::splitId, Function.identity()));
    }

    public Lease lease(String split) {
        return leases().get(split);
    }

    /** Acquires the lease as it was read. */
    public LeaseOutcome<List<Acquire.Taken>> acquire(Lease... asRead) {
        return send(
                new Acquire(
                        group,
                        self,
                        Stream.of(asRead)
                                .map(
                                        lease ->
                                                new Acquire.Wanted(
                                                        lease.splitId(), lease.version(), 7))
                                .toList()));
    }

    /** Claims the splits as they were read. */
    public LeaseOutcome<Set<String>> claim(Kind kind, Lease... asRead) {
        return send(
                new Claim(
                        group,
                        self,
                        Stream.of(asRead)
                                .map(
                                        lease ->
                                                new Claim.Claimed(
                                                        lease.splitId(), lease.version(), kind))
                                .toList()));
    }

    /** Claims the split whatever its row is, and returns that as it is then. */
    public Lease claiming(String split) {
        if (applied(claim(Kind.ASK, lease(split))).isEmpty()) {
            throw new AssertionError(self + " could not claim " + split);
        }
        return lease(split);
    }

    public LeaseOutcome<Set<String>> withdraw(String... splits) {
        return send(new Withdraw(group, self, List.of(splits)));
    }

    /** Writes who cannot read these splits, whose rows are as they were read. */
    public LeaseOutcome<Set<String>> exclude(Map<String, Exclusion> excluded, Lease... asRead) {
        return send(
                new Exclude(
                        group,
                        self,
                        Stream.of(asRead)
                                .map(
                                        lease ->
                                                new Exclude.Excluded(
                                                        lease.splitId(), lease.version(), excluded))
                                .toList()));
    }

    public LeaseOutcome<Set<String>> rate(Lease lease, double perSecond) {
        return send(
                new Rate(
                        group,
                        self,
                        List.of(new Rate.Rated(lease.splitId(), lease.epoch(), perSecond))));
    }

    /** Under the beat that its row has. */
    public LeaseOutcome<Membership> declare(MemberState state) {
        return declare(state, open().member(self.memberId()).map(Member::beat).orElse(0L));
    }

    public LeaseOutcome<Membership> declare(MemberState state, long beat) {
        return send(new Declare(group, self, state, beat));
    }

    /** As an operator does. */
    public LeaseOutcome<Membership> order(String memberId, Orders orders) {
        return send(new Order(group, memberId, orders));
    }

    /** Acquires the split whatever its row is, and returns its lease. */
    public Lease taking(String split) {
        return applied(acquire(lease(split))).get(0).lease();
    }

    /** What the next owner would be given, found by becoming it. */
    public Progress progressOf(String split) {
        return applied(acquire(lease(split))).get(0).progress();
    }

    public LeaseOutcome<Set<String>> record(Lease lease, Progress progress) {
        return send(new Record(group, self, List.of(recorded(lease, progress))));
    }

    public LeaseOutcome<Set<String>> finish(Lease lease, Progress progress) {
        return send(new Finish(group, self, List.of(recorded(lease, progress))));
    }

    public LeaseOutcome<Set<String>> release(Lease lease, Optional<Progress> progress) {
        return send(
                new Release(
                        group,
                        self,
                        List.of(new Release.Released(lease.splitId(), lease.epoch(), progress))));
    }
}
