package io.leasehold.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * From one view of the group: who should have what.
 *
 * <p>Every member computes this from the same rows and comes to the same answer, so nobody needs to
 * lead, and joiners do not take more than their share:
 *
 * <ol>
 *   <li>Each member's quota is its weight's share of the splits, rounded down; what is left over
 *       goes in ones, first to members that hold more than that already, then to those whose share
 *       was cut most, then by member id. With equal weights quotas are at most one apart.
 *   <li>A member keeps what it has up to its quota.
 *   <li>The rest, in order of split id, fills the members up in order of member id.
 * </ol>
 *
 * <p>No split moves that need not: a member gives up only what is beyond its quota.
 */
public final class LeasePlanner {

    private LeasePlanner() {}

    /**
     * A live member.
     *
     * @param weight its share relative to the others; 0 takes only what nobody of positive weight
     *     is left for
     * @param mostSplits the most splits it takes
     * @param leaves whether it is to give all its splits away: then it takes none, and keeps what
     *     it has only while nobody else is there
     */
    public record Taker(String memberId, int weight, int mostSplits, boolean leaves) {}

    /**
     * A split to be given to somebody.
     *
     * @param holder the live member that has it, if one does
     * @param rate records per second, 0 if unknown
     */
    public record Placed(String splitId, Optional<String> holder, double rate) {}

    /**
     * Says who should have each split.
     *
     * @param takers the live members, in any order
     * @param splits those to be given out, in any order
     * @return member ids by split id; a split is left out where no member has room for it
     */
    public static Map<String, String> plan(
            Balance balance, Collection<Taker> takers, Collection<Placed> splits) {
        List<Taker> members = taking(takers);
        if (members.isEmpty()) {
            return Map.of();
        }
        List<Placed> ordered = new ArrayList<>(splits);
        ordered.sort(Comparator.comparing(Placed::splitId));

        Map<String, Integer> holdings = new HashMap<>();
        ordered.forEach(
                split ->
                        split.holder()
                                .ifPresent(member -> holdings.merge(member, 1, Integer::sum)));
        Map<String, Integer> room = quotas(members, ordered.size(), holdings);

        Map<String, String> plan = new HashMap<>();
        List<String> homeless = new ArrayList<>();
        for (Placed split : ordered) {
            Optional<String> keeper = split.holder().filter(id -> room.getOrDefault(id, 0) > 0);
            if (keeper.isPresent()) {
                room.merge(keeper.get(), -1, Integer::sum);
                plan.put(split.splitId(), keeper.get());
            } else {
                homeless.add(split.splitId());
            }
        }
        Deque<Map.Entry<String, Integer>> open = new ArrayDeque<>(room.entrySet());
        for (String splitId : homeless) {
            while (open.getFirst().getValue() == 0) {
                open.removeFirst();
            }
            Map.Entry<String, Integer> taker = open.getFirst();
            taker.setValue(taker.getValue() - 1);
            plan.put(splitId, taker.getKey());
        }
        return plan;
    }

    private static List<Taker> taking(Collection<Taker> shares) {
        List<Taker> active = shares.stream().filter(share -> share.weight() > 0).toList();
        if (!active.isEmpty()) {
            return active;
        }
        return shares.stream()
                .map(share -> new Taker(share.memberId(), 1, share.mostSplits(), false))
                .toList();
    }

    private static TreeMap<String, Integer> quotas(
            List<Taker> members, int splits, Map<String, Integer> holdings) {
        long weights = members.stream().mapToLong(Taker::weight).sum();
        TreeMap<String, Integer> quotas = new TreeMap<>();
        int given = 0;
        for (Taker member : members) {
            int quota = Math.toIntExact(splits * (long) member.weight() / weights);
            quotas.put(member.memberId(), quota);
            given += quota;
        }
        members.stream()
                .sorted(
                        Comparator.comparing(
                                        (Taker member) ->
                                                holdings.getOrDefault(member.memberId(), 0)
                                                        <= quotas.get(member.memberId()))
                                .thenComparing(
                                        member -> -(splits * (long) member.weight() % weights))
                                .thenComparing(Taker::memberId))
                .limit(splits - given)
                .forEach(member -> quotas.merge(member.memberId(), 1, Integer::sum));
        return quotas;
    }
}
