package io.leasehold.lease.plan;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

import static io.leasehold.lease.plan.LeasePlannerTest.counts;
import static io.leasehold.lease.plan.LeasePlannerTest.equal;
import static io.leasehold.lease.plan.LeasePlannerTest.taker;
import static org.assertj.core.api.Assertions.assertThat;

/** The plan by count, with any weights, caps and members that leave. */
class LeasePlannerCountTest {

    private static final int RUNS = 200;

    /** A claim may arrive late, when there is no room for it any more. */
    @Test
    void aMemberKeepsWhatItHasBeforeWhatItOnlyClaims() {
        List<Placed> splits =
                List.of(
                        new Placed("a", Optional.of("blue"), true, 0),
                        new Placed("b", Optional.of("blue"), false, 0),
                        new Placed("c", Optional.of("blue"), false, 0));

        assertThat(
                        LeasePlanner.plan(
                                Balance.COUNT, List.of(new Candidate("blue", 1, 2, false)), splits))
                .isEqualTo(Map.of("b", "blue", "c", "blue"));
    }

    @Test
    void aMemberThatLeavesLosesAllToTheOthers() {
        List<Placed> splits = List.of(held("a", "m00"), held("b", "m01"), held("c", "m00"));
        assertThat(plan(List.of(leaving("m00"), taker("m01", 1)), splits))
                .isEqualTo(Map.of("a", "m01", "b", "m01", "c", "m01"));
    }

    @Test
    void aStandbyThatDoesNotLeaveTakesFromOneThatDoes() {
        List<Placed> splits = List.of(held("a", "m00"), held("b", "m00"));
        assertThat(plan(List.of(leaving("m00"), taker("m01", 0)), splits))
                .isEqualTo(Map.of("a", "m01", "b", "m01"));
    }

    @Test
    void aStandbyLosesWhatItHoldsToOneOfPositiveWeight() {
        assertThat(plan(List.of(taker("m00", 0), taker("m01", 3)), List.of(held("a", "m00"))))
                .isEqualTo(Map.of("a", "m01"));
    }

    @Test
    void whenAllLeaveTheyKeepWhatTheyHaveAndTakeNothing() {
        List<Placed> splits = List.of(held("a", "m00"), free("b"), held("c", "gone"));
        assertThat(plan(List.of(leaving("m00"), leaving("m01")), splits))
                .isEqualTo(Map.of("a", "m00"));
    }

    @Test
    void whatAMemberDoesNotTakeGoesToTheOthersByWeight() {
        List<Candidate> takers = List.of(capped("m00", 3, 2), taker("m01", 2), taker("m02", 1));
        assertThat(counts(plan(takers, free(11)))).isEqualTo(Map.of("m00", 2, "m01", 6, "m02", 3));
    }

    @Test
    void whatNobodyHasRoomForIsLeftOut() {
        List<Placed> splits = List.of(held("a", "m01"), held("b", "m00"), held("c", "m00"));
        assertThat(plan(List.of(capped("m00", 1, 1), capped("m01", 1, 1)), splits))
                .isEqualTo(Map.of("a", "m01", "b", "m00"));
    }

