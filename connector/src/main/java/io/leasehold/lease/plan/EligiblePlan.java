package io.leasehold.lease.plan;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;
import io.leasehold.lease.plan.Seat.Weighed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import static java.util.Comparator.comparing;

/**
 * The plan where some members are excluded from some splits: see {@link LeasePlanner}.
 *
 * <p>Splits that the same members may have are alike. By count, shares are as even as they can be:
 * while a member could pass a split on, over others if need be, to one that has two fewer relative
 * to weight, it does (this is the optimal semi-matching of a bipartite graph). By load, splits move
 * directly from one member to another, within the limits of {@link Leveling}.
 */
final class EligiblePlan {

    private static final double CLOSE = Leveling.BAND / 2;

    private final List<Seat> seats = new ArrayList<>();
    private final Map<String, Seat> byMember = new HashMap<>();
    private final Map<BitSet, BitSet> known = new HashMap<>();

    private EligiblePlan(List<Candidate> candidates) {
        for (Candidate candidate : candidates) {
            Seat seat = new Seat(seats.size(), candidate);
            seats.add(seat);
            byMember.put(candidate.memberId(), seat);
        }
    }

    /** Whether any of these members is excluded from any of these splits. */
    static boolean isNeeded(List<Candidate> candidates, List<Placed> splits) {
        return splits.stream()
                .filter(split -> !split.excluded().isEmpty())
                .anyMatch(
                        split ->
                                candidates.stream()
                                        .map(Candidate::memberId)
                                        .anyMatch(split.excluded()::contains));
    }

    /**
     * @param candidates in order of member id, each of positive weight
     * @param splits in order of split id, those on their way last
     * @return a split is left out where no member may have it, or has room for it
     */
    static Map<String, String> of(
            Balance balance, List<Candidate> candidates, List<Placed> splits) {
        EligiblePlan plan = new EligiblePlan(candidates);
        boolean byLoad = balance == Balance.LOAD && LoadPlan.knowsRates(splits);
        plan.place(splits, byLoad ? LoadPlan.loads(splits) : ones(splits.size()));
        if (byLoad) {
            plan.levelLoads();
        } else {
            plan.levelCounts();
        }
        Map<String, String> result = new HashMap<>(splits.size() * 2);
        for (Seat seat : plan.seats) {
            seat.splits().forEach(split -> result.put(split.splitId(), seat.candidate.memberId()));
        }
        return result;
    }

