package io.leasehold.lease.plan;

import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;

/** The plan by records per second: see {@link LeasePlanner}. */
final class LoadPlan {

    /**
     * The load of a split of the mean rate; the least is 1. Loads are whole numbers, so that they
     * add up to the same in any order, and few different ones, so that splits can be kept by them.
     */
    private static final double MEAN_LOAD = 100;

    /** A split and its load. */
    record Weighed(String splitId, long load) {}

    /** In order of member id. */
    private final Map<String, Burden> burdens = new LinkedHashMap<>();

    /** By load, and then in order of split id. */
    private final NavigableMap<Long, List<Weighed>> homeless = new TreeMap<>();

    private LoadPlan(List<Candidate> candidates) {
        candidates.forEach(one -> burdens.put(one.memberId(), new Burden(one)));
    }

    /** Whether there is anything to plan by. */
    static boolean knowsRates(List<Placed> splits) {
        return splits.stream().anyMatch(split -> rate(split) > 0);
    }

    /**
     * @param candidates in order of member id, each of positive weight
     * @param splits in order of split id, those on their way last, one of known rate among them
     */
    static Map<String, String> of(List<Candidate> candidates, List<Placed> splits) {
        LoadPlan plan = new LoadPlan(candidates);
        plan.keep(splits);
        plan.place();
        new Leveling(plan.burdens.values()).run();
        Map<String, String> result = new HashMap<>(splits.size() * 2);
        for (Burden burden : plan.burdens.values()) {
            burden.forEachSplit(split -> result.put(split.splitId(), burden.memberId()));
        }
        return result;
    }

    private void keep(List<Placed> splits) {
        long[] loads = loads(splits);
        for (int i = 0; i < loads.length; i++) {
            Placed split = splits.get(i);
            long load = loads[i];
            Weighed weighed = new Weighed(split.splitId(), load);
            Burden current = split.member().map(burdens::get).orElse(null);
            if (current != null && current.hasRoom()) {
                current.take(weighed);
            } else {
                homeless.computeIfAbsent(load, none -> new ArrayList<>()).add(weighed);
            }
        }
    }

    /** Of each split, one of known rate among them. */
    static long[] loads(List<Placed> splits) {
        double mean = splits.stream().mapToDouble(LoadPlan::rate).sum() / splits.size();
        return splits.stream()
                .mapToLong(split -> Math.max(1, Math.round(rate(split) / mean * MEAN_LOAD)))
                .toArray();
    }

    /** The greatest first: the small ones then even out what those have left uneven. */
    private void place() {
        Queue<Burden> open = new PriorityQueue<>(burdens.size(), Burden.LEAST_LOADED_FIRST);
        burdens.values().stream().filter(Burden::hasRoom).forEach(open::add);
        for (List<Weighed> same : homeless.descendingMap().values()) {
            for (Weighed split : same) {
                Burden receiver = open.poll();
                if (receiver == null) {
                    return;
                }
                receiver.take(split);
                if (receiver.hasRoom()) {
                    open.add(receiver);
                }
            }
        }
    }

    /** A rate that is none says nothing, and must not spoil the mean. */
    private static double rate(Placed split) {
        return split.rate() > 0 && split.rate() < Double.POSITIVE_INFINITY ? split.rate() : 0;
    }
}