    @Test
    void aWholeShareIsNotRounded() {
        List<Placed> splits = new ArrayList<>(free(2));
        IntStream.range(2, 6).forEach(i -> splits.add(held("s%03d".formatted(i), "m02")));
        assertThat(counts(plan(List.of(taker("m00", 1), taker("m01", 1), taker("m02", 2)), splits)))
                .containsEntry("m02", 3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyPlanIsFairSettledAndOfTheFewestMoves(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            String which = "seed " + seed + ", run " + run;
            List<Candidate> takers = takers(random);
            List<Placed> splits = splits(random, takers.size());

            Map<String, String> plan = plan(takers, splits);

            if (takers.stream().allMatch(Candidate::leaves)) {
                assertKept(which, takers, splits, plan);
                continue;
            }
            List<Placed> rest = assertShared(which, active(takers), splits, plan);
            List<Placed> left = assertShared(which, standbys(takers), rest, plan);
            assertThat(left).as(which).noneMatch(split -> plan.containsKey(split.splitId()));
            assertThat(plan(takers, after(splits, plan))).as(which).isEqualTo(plan);
            Collections.shuffle(splits, random);
            Collections.shuffle(takers, random);
            assertThat(plan(takers, splits)).as(which).isEqualTo(plan);
        }
    }

    /** Returns what these takers have no room for. */
    private static List<Placed> assertShared(
            String which, List<Candidate> taking, List<Placed> splits, Map<String, String> plan) {
        List<String> ids = taking.stream().map(Candidate::memberId).toList();
        Map<String, String> theirs = new HashMap<>(plan);
        theirs.values().retainAll(ids);
        double[] shares = shares(taking, splits.size());
        assertFair(which, taking, shares, counts(theirs));
        assertThat(theirs).as(which).hasSize((int) Math.round(Arrays.stream(shares).sum()));
        assertThat(stays(splits, theirs)).as(which).isEqualTo(mostToStay(taking, shares, splits));
        return splits.stream().filter(split -> !theirs.containsKey(split.splitId())).toList();
    }

    @Test
    void standbysTakeWhatActiveMembersHaveNoRoomFor() {
        List<Candidate> takers =
                List.of(capped("blue", 1, 3), taker("standby1", 0), capped("standby2", 0, 1));

        Map<String, String> plan = plan(takers, free(7));

        assertThat(counts(plan)).isEqualTo(Map.of("blue", 3, "standby1", 3, "standby2", 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aJoinMovesTheJoinersShareAndALeaveWhatTheLeaverHad(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            String which = "seed " + seed + ", run " + run;
            List<Candidate> before = new ArrayList<>(equal(1 + random.nextInt(19)));
            List<Placed> splits = splits(random, before.size());
            Map<String, String> plan = plan(before, splits);
            List<Candidate> more = new ArrayList<>(before);
            more.add(taker("joiner", 1));

            Map<String, String> joined = plan(more, after(splits, plan));

            int got = counts(joined).getOrDefault("joiner", 0);
            assertThat(got).as(which).isGreaterThanOrEqualTo(splits.size() / more.size());
            assertThat(differences(plan, joined)).as(which).isEqualTo(got);
            more.set(more.size() - 1, leaving("joiner"));
            Map<String, String> left = plan(more, after(splits, joined));
            assertThat(differences(joined, left)).as(which).isEqualTo(got);
        }
    }

    /** Within one of the exact share, and one apart for equal weights, where no cap binds. */
    private static void assertFair(
            String which, List<Candidate> taking, double[] shares, Map<String, Integer> counts) {
        for (int i = 0; i < shares.length; i++) {
            Candidate one = taking.get(i);
            int has = counts.getOrDefault(one.memberId(), 0);
            assertThat(has).as(which).isLessThanOrEqualTo(one.mostSplits());
            assertThat((double) has).as(which).isBetween(shares[i] - 1, shares[i] + 1);
            for (Candidate other : taking) {
                int otherHas = counts.getOrDefault(other.memberId(), 0);
                if (one.weight() == other.weight() && otherHas < other.mostSplits()) {
                    assertThat(has - otherHas).as(which).isLessThanOrEqualTo(1);
                }
            }
        }
    }

    private static void assertKept(
            String which, List<Candidate> takers, List<Placed> splits, Map<String, String> plan) {
        Map<String, String> held = new HashMap<>();
        List<String> ids = takers.stream().map(Candidate::memberId).toList();
        for (Placed split : splits) {
            split.member().filter(ids::contains).ifPresent(id -> held.put(split.splitId(), id));
        }
        assertThat(plan).as(which).isEqualTo(held);
    }

    /** The exact shares: what each would have if all were filled up alike, weight by weight. */
    private static double[] shares(List<Candidate> taking, int splits) {
        double low = 0;
        double high = splits + 1.0;
        for (int i = 0; i < 200; i++) {
            double level = (low + high) / 2;
            if (Arrays.stream(at(level, taking)).sum() < splits) {
                low = level;
            } else {
                high = level;
            }
        }
        return at(high, taking);
    }

    private static double[] at(double level, List<Candidate> taking) {
        return taking.stream()
                .mapToDouble(taker -> Math.min(taker.mostSplits(), level * taker.weight()))
                .toArray();
    }

    /** Over all ways to round the shares to whole numbers of the same sum. */
    private static int mostToStay(List<Candidate> taking, double[] shares, List<Placed> splits) {
        int[] best = new int[splits.size() + 1];
        Arrays.fill(best, Integer.MIN_VALUE / 2);
        best[0] = 0;
        for (int i = 0; i < shares.length; i++) {
            String id = taking.get(i).memberId();
            int holds =
                    (int) splits.stream().filter(s -> s.member().equals(Optional.of(id))).count();
            int[] next = new int[best.length];
            Arrays.fill(next, Integer.MIN_VALUE / 2);
            int ceiling = (int) Math.ceil(shares[i] - 1e-6);
            for (int quota = (int) Math.floor(shares[i] + 1e-6); quota <= ceiling; quota++) {
                for (int sum = quota; sum < best.length; sum++) {
                    next[sum] = Math.max(next[sum], best[sum - quota] + Math.min(holds, quota));
                }
            }
            best = next;
        }
        return best[(int) Math.round(Arrays.stream(shares).sum())];
    }

    private static long stays(List<Placed> splits, Map<String, String> plan) {
        return splits.stream()
                .filter(s -> s.member().isPresent())
                .filter(s -> s.member().get().equals(plan.get(s.splitId())))
                .count();
    }

    private static List<Candidate> active(List<Candidate> takers) {
        return takers.stream().filter(t -> t.weight() > 0 && !t.leaves()).toList();
    }

    private static List<Candidate> standbys(List<Candidate> takers) {
        return takers.stream()
                .filter(taker -> taker.weight() == 0 && !taker.leaves())
                .map(taker -> capped(taker.memberId(), 1, taker.mostSplits()))
                .toList();
    }

    private static List<Candidate> takers(Random random) {
        int equalWeight = random.nextInt(3) == 0 ? random.nextInt(6) : -1;
        boolean caps = random.nextBoolean();
        int stayOfTen = random.nextInt(11);
        List<Candidate> takers = new ArrayList<>();
        for (int i = 0, members = 1 + random.nextInt(20); i < members; i++) {
            takers.add(
                    new Candidate(
                            "m%02d".formatted(i),
                            equalWeight >= 0 ? equalWeight : random.nextInt(6),
                            caps && random.nextBoolean()
                                    ? 1 + random.nextInt(30)
                                    : Share.ANY_NUMBER,
                            random.nextInt(10) >= stayOfTen));
        }
        return takers;
    }

    /** Some are free, some held by members that are not live, and a few members hold most. */
    private static List<Placed> splits(Random random, int members) {
        int holders = 1 + random.nextInt(members + 3);
        List<Placed> splits = new ArrayList<>();
        for (int i = 0, number = random.nextInt(201); i < number; i++) {
            String id = "s%03d".formatted(i);
            splits.add(
                    random.nextInt(4) == 0
                            ? free(id)
                            : held(id, "m%02d".formatted(random.nextInt(holders))));
        }
        return splits;
    }

    private static List<Placed> after(List<Placed> splits, Map<String, String> plan) {
        return splits.stream()
                .map(
                        s ->
                                new Placed(
                                        s.splitId(),
                                        Optional.ofNullable(plan.get(s.splitId())),
                                        false,
                                        0))
                .toList();
    }

    static long differences(Map<String, String> before, Map<String, String> after) {
        return before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
    }

    private static Map<String, String> plan(List<Candidate> takers, List<Placed> splits) {
        return LeasePlanner.plan(Balance.COUNT, takers, splits);
    }

    private static Candidate capped(String memberId, int weight, int mostSplits) {
        return new Candidate(memberId, weight, mostSplits, false);
    }

    private static Candidate leaving(String memberId) {
        return new Candidate(memberId, 1, Share.ANY_NUMBER, true);
    }

    private static List<Placed> free(int splits) {
        return IntStream.range(0, splits).mapToObj(i -> free("s%03d".formatted(i))).toList();
    }

    private static Placed free(String split) {
        return new Placed(split, Optional.empty(), false, 0);
    }

    private static Placed held(String split, String member) {
        return new Placed(split, Optional.of(member), false, 0);
    }
}