    private static long[] ones(int size) {
        long[] ones = new long[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    // ------------------------------------------------------------------------------------------
    // Who has what, before anything is made even
    // ------------------------------------------------------------------------------------------

    private void place(List<Placed> splits, long[] loads) {
        List<Weighed> homeless = new ArrayList<>();
        for (int i = 0; i < loads.length; i++) {
            Placed split = splits.get(i);
            Weighed weighed = new Weighed(split.splitId(), loads[i], eligible(split));
            Seat current = split.member().map(byMember::get).orElse(null);
            if (current != null && weighed.eligible().get(current.index) && current.hasRoom()) {
                current.take(weighed);
            } else {
                homeless.add(weighed);
            }
        }
        homeless.sort(comparing((Weighed split) -> -split.load()));
        homeless.forEach(this::placeSomewhere);
    }

    private BitSet eligible(Placed split) {
        BitSet eligible = new BitSet(seats.size());
        for (Seat seat : seats) {
            eligible.set(seat.index, !split.excluded().contains(seat.candidate.memberId()));
        }
        return known.computeIfAbsent(eligible, first -> first);
    }

    private void placeSomewhere(Weighed split) {
        List<Seat> open = seats.stream().filter(seat -> split.eligible().get(seat.index)).toList();
        Optional<Seat> direct =
                open.stream().filter(Seat::hasRoom).min(comparing(EligiblePlan::costOfOneMore));
        if (direct.isPresent()) {
            direct.get().take(split);
            return;
        }
        // One of those that may have it passes another on.
        for (Seat full : open) {
            Paths paths = new Paths(full);
            Optional<Seat> room = paths.ends().filter(Seat::hasRoom).findFirst();
            if (room.isPresent()) {
                paths.shift(room.get(), 1);
                full.take(split);
                return;
            }
        }
    }

    // ------------------------------------------------------------------------------------------
    // By count
    // ------------------------------------------------------------------------------------------

    /** What one more costs, and one fewer saves, if a share costs its square over the weight. */
    private static double costOfOneMore(Seat seat) {
        return (2.0 * seat.load() + 1) / seat.candidate.weight();
    }

    private static double savedByOneFewer(Seat seat) {
        return (2.0 * seat.load() - 1) / seat.candidate.weight();
    }

    private void levelCounts() {
        while (moveCount()) {
            // Each time the sum of the costs is lower.
        }
    }

    private boolean moveCount() {
        List<Seat> givers = new ArrayList<>(seats);
        givers.sort(
                comparing((Seat seat) -> -savedByOneFewer(seat))
                        .thenComparing(seat -> seat.candidate.memberId()));
        for (Seat giver : givers) {
            Paths paths = new Paths(giver);
            Optional<Seat> receiver =
                    paths.ends()
                            .filter(Seat::hasRoom)
                            .filter(seat -> costOfOneMore(seat) < savedByOneFewer(giver))
                            .min(comparing(EligiblePlan::costOfOneMore));
            if (receiver.isPresent()) {
                paths.shift(receiver.get(), atOnce(giver, receiver.get()));
                return true;
            }
        }
        return false;
    }

    /** As many as surely make the two more even. */
    private static int atOnce(Seat giver, Seat receiver) {
        double gap = giver.relative() - receiver.relative();
        double even = gap / (1.0 / giver.candidate.weight() + 1.0 / receiver.candidate.weight());
        return (int) Math.max(1, Math.min(even, receiver.room()));
    }

    /** Over whom a member can pass splits on to others: the shortest ways. */
    private final class Paths {

        private final Map<Seat, Seat> from = new LinkedHashMap<>();
        private final Seat start;

        Paths(Seat start) {
            this.start = start;
            Deque<Seat> next = new ArrayDeque<>(List.of(start));
            while (!next.isEmpty()) {
                Seat giver = next.removeFirst();
                for (Seat receiver : seats) {
                    if (receiver != start
                            && !from.containsKey(receiver)
                            && giver.countFor(receiver) > 0) {
                        from.put(receiver, giver);
                        next.addLast(receiver);
                    }
                }
            }
        }

        Stream<Seat> ends() {
            return from.keySet().stream();
        }

        /** Moves so many splits, or as many as all on the way can pass on. */
        void shift(Seat end, int most) {
            int number = most;
            for (Seat receiver = end; receiver != start; receiver = from.get(receiver)) {
                number = Math.min(number, from.get(receiver).countFor(receiver));
            }
            for (int i = 0; i < number; i++) {
                for (Seat receiver = end; receiver != start; receiver = from.get(receiver)) {
                    receiver.take(from.get(receiver).giveNearest(1, receiver));
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------
    // By load
    // ------------------------------------------------------------------------------------------

    private void levelLoads() {
        if (!moveLoad(Leveling.BAND)) {
            return;
        }
        while (moveLoad(CLOSE)) {
            // Each time the sum of the squares of the loads over the weights is lower.
        }
    }

    /**
     * @param apart how far apart two members must be to be looked at, in parts of what the fair
     *     share is
     */
    private boolean moveLoad(double apart) {
        List<Seat> ordered = new ArrayList<>(seats);
        ordered.sort(
                Comparator.comparingDouble(Seat::relative)
                        .thenComparing(seat -> seat.candidate.memberId()));
        double fair =
                seats.stream().mapToLong(Seat::load).sum()
                        / (double) seats.stream().mapToLong(seat -> seat.candidate.weight()).sum();
        for (int last = ordered.size() - 1; last > 0; last--) {
            Seat heavy = ordered.get(last);
            for (Seat light : ordered.subList(0, last)) {
                double gap = heavy.relative() - light.relative();
                if (gap <= apart * Math.max(fair, light.relative())) {
                    break;
                }
                double even =
                        gap / (1.0 / heavy.candidate.weight() + 1.0 / light.candidate.weight());
                if (light.hasRoom() && canGive(heavy, light, even)) {
                    light.take(heavy.giveNearest(even, light));
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether it has a split that the other may have, and that does not just turn the tables. */
    private static boolean canGive(Seat heavy, Seat light, double even) {
        return heavy.nearest(even, light)
                .filter(split -> split.load() <= Leveling.MOST * even)
                .isPresent();
    }
}
