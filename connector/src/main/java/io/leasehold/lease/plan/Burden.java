package io.leasehold.lease.plan;

import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LoadPlan.Weighed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A member in a plan by load, and the splits it has in it so far. */
final class Burden {

    static final Comparator<Burden> LEAST_LOADED_FIRST = Burden::compare;

    private final Candidate candidate;
    private final List<Weighed> splits = new ArrayList<>();
    private int count;
    private long load;
    private double relative;

    /** In place of the list once a split is looked for by its load: few members come to that. */
    private NavigableMap<Long, Deque<Weighed>> byLoad;

    /** In order; null where they are not up to date. */
    private long[] loads;

    /** Of as many of the least loads. */
    private long[] sums;

    Burden(Candidate candidate) {
        this.candidate = candidate;
    }

    String memberId() {
        return candidate.memberId();
    }

    int weight() {
        return candidate.weight();
    }

    long load() {
        return load;
    }

    /** A member of more weight has further to go from the same load relative to weight. */
    private static int compare(Burden one, Burden other) {
        // Nearly always the loads differ: no chain of comparators for that.
        int byLoad = Double.compare(one.relative, other.relative);
        if (byLoad != 0) {
            return byLoad;
        }
        int byWeight = Integer.compare(other.weight(), one.weight());
        return byWeight != 0 ? byWeight : one.memberId().compareTo(other.memberId());
    }

    /** Its load relative to its weight. */
    double relative() {
        return relative;
    }

    boolean hasRoom() {
        return count < candidate.mostSplits();
    }

    void forEachSplit(Consumer<Weighed> action) {
        splits.forEach(action);
        if (byLoad != null) {
            byLoad.values().forEach(same -> same.forEach(action));
        }
    }

    void take(Weighed split) {
        if (byLoad == null) {
            splits.add(split);
        } else {
            sortIn(split);
        }
        count++;
        changed(split.load());
    }

    boolean hasAtMost(double most) {
        return count > 0 && byLoad().firstKey() <= most;
    }

    /** Gives up the split whose load is nearest to this one; it must have some. */
    Weighed giveNearest(double wanted) {
        Map.Entry<Long, Deque<Weighed>> below = byLoad().floorEntry((long) wanted);
        Map.Entry<Long, Deque<Weighed>> above = byLoad().higherEntry((long) wanted);
        boolean more =
                below == null || above != null && above.getKey() - wanted < wanted - below.getKey();
        Deque<Weighed> same = more ? above.getValue() : below.getValue();
        Weighed split = same.removeLast();
        if (same.isEmpty()) {
            byLoad.remove(split.load());
        }
        count--;
        changed(-split.load());
        return split;
    }

    /** The load of all splits together that have at most so much each. */
    long sumOfThoseAtMost(double most) {
        int fitting = countOfThoseAtMost(most);
        return sums[fitting];
    }

    /** The least load of a split that has more than so much, if there is one. */
    OptionalLong leastAbove(double least) {
        int above = countOfThoseAtMost(least);
        return above < loads.length ? OptionalLong.of(loads[above]) : OptionalLong.empty();
    }

    private int countOfThoseAtMost(double most) {
        if (loads == null) {
            addUp();
        }
        int from = 0;
        int to = loads.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (loads[middle] <= most) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private void addUp() {
        List<Weighed> all = new ArrayList<>(count);
        forEachSplit(all::add);
        loads = all.stream().mapToLong(Weighed::load).sorted().toArray();
        sums = new long[loads.length + 1];
        for (int i = 0; i < loads.length; i++) {
            sums[i + 1] = sums[i] + loads[i];
        }
    }

    private NavigableMap<Long, Deque<Weighed>> byLoad() {
        if (byLoad == null) {
            byLoad = new TreeMap<>();
            splits.forEach(this::sortIn);
            splits.clear();
        }
        return byLoad;
    }

    private void sortIn(Weighed split) {
        byLoad.computeIfAbsent(split.load(), none -> new ArrayDeque<>(4)).addLast(split);
    }

    private void changed(long by) {
        load += by;
        relative = load / (double) candidate.weight();
        loads = null;
    }
}
