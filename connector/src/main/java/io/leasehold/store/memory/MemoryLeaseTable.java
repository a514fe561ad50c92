package io.leasehold.store.memory;

import io.leasehold.lease.store.GroupSummary;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** What a database would hold: many groups, shared by many sessions. Safe for many threads. */
public final class MemoryLeaseTable {

    private final Map<String, MemoryGroup> groups = new TreeMap<>();

    /** Goes on whatever becomes of the groups; repeatable, as a simulation wants it. */
    private final SplittableRandom chances = new SplittableRandom(1);

    private final LongSupplier nanoClock;

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
    synchronized <A> A in(String group, Function<MemoryGroup, A> request) {
        return request.apply(
                groups.computeIfAbsent(group, name -> new MemoryGroup(chances, nanoClock)));
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

    /** In order of their id. */
    synchronized List<GroupSummary> groups(int schemaVersion) {
        return groups.entrySet().stream()
                .map(group -> group.getValue().summary(group.getKey(), schemaVersion))
                .flatMap(Optional::stream)
                .toList();
    }
}
