package io.leasehold.lease.plan;

import io.leasehold.lease.plan.LeasePlanner.Candidate;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A member, and the splits it has so far: by who may have them, then by load. */
final class Seat {

    /** A split, and which seats may have it. */
    record Weighed(String splitId, long load, BitSet eligible) {}

    final int index;
    final Candidate candidate;
    private final Map<BitSet, TreeMap<Long, Deque<Weighed>>> splits = new LinkedHashMap<>();
    private int count;
    private long load;

    Seat(int index, Candidate candidate) {
        this.index = index;
        this.candidate = candidate;
    }

    boolean hasRoom() {
        return count < candidate.mostSplits();
    }

    double relative() {
        return load / (double) candidate.weight();
    }

    void take(Weighed split) {
        splits.computeIfAbsent(split.eligible(), none -> new TreeMap<>())
                .computeIfAbsent(split.load(), none -> new ArrayDeque<>(4))
                .addLast(split);
        count++;
        load += split.load();
    }

    /** Gives up a split that the other may have, of the load nearest to this one. */
    Weighed giveNearest(double wanted, Seat other) {
        Weighed nearest = nearest(wanted, other).orElseThrow();
        Deque<Weighed> same = splits.get(nearest.eligible()).get(nearest.load());
        same.removeLast();
        if (same.isEmpty()) {
            splits.get(nearest.eligible()).remove(nearest.load());
        }
        count--;
        load -= nearest.load();
        return nearest;
    }

    Optional<Weighed> nearest(double wanted, Seat other) {
        Weighed nearest = null;
        for (Map.Entry<BitSet, TreeMap<Long, Deque<Weighed>>> alike : splits.entrySet()) {
            if (!alike.getKey().get(other.index)) {
                continue;
            }
            for (Map.Entry<Long, Deque<Weighed>> entry :
                    Arrays.asList(
                            alike.getValue().floorEntry((long) wanted),
                            alike.getValue().higherEntry((long) wanted))) {
                if (entry != null
                        && (nearest == null
                                || Math.abs(entry.getKey() - wanted)
                                        < Math.abs(nearest.load() - wanted))) {
                    nearest = entry.getValue().getLast();
                }
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** How many splits it has that the other may have. */
    int countFor(Seat other) {
        return splits.entrySet().stream()
                .filter(alike -> alike.getKey().get(other.index))
                .flatMap(alike -> alike.getValue().values().stream())
                .mapToInt(Deque::size)
                .sum();
    }

    /** How many more it has room for. */
    int room() {
        return candidate.mostSplits() - count;
    }

    long load() {
        return load;
    }

    /** All it has. */
    Stream<Weighed> splits() {
        return splits.values().stream()
                .flatMap(alike -> alike.values().stream())
                .flatMap(Deque::stream);
    }
}
