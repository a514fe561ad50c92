package io.leasehold.lease.store;

import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One thing a member or an operator asks of a {@link LeaseStore}, as a value: it can be sent, lost,
 * repeated and written down. A request that names many splits names each of them once.
 *
 * @param <A> what the store answers
 */
public sealed interface LeaseRequest<A> {

    /** The most splits one request may name, so that it fits into one store time-out. */
    int MOST_SPLITS = 10_000;

    /** The most members one request may name. */
    int MOST_MEMBERS = 1_000;

    /** Sends this to the store and waits for the outcome, at most for the store's time-out. */
    LeaseOutcome<A> sendTo(LeaseStore store);

    /**
     * See {@link LeaseStore#open}.
     *
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Open(String group, long seen) implements LeaseRequest<Membership> {
        public Open {
            Names.require("group", group);
        }

        /** By a sender that has seen nothing of the group. */
        public Open(String group) {
            this(group, 0);
        }

        @Override
        public LeaseOutcome<Membership> sendTo(LeaseStore store) {
            return store.open(this);
        }
    }

    /**
     * See {@link LeaseStore#join}.
     *
     * @param member the row to write
     * @param replaced the row as it was read, if there was one
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Join(String group, Member member, Optional<Member> replaced, long seen)
            implements LeaseRequest<Membership> {
        public Join {
            Names.require("group", group);
            Objects.requireNonNull(member);
            if (replaced.isPresent() && !replaced.get().id().equals(member.id())) {
                throw new IllegalArgumentException(
                        member.id() + " cannot replace the row of " + replaced.get().id());
            }
        }

        /** By a sender that compares with nothing it has seen. */
        public Join(String group, Member member, Optional<Member> replaced) {
            this(group, member, replaced, 0);
        }

        /** The same, by a sender that saw this change number last. */
        public Join bySomebodyWhoSaw(long change) {
            return new Join(group, member, replaced, change);
        }

        @Override
        public LeaseOutcome<Membership> sendTo(LeaseStore store) {
            return store.join(this);
        }
    }

    /**
     * See {@link LeaseStore#beat}.
     *
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Beat(String group, Incarnation by, long beat, long seen)
            implements LeaseRequest<Membership> {

        /** By a sender that compares with nothing it has seen. */
        public Beat(String group, Incarnation by, long beat) {
            this(group, by, beat, 0);
        }

        @Override
        public LeaseOutcome<Membership> sendTo(LeaseStore store) {
            return store.beat(this);
        }
    }

    /**
     * See {@link LeaseStore#read}.
     *
     * @param since up to which change number the leases are known; 0 reads all
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Read(String group, long since, long seen) implements LeaseRequest<LeaseChanges> {

        /** By a sender that compares with nothing it has seen. */
        public Read(String group, long since) {
            this(group, since, 0);
        }

        @Override
        public LeaseOutcome<LeaseChanges> sendTo(LeaseStore store) {
            return store.read(this);
        }
    }

    /** See {@link LeaseStore#locate}. */
    record Locate(String group, String splitId) implements LeaseRequest<Optional<Progress>> {
        @Override
        public LeaseOutcome<Optional<Progress>> sendTo(LeaseStore store) {
            return store.locate(this);
        }
    }

    /** See {@link LeaseStore#discover}. */
    record Discover(String group, Incarnation by, List<NewSplit> splits)
            implements LeaseRequest<Set<String>> {

        /**
         * A split that was found in the queue.
         *
         * @param start where its first reader starts, if it is new to the group
         */
        public record NewSplit(String splitId, Set<String> parents, Progress start) {
            public NewSplit {
                Names.require("split id", splitId);
                parents = Set.copyOf(parents);
                parents.forEach(parent -> Names.require("parent's split id", parent));
                Objects.requireNonNull(start);
            }
        }

        public Discover {
            splits = eachOnce(splits, NewSplit::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.discover(this);
        }
    }

    /**
     * See {@link LeaseStore#acquire}.
     *
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Acquire(String group, Incarnation by, List<Wanted> splits, long seen)
            implements LeaseRequest<List<Acquire.Taken>> {

        /**
         * @param version the version of the row as read; the lease is had only if it is still that
         * @param tenure the tenure the lease shall have from now on
         * @param beyond an epoch that the new one must be above, whatever the row says
         */
        public record Wanted(String splitId, long version, long tenure, long beyond) {

            /** In the epoch after that of the row. */
            public Wanted(String splitId, long version, long tenure) {
                this(splitId, version, tenure, 0);
            }
        }

        /**
         * @param lease the row as it is now, owned by who asked, with its new epoch
         * @param progress where to start from if not from state
         */
        public record Taken(Lease lease, Progress progress) {}

        public Acquire {
            splits = eachOnce(splits, Wanted::splitId);
        }

        /** By a sender that compares with nothing it has seen. */
        public Acquire(String group, Incarnation by, List<Wanted> splits) {
            this(group, by, splits, 0);
        }

        @Override
        public LeaseOutcome<List<Taken>> sendTo(LeaseStore store) {
            return store.acquire(this);
        }
    }

    /**
     * Progress of one owned split.
     *
     * @param epoch the epoch under which it was made
     */
    record Recorded(String splitId, long epoch, Progress progress) {}

    /** See {@link LeaseStore#record}. */
    record Record(String group, Incarnation by, List<Recorded> splits)
            implements LeaseRequest<Set<String>> {
        public Record {
            splits = eachOnce(splits, Recorded::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.record(this);
        }
    }

    /** See {@link LeaseStore#finish}. */
    record Finish(String group, Incarnation by, List<Recorded> splits)
            implements LeaseRequest<Set<String>> {
        public Finish {
            splits = eachOnce(splits, Recorded::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.finish(this);
        }
    }

    /** See {@link LeaseStore#release}. */
    record Release(String group, Incarnation by, List<Released> splits)
            implements LeaseRequest<Set<String>> {

        /**
         * @param epoch the epoch under which it was held
         * @param progress how far it was read, if it was read at all
         */
        public record Released(String splitId, long epoch, Optional<Progress> progress) {
            public Released {
                Objects.requireNonNull(progress);
            }

            /** The progress as {@link Record} would record it. */
            public Optional<Recorded> recorded() {
                return progress.map(position -> new Recorded(splitId, epoch, position));
            }
        }

        public Release {
            splits = eachOnce(splits, Released::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.release(this);
        }
    }

    /**
     * See {@link LeaseStore#close(Close)}.
     *
     * @param closed the incarnation that is over
     * @param beat the last beat seen of it; empty where it closes itself
     * @param emitsFor how long its readers, or those of the incarnation it replaced, may still emit
     * @param heldFor how long others leave its leases to its next incarnation
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Close(
            String group,
            Incarnation closed,
            Optional<Long> beat,
            Duration emitsFor,
            Duration heldFor,
            long seen)
            implements LeaseRequest<Membership> {

        /** Of an incarnation that keeps nothing, by a sender that compares with nothing seen. */
        public Close(String group, Incarnation closed, Optional<Long> beat, Duration emitsFor) {
            this(group, closed, beat, emitsFor, Duration.ZERO, 0);
        }

        public Close {
            Objects.requireNonNull(closed);
            Objects.requireNonNull(beat);
            if (emitsFor.isNegative()) {
                throw new IllegalArgumentException("emitsFor is negative: " + emitsFor);
            }
            if (heldFor.isNegative()) {
                throw new IllegalArgumentException("heldFor is negative: " + heldFor);
            }
        }

        @Override
        public LeaseOutcome<Membership> sendTo(LeaseStore store) {
            return store.close(this);
        }
    }

    /** See {@link LeaseStore#claim}. */
    record Claim(String group, Incarnation by, List<Claimed> splits)
            implements LeaseRequest<Set<String>> {

        /**
         * @param version the version of the row as read; it is claimed only if it is still that
         * @param kind how it is claimed
         */
        public record Claimed(
                String splitId, long version, io.leasehold.lease.model.Claim.Kind kind) {
            public Claimed {
                Objects.requireNonNull(kind);
            }
        }

        public Claim {
            splits = eachOnce(splits, Claimed::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.claim(this);
        }
    }

    /** See {@link LeaseStore#withdraw}. */
    record Withdraw(String group, Incarnation by, List<String> splitIds)
            implements LeaseRequest<Set<String>> {
        public Withdraw {
            splitIds = eachOnce(splitIds, Function.identity());
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.withdraw(this);
        }
    }

    /** See {@link LeaseStore#exclude}. */
    record Exclude(String group, Incarnation by, List<Excluded> splits)
            implements LeaseRequest<Set<String>> {

        /**
         * @param version the version of the row as read; it is changed only if it is still that
         * @param excluded all members that cannot read the split from then on, and why
         */
        public record Excluded(String splitId, long version, Map<String, Exclusion> excluded) {
            public Excluded {
                excluded = Map.copyOf(excluded);
                excluded.keySet().forEach(member -> Names.require("member id", member));
            }
        }

        public Exclude {
            splits = eachOnce(splits, Excluded::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.exclude(this);
        }
    }

    /** See {@link LeaseStore#rate}. */
    record Rate(String group, Incarnation by, List<Rated> splits)
            implements LeaseRequest<Set<String>> {

        /**
         * @param epoch the epoch it is owned in
         * @param perSecond records per second
         */
        public record Rated(String splitId, long epoch, double perSecond) {
            public Rated {
                if (!(perSecond >= 0) || Double.isInfinite(perSecond)) {
                    throw new IllegalArgumentException(
                            "The rate " + perSecond + " of split '" + splitId + "' is none.");
                }
            }
        }

        public Rate {
            splits = eachOnce(splits, Rated::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.rate(this);
        }
    }

    /**
     * See {@link LeaseStore#declare}.
     *
     * @param state any but CLOSED; who is CLOSED says so with {@link Close}
     * @param notice what its operators should know now; empty if nothing
     * @param beat its last one: what was true then may not be true any more after the next
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Declare(
            String group, Incarnation by, MemberState state, String notice, long beat, long seen)
            implements LeaseRequest<Membership> {

        /** With no notice, by a sender that compares with nothing seen. */
        public Declare(String group, Incarnation by, MemberState state, long beat) {
            this(group, by, state, "", beat, 0);
        }

        public Declare {
            Objects.requireNonNull(notice);
            Objects.requireNonNull(by);
            if (state == MemberState.CLOSED) {
                throw new IllegalArgumentException("A member is closed by a Close request.");
            }
        }

        @Override
        public LeaseOutcome<Membership> sendTo(LeaseStore store) {
            return store.declare(this);
        }
    }

    /** See {@link LeaseStore#order}. */
    record Order(String group, String memberId, Orders orders) implements LeaseRequest<Membership> {
        public Order {
            Names.require("group", group);
            Names.require("member id", memberId);
            Objects.requireNonNull(orders);
        }

        @Override
        public LeaseOutcome<Membership> sendTo(LeaseStore store) {
            return store.order(this);
        }
    }

    // ------------------------------------------------------------------------------------------
    // What operators ask
    // ------------------------------------------------------------------------------------------

    /** See {@link LeaseStore#groups}. */
    record Groups() implements LeaseRequest<List<GroupSummary>> {
        @Override
        public LeaseOutcome<List<GroupSummary>> sendTo(LeaseStore store) {
            return store.groups(this);
        }
    }

    /** See {@link LeaseStore#inspect}. */
    record Inspect(String group) implements LeaseRequest<Optional<Inspection>> {
        public Inspect {
            Names.require("group", group);
        }

        @Override
        public LeaseOutcome<Optional<Inspection>> sendTo(LeaseStore store) {
            return store.inspect(this);
        }
    }

    /** See {@link LeaseStore#check}. */
    record Check() implements LeaseRequest<StoreCheck> {
        @Override
        public LeaseOutcome<StoreCheck> sendTo(LeaseStore store) {
            return store.check(this);
        }
    }

    /**
     * A row of a split as somebody has seen it.
     *
     * @param version the version of the row as read; it is changed only if it is still that
     */
    record AsRead(String splitId, long version) {}

    /** See {@link LeaseStore#free}. */
    record Free(String group, List<AsRead> splits) implements LeaseRequest<Set<String>> {
        public Free {
            splits = eachOnce(splits, AsRead::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.free(this);
        }
    }

    /** See {@link LeaseStore#reset}. */
    record Reset(String group, List<Position> splits) implements LeaseRequest<Set<String>> {

        /**
         * @param version the version of the row as read; it is changed only if it is still that
         * @param progress where the next reader starts
         */
        public record Position(String splitId, long version, Progress progress) {
            public Position {
                Objects.requireNonNull(progress);
            }
        }

        public Reset {
            splits = eachOnce(splits, Position::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.reset(this);
        }
    }

    /** See {@link LeaseStore#forget}. */
    record Forget(String group, List<AsRead> splits) implements LeaseRequest<Set<String>> {
        public Forget {
            splits = eachOnce(splits, AsRead::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.forget(this);
        }
    }

    /**
     * See {@link LeaseStore#forgetMembers}.
     *
     * @param by the incarnation that asks; empty if an operator does
     * @param members the incarnations whose rows are of no more use, as read
     * @param closedFor how long they must have been CLOSED by the store's clock
     */
    record ForgetMembers(
            String group, Optional<Incarnation> by, List<Incarnation> members, Duration closedFor)
            implements LeaseRequest<Set<String>> {
        public ForgetMembers {
            Names.require("group", group);
            Objects.requireNonNull(by);
            members = List.copyOf(members);
            if (members.size() > MOST_MEMBERS) {
                throw new IllegalArgumentException(
                        "A request names %s members; at most %s fit into one."
                                .formatted(members.size(), MOST_MEMBERS));
            }
            if (closedFor.isNegative()) {
                throw new IllegalArgumentException("closedFor is negative: " + closedFor);
            }
        }

        @Override
        public LeaseOutcome<Set<String>> sendTo(LeaseStore store) {
            return store.forgetMembers(this);
        }
    }

    /**
     * See {@link LeaseStore#forgetGroup}.
     *
     * @param changeNumber the group's as read; it is deleted only if that is still so
     */
    record ForgetGroup(String group, long changeNumber) implements LeaseRequest<Boolean> {
        public ForgetGroup {
            Names.require("group", group);
        }

        @Override
        public LeaseOutcome<Boolean> sendTo(LeaseStore store) {
            return store.forgetGroup(this);
        }
    }

    private static <S> List<S> eachOnce(Collection<S> splits, Function<S, String> splitId) {
        if (splits.size() > MOST_SPLITS) {
            throw new IllegalArgumentException(
                    "A request names "
                            + splits.size()
                            + " splits; at most "
                            + MOST_SPLITS
                            + " fit into one.");
        }
        Set<String> named = new HashSet<>();
        for (S split : splits) {
            if (!named.add(splitId.apply(split))) {
                throw new IllegalArgumentException(
                        "A request names the split '" + splitId.apply(split) + "' twice.");
            }
        }
        return List.copyOf(splits);
    }
}
