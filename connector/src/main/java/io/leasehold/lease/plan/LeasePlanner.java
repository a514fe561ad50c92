package io.leasehold.lease.plan;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * From one view of the group: who should have what.
 *
 * <p>Every member computes this from the same rows and comes to the same answer, so nobody needs to
 * lead, and joiners do not take more than their share. Who takes:
 *
 * <ol>
 *   <li>The members of positive weight that do not leave share everything by weight. Whoever else
 *       holds something loses it to them.
 *   <li>What these are not there for, or have no room for, the standbys that do not leave, of
 *       weight 0, share equally.
 *   <li>If there is nobody of either kind, those that leave keep what they have, and take nothing:
 *       what they only claim is not theirs.
 * </ol>
 *
 * <p>Nobody is given a split that it is excluded from: {@link EligiblePlan} shares evenly what is
 * left to share. What every member is excluded from is not in the plan.
 *
 * <p>Nobody is given more than the most splits it takes. What that leaves over goes to the others
 * by weight; what nobody has room for is not in the plan.
 *
 * <p>By {@link Balance#COUNT}, see {@link CountPlan}:
 *
 * <ol>
 *   <li>Each member's quota is its weight's share of the splits, rounded down; what is left over
 *       goes in ones to those whose share was cut, first to members that hold more than that
 *       already, then to those whose share was cut most, then by member id. With equal weights
 *       quotas are at most one apart.
 *   <li>A member keeps what it has up to its quota.
 *   <li>The rest, in order of split id, fills the members up in order of member id.
 * </ol>
 *
 * <p>No split moves that need not: a member loses only what is beyond its quota.
 *
 * <p>By {@link Balance#LOAD}, see {@link LoadPlan} and {@link Leveling}:
 *
 * <ol>
 *   <li>A split's load is its rate, and at least a hundredth of the mean rate, since idle splits
 *       must be spread too. If no rate is known, the plan is made by count.
 *   <li>A member keeps what it has as far as it has room. What is free goes, the greatest load
 *       first, to the member with the least load relative to its weight.
 *   <li>That is the plan while every member is within the band, {@link Leveling#BAND}, around its
 *       fair share of the load. It is, too, if no member outside can give or get so much that it
 *       and another come closer by the band, or by twice the band if it takes one split that leaves
 *       the other with more. Rates are measured and tremble: what less would gain today, the next
 *       measurement may ask back.
 *   <li>Else splits move, one by one, from the most to the least loaded member relative to weight,
 *       each time the one that brings the two closest together, until nobody is further than half
 *       the band above another that could take something from it. From there the next plan moves
 *       nothing.
 * </ol>
 */
public final class LeasePlanner {

    private LeasePlanner() {}

    /**
     * A live member.
     *
     * @param weight its share relative to the others; 0 takes only what nobody of positive weight
     *     is left for, or has room for
     * @param mostSplits the most splits it takes
     * @param leaves whether it is to give all its splits away: then it takes none, and keeps what
     *     it has only while nobody else is there
     */
    public record Candidate(String memberId, int weight, int mostSplits, boolean leaves) {}

    /**
     * A split to be given to somebody.
     *
     * @param member the live member that has it or claims it, if one does
     * @param onItsWay whether that one only claims it: it keeps first what it has
     * @param rate records per second, 0 if unknown
     * @param excluded ids of the members that cannot read it
     */
    public record Placed(
            String splitId,
            Optional<String> member,
            boolean onItsWay,
            double rate,
            Set<String> excluded) {

        /** A split that every member can read. */
        public Placed(String splitId, Optional<String> member, boolean onItsWay, double rate) {
            this(splitId, member, onItsWay, rate, Set.of());
        }

        /**
         * A split counts as being with whom it is on its way to, or with its owner. So what an
         * operator claims for a member stays claimed if the plan has room for it there.
         *
         * @param claimant the live member that claims it, if one does
         * @param live whether a member is
         */
        public static Placed of(Lease lease, Optional<String> claimant, Predicate<String> live) {
            return new Placed(
                    lease.splitId(),
                    claimant.or(() -> lease.ownerId().filter(live)),
                    claimant.isPresent(),
                    lease.rate(),
                    lease.excluded().keySet());
        }
    }

    /**
     * Says who should have each split.
     *
     * @param candidates the live members, in any order
     * @param splits those to be given out, in any order
     * @return member ids by split id; a split is left out where no member has room for it
     */
    public static Map<String, String> plan(
            Balance balance, Collection<Candidate> candidates, Collection<Placed> splits) {
        List<Candidate> staying =
                candidates.stream()
                        .filter(candidate -> !candidate.leaves())
                        .sorted(Comparator.comparing(Candidate::memberId))
                        .toList();
        if (staying.isEmpty()) {
            return kept(candidates, splits);
        }
        List<Placed> ordered = new ArrayList<>(splits);
        ordered.sort(Comparator.comparing(Placed::onItsWay).thenComparing(Placed::splitId));
        Map<String, String> plan = shared(balance, active(staying), ordered);
        if (plan.size() < ordered.size()) {
            ordered.removeIf(split -> plan.containsKey(split.splitId()));
            plan.putAll(shared(balance, standbys(staying), ordered));
        }
        return plan;
    }

    private static Map<String, String> shared(
            Balance balance, List<Candidate> taking, List<Placed> splits) {
        if (taking.isEmpty()) {
            return new HashMap<>();
        }
        if (EligiblePlan.isNeeded(taking, splits)) {
            return EligiblePlan.of(balance, taking, splits);
        }
        return balance == Balance.LOAD && LoadPlan.knowsRates(splits)
                ? LoadPlan.of(taking, splits)
                : CountPlan.of(taking, splits);
    }

    private static List<Candidate> active(List<Candidate> staying) {
        return staying.stream().filter(candidate -> candidate.weight() > 0).toList();
    }

    /** They share equally. */
    private static List<Candidate> standbys(List<Candidate> staying) {
        return staying.stream()
                .filter(candidate -> candidate.weight() == 0)
                .map(standby -> new Candidate(standby.memberId(), 1, standby.mostSplits(), false))
                .toList();
    }

    private static Map<String, String> kept(
            Collection<Candidate> candidates, Collection<Placed> splits) {
        Set<String> members = new HashSet<>();
        candidates.forEach(candidate -> members.add(candidate.memberId()));
        Map<String, String> plan = new HashMap<>();
        for (Placed split : splits) {
            split.member()
                    .filter(member -> !split.onItsWay() && members.contains(member))
                    .ifPresent(member -> plan.put(split.splitId(), member));
        }
        return plan;
    }
}
