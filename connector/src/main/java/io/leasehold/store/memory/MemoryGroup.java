package io.leasehold.store.memory;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.OperatorRequest.Forget;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OperatorRequest.Free;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OperatorRequest.Reset;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The rows of one group and what each request does to them. Not safe for many threads.
 *
 * <p>Everything is in the order of its insertion, so that a simulation is repeatable from its seed.
 */
final class MemoryGroup {

    private record Row(Lease lease, Progress progress, long progressEpoch) {

        boolean heldBy(Incarnation by, long epoch) {
            return lease.ownedBy(by) && lease.epoch() == epoch;
        }

        boolean isStill(Acquire.Wanted wanted) {
            return lease.version() == wanted.version() && !lease.finished();
        }

        /** The owner's, and never back within one epoch (S3). */
        boolean accepts(Incarnation by, Recorded recorded) {
            return heldBy(by, recorded.epoch())
                    && (progressEpoch != recorded.epoch()
                            || progress.checkpointId() <= recorded.progress().checkpointId());
        }

        boolean mayBeClaimed(String claimant, OwnershipRequest.Claim.Claimed claimed) {
            return lease.version() == claimed.version()
                    && !lease.finished()
                    && lease.ownerId().filter(owner -> !owner.equals(claimant)).isPresent();
        }

        boolean isUnownedStill(long version) {
            return lease.version() == version && lease.owner().isEmpty();
        }

        boolean isClaimedBy(String memberId) {
            return lease.claim().map(Claim::claimant).equals(Optional.of(memberId));
        }

        Row taken(Incarnation by, Acquire.Wanted wanted, long version) {
            Optional<Claim> ofAnother =
                    lease.claim().filter(claim -> !claim.claimant().equals(by.memberId()));
            boolean wasMine = lease.ownerId().equals(Optional.of(by.memberId()));
            return with(
                    new Lease(
                            lease.splitId(),
                            Optional.of(by),
                            Math.max(lease.epoch(), wanted.beyond()) + 1,
                            wanted.tenure(),
                            wasMine ? ofAnother : Optional.empty(),
                            false,
                            lease.parents(),
                            lease.excluded(),
                            lease.rate(),
                            version));
        }

        Row claimed(Optional<Claim> claim, long version) {
            return with(lease.owner(), claim, lease.finished(), lease.rate(), version);
        }

        Row rated(double rate, long version) {
            return with(lease.owner(), lease.claim(), lease.finished(), rate, version);
        }

        Row unowned(Optional<Claim> claim, boolean finished, long version) {
            return with(Optional.empty(), claim, finished, lease.rate(), version);
        }

        private Row with(
                Optional<Incarnation> owner,
                Optional<Claim> claim,
                boolean finished,
                double rate,
                long version) {
            return with(
                    new Lease(
                            lease.splitId(),
                            owner,
                            lease.epoch(),
                            lease.tenure(),
                            claim,
                            finished,
                            lease.parents(),
                            lease.excluded(),
                            rate,
                            version));
        }

        Row excluding(Map<String, Exclusion> excluded, long version) {
            return with(
                    new Lease(
                            lease.splitId(),
                            lease.owner(),
                            lease.epoch(),
                            lease.tenure(),
                            lease.claim(),
                            lease.finished(),
                            lease.parents(),
                            excluded,
                            lease.rate(),
                            version));
        }

        Row startingAt(Progress start, long version) {
            return new Row(
                    new Lease(
                            lease.splitId(),
                            lease.owner(),
                            lease.epoch(),
                            lease.tenure() + 1,
                            lease.claim(),
                            lease.finished(),
                            lease.parents(),
                            lease.excluded(),
                            lease.rate(),
                            version),
                    start,
                    lease.epoch());
        }

        Row with(Recorded recorded) {
            return new Row(lease, recorded.progress(), recorded.epoch());
        }

        Row with(Lease changed) {
            return new Row(changed, progress, progressEpoch);
        }
    }

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final SplittableRandom chances;
    private final LongSupplier nanoClock;

