package io.leasehold.store.memory;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.LeaseAnswers;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseRequest;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** What a database would hold: many groups, shared by many sessions. Safe for many threads. */
public final class MemoryLeaseTable {

    private final Map<String, MemoryGroup> groups = new TreeMap<>();

    /** Counts on whatever becomes of the groups; repeatable, as a simulation wants it. */
    private final SplittableRandom chances = new SplittableRandom(1);

    private final LongSupplier nanoClock;
    private final LeaseAnswers answers =
            new LeaseAnswers(
                    new MemoryMembership(this),
                    new MemorySplits(this),
                    new MemoryOwnership(this),
                    new MemoryDecisions(this),
                    new MemoryOperators(this));

    /** A table whose clock is that of this machine. */
    public MemoryLeaseTable() {
        this(System::nanoTime);
    }

    /**
     * @param nanoClock a monotonic clock: by it rows of members are found to have been CLOSED for
     *     long, and nothing else
     */
    public MemoryLeaseTable(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Opens a session on this table; see {@link MemoryLeaseStore}. */
    public MemoryLeaseStore open() {
        return new MemoryLeaseStore(this);
    }

    /** Carries out one request, while no other is. */
    synchronized <A> LeaseOutcome<A> answer(LeaseRequest<A> request) {
        return request.answeredBy(answers);
    }

    /** Does as asked in a group. */
    <A> LeaseOutcome<A> in(String name, Function<MemoryGroup, A> request) {
        return new Applied<>(request.apply(group(name)));
    }

    /** Does as asked, if this incarnation may write. */
    <A> LeaseOutcome<A> inAs(Incarnation by, String name, Function<MemoryGroup, A> request) {
        return group(name).ifWriter(by, request);
    }

    /** Does as asked, if the group remembers the change number that the sender saw last. */
    <A> LeaseOutcome<A> inLine(
            long seen, String name, Function<MemoryGroup, LeaseOutcome<A>> request) {
        return group(name).ifInLine(seen, request);
    }

    MemoryGroup group(String name) {
        return groups.computeIfAbsent(name, missing -> new MemoryGroup(chances, nanoClock));
    }

    /** All groups as they are now, as a replica or a backup may hold them. */
    public synchronized Copy copy() {
        Copy copy = new Copy();
        groups.forEach((name, group) -> copy.groups.put(name, new MemoryGroup(group)));
        return copy;
    }

    /** Goes back to how everything was when it was copied: what was done since is lost. */
    public synchronized void goBackTo(Copy copy) {
        groups.clear();
        copy.groups.forEach((name, group) -> groups.put(name, new MemoryGroup(group)));
    }

    /** What a table was at one time. */
    public static final class Copy {
        private final Map<String, MemoryGroup> groups = new TreeMap<>();

        private Copy() {}
    }

    /** What there is to say of those groups that are there, in order of their id. */
    <A> List<A> groups(BiFunction<String, MemoryGroup, A> said) {
        return groups.entrySet().stream()
                .filter(group -> group.getValue().exists())
                .map(group -> said.apply(group.getKey(), group.getValue()))
                .toList();
    }
}
