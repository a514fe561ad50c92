package io.leasehold.lease.plan;

import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plan by the number of splits: see {@link LeasePlanner}. */
final class CountPlan {

    /** What a member has, and how many it is still to get. */
    private static final class Seat {

        private final Candidate candidate;
        private int holds;
        private int room;

        Seat(Candidate candidate) {
            this.candidate = candidate;
        }

        /** Its weight's share of the rest is this, over the weights. */
        long shareOf(long rest) {
            return rest * candidate.weight();
        }
    }

    /** In order of member id. */
    private final Map<String, Seat> seats = new LinkedHashMap<>();

    private CountPlan(List<Candidate> candidates) {
        candidates.forEach(candidate -> seats.put(candidate.memberId(), new Seat(candidate)));
    }

    /**
     * @param candidates in order of member id, each of positive weight
     * @param splits in order of split id, those on their way last
     */
    static Map<String, String> of(List<Candidate> candidates, List<Placed> splits) {
        CountPlan plan = new CountPlan(candidates);
        for (Placed split : splits) {
            Seat current = plan.current(split);
            if (current != null) {
                current.holds++;
            }
        }
        plan.setQuotas(splits.size());
        return plan.fill(splits);
    }

    private Seat current(Placed split) {
        return split.member().map(seats::get).orElse(null);
    }

    private Map<String, String> fill(List<Placed> splits) {
        Map<String, String> plan = new HashMap<>(splits.size() * 2);
        List<Placed> homeless = new ArrayList<>();
        for (Placed split : splits) {
            Seat current = current(split);
            if (current != null && current.room > 0) {
                current.room--;
                plan.put(split.splitId(), current.candidate.memberId());
            } else {
                homeless.add(split);
            }
        }
        Iterator<Placed> next = homeless.iterator();
        for (Seat seat : seats.values()) {
            for (; seat.room > 0 && next.hasNext(); seat.room--) {
                plan.put(next.next().splitId(), seat.candidate.memberId());
            }
        }
        return plan;
    }

    /**
     * Members whose share is more than they take are full; the rest is shared by the others. They
     * are looked at in the order in which they would be full if all were filled up alike, so the
     * first that is not shows that the rest are not.
     */
    private void setQuotas(int splits) {
        List<Seat> open = new ArrayList<>(seats.values());
        open.sort(
                (one, other) ->
                        Long.compare(
                                (long) one.candidate.mostSplits() * other.candidate.weight(),
                                (long) other.candidate.mostSplits() * one.candidate.weight()));
        long rest = splits;
        long weights = open.stream().mapToLong(seat -> seat.candidate.weight()).sum();
        int full = 0;
        for (Seat seat : open) {
            if (seat.shareOf(rest) / weights < seat.candidate.mostSplits()) {
                break;
            }
            seat.room = seat.candidate.mostSplits();
            rest -= seat.room;
            weights -= seat.candidate.weight();
            full++;
        }
        share(rest, weights, open.subList(full, open.size()));
    }

    /** Nobody is full by this: a share below a whole number is at most that when rounded up. */
    private static void share(long rest, long weights, List<Seat> open) {
        long over = rest;
        for (Seat seat : open) {
            seat.room = Math.toIntExact(seat.shareOf(rest) / weights);
            over -= seat.room;
        }
        open.stream()
                .filter(seat -> seat.shareOf(rest) % weights > 0)
                .sorted(
                        Comparator.comparing((Seat seat) -> seat.holds <= seat.room)
                                .thenComparing(seat -> -(seat.shareOf(rest) % weights))
                                .thenComparing(seat -> seat.candidate.memberId()))
                .limit(over)
                .forEach(seat -> seat.room++);
    }
}