    /** When each member that is CLOSED was closed, or given an order since. */
    private final Map<String, Long> closedAt = new LinkedHashMap<>();

    /** 0 as long as the row of the group is not there. */
    private long changeNumber;

    /** The latest change numbers, newest first. */
    private final Deque<Long> line = new ArrayDeque<>();

    /**
     * @param chances for change numbers; goes on when the group goes back
     * @param nanoClock the table's clock
     */
    MemoryGroup(SplittableRandom chances, LongSupplier nanoClock) {
        this.chances = chances;
        this.nanoClock = nanoClock;
    }

    /** The same group, that goes its own way from now on. */
    MemoryGroup(MemoryGroup copied) {
        this(copied.chances, copied.nanoClock);
        closedAt.putAll(copied.closedAt);
        members.putAll(copied.members);
        rows.putAll(copied.rows);
        line.addAll(copied.line);
        changeNumber = copied.changeNumber;
    }

    private void create() {
        if (changeNumber == 0) {
            changed(chance());
        }
    }

    private long chance() {
        return chances.nextLong(1, ChangeNumber.CHANCE_BOUND);
    }

    /** The number that the next change takes, if it is made. */
    private long nextChange() {
        create();
        return ChangeNumber.next(changeNumber, chance());
    }

    private void changed(long number) {
        changeNumber = number;
        line.addFirst(number);
        if (line.size() > ChangeNumber.REMEMBERED) {
            line.removeLast();
        }
    }

    /** Carries out a request of a sender that saw this change number last, or says it is gone. */
    <A> LeaseOutcome<A> ifInLine(long seen, Supplier<LeaseOutcome<A>> request) {
        return ChangeNumber.wentBack(seen, changeNumber, line.contains(seen))
                ? new LeaseOutcome.WentBack<>(seen, changeNumber)
                : request.get();
    }

    LeaseOutcome<Membership> open() {
        create();
        return new Applied<>(membership());
    }

    private Membership membership() {
        return new Membership(changeNumber, List.copyOf(members.values()));
    }

    LeaseOutcome<Membership> join(Join join) {
        Member joining = join.member();
        Optional<Member> current = Optional.ofNullable(members.get(joining.id()));
        if (current.equals(Optional.of(joining))) {
            return new Applied<>(membership());
        }
        boolean asReplaced =
                current.map(MemoryGroup::key).equals(join.replaced().map(MemoryGroup::key));
        if (!asReplaced || current.filter(row -> isOver(row, joining)).isPresent()) {
            return new Refused<>(
                    joining.incarnation() + " cannot join: the row is not the one it replaces.");
        }
        members.put(joining.id(), joining);
        closedAt.remove(joining.id());
        changed(nextChange());
        return new Applied<>(membership());
    }

    /** What the row must still be for another to replace it. */
    private static List<Object> key(Member member) {
        return List.of(member.incarnation(), member.beat(), member.state(), member.orders());
    }

    private static boolean isOver(Member row, Member joining) {
        return row.state() == MemberState.CLOSED && row.incarnation().equals(joining.incarnation());
    }

    LeaseOutcome<Membership> beat(Beat beat) {
        return ifWriter(
                beat.by(),
                () -> {
                    members.computeIfPresent(
                            beat.by().memberId(),
                            (id, row) -> row.beaten(Math.max(row.beat(), beat.beat())));
                    return membership();
                });
    }

    LeaseOutcome<LeaseChanges> read(Read read) {
        List<Lease> changed =
                rows.values().stream()
                        .map(Row::lease)
                        .filter(lease -> lease.version() > read.since())
                        .toList();
        return new Applied<>(new LeaseChanges(changeNumber, changed, Map.of()));
    }

    LeaseOutcome<Optional<Progress>> locate(Locate locate) {
        return new Applied<>(row(locate.splitId()).map(Row::progress));
    }

