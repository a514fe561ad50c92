package io.leasehold.store.memory;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The rows of one group, and its change numbers. Not safe for many threads.
 *
 * <p>Everything is in the order of its insertion, so that a simulation is repeatable from its seed.
 */
final class MemoryGroup {

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, MemoryRow> rows = new LinkedHashMap<>();
    private final MemoryDecided decided;
    private final SplittableRandom chances;
    private final LongSupplier nanoClock;

    /** When each member that is CLOSED was closed, or given an order since. */
    private final Map<String, Long> closedAt = new LinkedHashMap<>();

    /** 0 as long as the row of the group is not there. */
    private long changeNumber;

    /** The latest change numbers, newest first. */
    private final Deque<Long> line = new ArrayDeque<>();

    /**
     * @param chances for change numbers; continues when the group goes back
     * @param nanoClock the table's clock
     */
    MemoryGroup(SplittableRandom chances, LongSupplier nanoClock) {
        this(chances, nanoClock, new MemoryDecided());
    }

    private MemoryGroup(SplittableRandom chances, LongSupplier nanoClock, MemoryDecided decided) {
        this.chances = chances;
        this.nanoClock = nanoClock;
        this.decided = decided;
    }

    /** The same group, that goes its own way from now on. */
    MemoryGroup(MemoryGroup copied) {
        this(copied.chances, copied.nanoClock, new MemoryDecided(copied.decided));
        closedAt.putAll(copied.closedAt);
        members.putAll(copied.members);
        rows.putAll(copied.rows);
        line.addAll(copied.line);
        changeNumber = copied.changeNumber;
    }

    void create() {
        if (!exists()) {
            changed(chance());
        }
    }

    boolean exists() {
        return changeNumber != 0;
    }

    long changeNumber() {
        return changeNumber;
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
    <A> LeaseOutcome<A> ifInLine(long seen, Function<MemoryGroup, LeaseOutcome<A>> request) {
        return ChangeNumber.wentBack(seen, changeNumber, line.contains(seen))
                ? new LeaseOutcome.WentBack<>(seen, changeNumber)
                : request.apply(this);
    }

    void delete() {
        decided.forget(members.keySet());
        members.clear();
        closedAt.clear();
        rows.clear();
        line.clear();
        changeNumber = 0;
    }

    Membership membership() {
        return new Membership(changeNumber, List.copyOf(members.values()));
    }

    Optional<Member> member(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }

    boolean mayWrite(Incarnation by) {
        return member(by.memberId()).filter(row -> row.mayBeWrittenBy(by)).isPresent();
    }

    <A> LeaseOutcome<A> ifWriter(Incarnation by, Function<MemoryGroup, A> request) {
        return mayWrite(by) ? new Applied<>(request.apply(this)) : Refused.mayNotWrite(by);
    }

    MemoryDecided decided() {
        return decided;
    }

    boolean allClosed() {
        return members.values().stream().allMatch(row -> row.state() == MemberState.CLOSED);
    }

    /** Renews a member: that is no change of the group. */
    void beaten(Member row) {
        members.put(row.id(), row);
    }

    void joined(Member row) {
        members.put(row.id(), row);
        closedAt.remove(row.id());
        changed(nextChange());
    }

    void closed(Member row) {
        members.put(row.id(), row);
        closedAt.put(row.id(), nanoClock.getAsLong());
        changed(nextChange());
    }

    /** Writes what a member says or is told, if that is anything new. */
    void change(Member row) {
        if (!row.equals(members.put(row.id(), row))) {
            closedAt.computeIfPresent(row.id(), (id, before) -> nanoClock.getAsLong());
            changed(nextChange());
        }
    }

    /** A row that joined as CLOSED has no time, and never had a life here. */
    boolean isClosedFor(Member row, Duration time) {
        Long since = closedAt.get(row.id());
        return row.state() == MemberState.CLOSED
                && (since == null || nanoClock.getAsLong() - since >= time.toNanos());
    }

    void forgetMembers(Set<String> forgotten) {
        if (members.keySet().removeAll(forgotten)) {
            closedAt.keySet().removeAll(forgotten);
            decided.forget(forgotten);
            changed(nextChange());
        }
    }

    Collection<MemoryRow> rows() {
        return Collections.unmodifiableCollection(rows.values());
    }

    Optional<MemoryRow> row(String splitId) {
        return Optional.ofNullable(rows.get(splitId));
    }

    boolean ownsNothing(String memberId) {
        return rows.values().stream().noneMatch(row -> row.isOwnedBy(memberId));
    }

    /** Writes rows without a new change number. */
    void record(MemoryRow row) {
        rows.put(row.splitId(), row);
    }

    /**
     * Changes the rows of those splits for which a condition holds, under the next change number.
     *
     * @return those splits
     */
    <S> Set<String> change(
            List<S> splits,
            Function<S, String> splitId,
            BiPredicate<MemoryRow, S> condition,
            BiFunction<MemoryRow, S, MemoryRow> change) {
        return put(
                splits,
                split ->
                        row(splitId.apply(split))
                                .filter(row -> condition.test(row, split))
                                .map(row -> change.apply(row, split)));
    }

    /**
     * Puts the new rows of those splits that have one, under the next change number.
     *
     * @return those splits
     */
    <S> Set<String> put(List<S> splits, Function<S, Optional<MemoryRow>> next) {
        Set<String> ids = new LinkedHashSet<>();
        long number = nextChange();
        for (S split : splits) {
            next.apply(split)
                    .ifPresent(
                            row -> {
                                rows.put(row.splitId(), row.changedAt(number));
                                ids.add(row.splitId());
                            });
        }
        if (!ids.isEmpty()) {
            changed(number);
        }
        return Collections.unmodifiableSet(ids);
    }

    void forgetSplits(Set<String> forgotten) {
        rows.keySet().removeAll(forgotten);
    }
}
