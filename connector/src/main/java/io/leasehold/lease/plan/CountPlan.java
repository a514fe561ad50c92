package io.leasehold.lease.plan;

import io.leasehold.lease.plan.LeasePlanner.Placed;
import io.leasehold.lease.plan.LeasePlanner.Taker;

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

        private final Taker taker;
        private int holds;
        private int room;

        Seat(Taker taker) {
            this.taker = taker;
        }

        /** Its weight's share of the rest is this, over the weights. */
        long shareOf(long rest) {
            return rest * taker.weight();
        }
    }

    /** In order of member id. */
    private final Map<String, Seat> seats = new LinkedHashMap<>();

    private CountPlan(List<Taker> takers) {
        takers.forEach(taker -> seats.put(taker.memberId(), new Seat(taker)));
    }

    /**
     * @param takers in order of member id, each of positive weight
     * @param splits in order of split id, those on their way last
     */
    static Map<String, String> of(List<Taker> takers, List<Placed> splits) {
        CountPlan plan = new CountPlan(takers);
        for (Placed split : splits) {
            Seat holder = plan.holder(split);
            if (holder != null) {
                holder.holds++;
            }
        }
        plan.setQuotas(splits.size());
        return plan.fill(splits);
    }

    private Seat holder(Placed split) {
        return split.holder().map(seats::get).orElse(null);
    }

    private Map<String, String> fill(List<Placed> splits) {
        Map<String, String> plan = new HashMap<>(splits.size() * 2);
        List<Placed> homeless = new ArrayList<>();
        for (Placed split : splits) {
            Seat holder = holder(split);
            if (holder != null && holder.room > 0) {
                holder.room--;
                plan.put(split.splitId(), holder.taker.memberId());
            } else {
                homeless.add(split);
            }
        }
        Iterator<Placed> next = homeless.iterator();
        for (Seat seat : seats.values()) {
            for (; seat.room > 0 && next.hasNext(); seat.room--) {
                plan.put(next.next().splitId(), seat.taker.memberId());
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
                                (long) one.taker.mostSplits() * other.taker.weight(),
                                (long) other.taker.mostSplits() * one.taker.weight()));
        long rest = splits;
        long weights = open.stream().mapToLong(seat -> seat.taker.weight()).sum();
        int full = 0;
        for (Seat seat : open) {
            if (seat.shareOf(rest) / weights < seat.taker.mostSplits()) {
                break;
            }
            seat.room = seat.taker.mostSplits();
            rest -= seat.room;
            weights -= seat.taker.weight();
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
                                .thenComparing(seat -> seat.taker.memberId()))
                .limit(over)
                .forEach(seat -> seat.room++);
    }
}