    LeaseOutcome<Set<String>> discover(Discover discover) {
        return ifWriter(
                discover.by(),
                () ->
                        change(
                                discover.splits(),
                                (split, version) ->
                                        rows.containsKey(split.splitId())
                                                ? Optional.empty()
                                                : Optional.of(discovered(split, version))));
    }

    private static Row discovered(Discover.NewSplit split, long version) {
        Lease free =
                new Lease(
                        split.splitId(),
                        Optional.empty(),
                        0,
                        0,
                        Optional.empty(),
                        false,
                        split.parents(),
                        0,
                        version);
        return new Row(free, split.start(), 0);
    }

    LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return ifWriter(
                acquire.by(),
                () ->
                        change(
                                        acquire.splits(),
                                        (wanted, version) ->
                                                row(wanted.splitId())
                                                        .filter(row -> row.isStill(wanted))
                                                        .filter(row -> !isDrained(acquire.by()))
                                                        .map(
                                                                row ->
                                                                        row.taken(
                                                                                acquire.by(),
                                                                                wanted,
                                                                                version)))
                                .stream()
                                .map(rows::get)
                                .map(row -> new Acquire.Taken(row.lease(), row.progress()))
                                .toList());
    }

    LeaseOutcome<Set<String>> claim(OwnershipRequest.Claim claim) {
        String claimant = claim.by().memberId();
        return ifWriter(
                claim.by(),
                () ->
                        change(
                                claim.splits(),
                                (split, version) ->
                                        row(split.splitId())
                                                .filter(row -> row.mayBeClaimed(claimant, split))
                                                .map(
                                                        row ->
                                                                row.claimed(
                                                                        Optional.of(
                                                                                new Claim(
                                                                                        claimant,
                                                                                        split
                                                                                                .kind())),
                                                                        version))));
    }

    LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        return ifWriter(
                withdraw.by(),
                () ->
                        change(
                                withdraw.splitIds(),
                                (splitId, version) ->
                                        row(splitId)
                                                .filter(
                                                        row ->
                                                                row.isClaimedBy(
                                                                        withdraw.by().memberId()))
                                                .map(
                                                        row ->
                                                                row.claimed(
                                                                        Optional.empty(),
                                                                        version))));
    }

    LeaseOutcome<Set<String>> exclude(Exclude exclude) {
        return ifWriter(
                exclude.by(),
                () ->
                        change(
                                exclude.splits(),
                                (split, version) ->
                                        row(split.splitId())
                                                .filter(
                                                        row ->
                                                                row.lease().version()
                                                                        == split.version())
                                                .map(
                                                        row ->
                                                                row.excluding(
                                                                        split.excluded(),
                                                                        version))));
    }

    LeaseOutcome<Set<String>> rate(Rate rate) {
        return new Applied<>(
                change(
                        rate.splits(),
                        (split, version) ->
                                row(split.splitId())
                                        .filter(row -> row.heldBy(rate.by(), split.epoch()))
                                        .map(row -> row.rated(split.perSecond(), version))));
    }

    LeaseOutcome<Membership> declare(Declare declare) {
        return ifWriter(
                declare.by(),
                () -> {
                    Member row = members.get(declare.by().memberId());
                    boolean holds =
                            declare.state() != MemberState.DRAINED || ownsNothing(declare.by());
                    if (row.beat() == declare.beat() && holds) {
                        change(row.in(declare.state(), declare.notice()));
                    }
                    return membership();
                });
    }

    private boolean ownsNothing(Incarnation member) {
        return rows.values().stream()
                .noneMatch(row -> row.lease().ownerId().equals(Optional.of(member.memberId())));
    }

    LeaseOutcome<Membership> order(Order order) {
        Optional.ofNullable(members.get(order.memberId()))
                .ifPresent(row -> change(row.with(order.orders())));
        return new Applied<>(membership());
    }

    private void change(Member row) {
        if (!row.equals(members.put(row.id(), row))) {
            closedAt.computeIfPresent(row.id(), (id, before) -> nanoClock.getAsLong());
            changed(nextChange());
        }
    }

    private boolean isDrained(Incarnation by) {
        return members.get(by.memberId()).state() == MemberState.DRAINED;
    }

    LeaseOutcome<Set<String>> record(Record record) {
        Set<String> held = new LinkedHashSet<>();
        for (Recorded split : record.splits()) {
            row(split.splitId())
                    .filter(row -> row.accepts(record.by(), split))
                    .ifPresent(
                            row -> {
                                rows.put(split.splitId(), row.with(split));
                                held.add(split.splitId());
                            });
        }
        return new Applied<>(Collections.unmodifiableSet(held));
    }

    LeaseOutcome<Set<String>> finish(Finish finish) {
        return new Applied<>(
                change(
                        finish.splits(),
                        (split, version) ->
                                row(split.splitId())
                                        .filter(row -> row.accepts(finish.by(), split))
                                        .map(row -> row.with(split))
                                        .map(row -> row.unowned(Optional.empty(), true, version))));
    }

    LeaseOutcome<Set<String>> release(Release release) {
        return new Applied<>(
                change(
                        release.splits(),
                        (split, version) ->
                                row(split.splitId())
                                        .filter(row -> row.heldBy(release.by(), split.epoch()))
                                        .map(row -> withNewer(row, release.by(), split))
                                        .map(
                                                row ->
                                                        row.unowned(
                                                                row.lease().claim(),
                                                                false,
                                                                version))));
    }

    private static Row withNewer(Row row, Incarnation by, Release.Released split) {
        return split.recorded()
                .filter(recorded -> row.accepts(by, recorded))
                .map(row::with)
                .orElse(row);
    }

    LeaseOutcome<Membership> close(Close close) {
        Optional.ofNullable(members.get(close.closed().memberId()))
                .filter(row -> mayWrite(row, close.closed()))
                .filter(row -> close.beat().map(seen -> seen == row.beat()).orElse(true))
                .ifPresent(
                        row -> {
                            members.put(row.id(), row.closed(close.emitsFor(), close.heldFor()));
                            closedAt.put(row.id(), nanoClock.getAsLong());
                            changed(nextChange());
                        });
        return new Applied<>(membership());
    }

    /** Empty where nobody has opened the group. */
    Optional<GroupSummary> summary(String id, int schemaVersion) {
        return changeNumber != 0
                ? Optional.of(
                        new GroupSummary(
                                id,
                                schemaVersion,
                                changeNumber,
                                members.size(),
                                rows.size(),
                                Instant.EPOCH))
                : Optional.empty();
    }

    LeaseOutcome<Optional<Inspection>> inspect() {
        return new Applied<>(changeNumber == 0 ? Optional.empty() : Optional.of(inspection()));
    }

    private Inspection inspection() {
        return new Inspection(
                Instant.EPOCH,
                changeNumber,
                members.values().stream()
                        .sorted(Comparator.comparing(Member::id))
                        .map(row -> new Inspection.SeenMember(row, Instant.EPOCH, Instant.EPOCH))
                        .toList(),
                rows.values().stream()
                        .sorted(Comparator.comparing((Row row) -> row.lease().splitId()))
                        .map(
                                row ->
                                        new Inspection.SeenSplit(
                                                row.lease(), row.progress(), Instant.EPOCH))
                        .toList(),
                Map.of());
    }

    LeaseOutcome<Set<String>> free(Free free) {
        return new Applied<>(
                change(
                        free.splits(),
                        (split, version) ->
                                row(split.splitId())
                                        .filter(row -> row.lease().version() == split.version())
                                        .filter(
                                                row ->
                                                        row.lease()
                                                                .owner()
                                                                .filter(this::isOver)
                                                                .isPresent())
                                        .map(
                                                row ->
                                                        row.unowned(
                                                                row.lease().claim(),
                                                                false,
                                                                version))));
    }

    private boolean isOver(Incarnation owner) {
        Member row = members.get(owner.memberId());
        return row == null || !mayWrite(row, owner);
    }

    LeaseOutcome<Set<String>> reset(Reset reset) {
        return new Applied<>(
                change(
                        reset.splits(),
                        (split, version) ->
                                row(split.splitId())
                                        .filter(row -> row.isUnownedStill(split.version()))
                                        .filter(row -> !row.lease().finished())
                                        .map(row -> row.startingAt(split.progress(), version))));
    }

    LeaseOutcome<Set<String>> forget(Forget forget) {
        boolean allClosed = allClosed();
        Set<String> forgotten =
                change(
                        forget.splits(),
                        (split, version) ->
                                row(split.splitId())
                                        .filter(row -> row.isUnownedStill(split.version()))
                                        .filter(row -> row.lease().finished() || allClosed));
        rows.keySet().removeAll(forgotten);
        return new Applied<>(forgotten);
    }

    LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget) {
        Supplier<Set<String>> request = () -> deleteMembers(forget);
        return forget.by()
                .map(by -> ifWriter(by, request))
                .orElseGet(() -> new Applied<>(request.get()));
    }

    private Set<String> deleteMembers(ForgetMembers forget) {
        Set<String> forgotten = new LinkedHashSet<>();
        for (Incarnation named : forget.members()) {
            Member row = members.get(named.memberId());
            if (row != null
                    && row.incarnation().equals(named)
                    && row.state() == MemberState.CLOSED
                    && isClosedFor(row, forget.closedFor())
                    && ownsNothing(named)) {
                forgotten.add(named.memberId());
            }
        }
        if (!forgotten.isEmpty()) {
            members.keySet().removeAll(forgotten);
            closedAt.keySet().removeAll(forgotten);
            changed(nextChange());
        }
        return Collections.unmodifiableSet(forgotten);
    }

    /** A row that joined as CLOSED has no time, and never had a life here. */
    private boolean isClosedFor(Member row, Duration time) {
        Long since = closedAt.get(row.id());
        return since == null || nanoClock.getAsLong() - since >= time.toNanos();
    }

    LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget) {
        boolean asRead =
                changeNumber != 0
                        && changeNumber == forget.changeNumber()
                        && allClosed()
                        && rows.values().stream().allMatch(row -> row.lease().owner().isEmpty());
        if (asRead) {
            members.clear();
            closedAt.clear();
            rows.clear();
            line.clear();
            changeNumber = 0;
        }
        return new Applied<>(asRead);
    }

    private boolean allClosed() {
        return members.values().stream().allMatch(row -> row.state() == MemberState.CLOSED);
    }

    private Optional<Row> row(String splitId) {
        return Optional.ofNullable(rows.get(splitId));
    }

    private static boolean mayWrite(Member row, Incarnation by) {
        return row.incarnation().equals(by) && row.state() != MemberState.CLOSED;
    }

    private <A> LeaseOutcome<A> ifWriter(Incarnation by, Supplier<A> request) {
        Member row = members.get(by.memberId());
        return row != null && mayWrite(row, by)
                ? new Applied<>(request.get())
                : new Refused<>(by + " may no longer write: it is closed, replaced or unknown.");
    }

    /**
     * Puts the new rows of those splits that have one, under the next change number.
     *
     * @param changed from a split named in a request and the version its new row gets
     * @return those splits
     */
    private <S> Set<String> change(List<S> splits, BiFunction<S, Long, Optional<Row>> changed) {
        Set<String> ids = new LinkedHashSet<>();
        long number = nextChange();
        for (S split : splits) {
            changed.apply(split, number)
                    .ifPresent(
                            row -> {
                                rows.put(row.lease().splitId(), row);
                                ids.add(row.lease().splitId());
                            });
        }
        if (!ids.isEmpty()) {
            changed(number);
        }
        return Collections.unmodifiableSet(ids);
    }
}
