package io.leasehold.lease.plan;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class LeasePlannerTest {

    @Test
    void withoutMembersNobodyHasAnything() {
        assertThat(plan(List.of(), free(3))).isEmpty();
    }

    @Test
    void equalWeightsShareEvenly() {
        assertThat(counts(plan(equal(3), free(8)))).isEqualTo(Map.of("m00", 3, "m01", 3, "m02", 2));
    }

    @Test
    void weightsShareInProportion() {
        List<Candidate> members = List.of(taker("blue", 9), taker("green", 1));
        assertThat(counts(plan(members, free(10)))).isEqualTo(Map.of("blue", 9, "green", 1));
    }

    @Test
    void aMemberOfWeightZeroGetsNothingWhileAnotherLives() {
        List<Candidate> members = List.of(taker("blue", 1), taker("standby", 0));
        assertThat(counts(plan(members, free(4)))).isEqualTo(Map.of("blue", 4));
    }

    @Test
    void membersOfWeightZeroShareWhatNobodyElseIsLeftFor() {
        List<Candidate> members = List.of(taker("standby1", 0), taker("standby2", 0));
        assertThat(counts(plan(members, free(4)))).isEqualTo(Map.of("standby1", 2, "standby2", 2));
    }

    @Test
    void whatIsBalancedStaysWhereItIs() {
        List<Placed> splits =
                List.of(held("a", "m01"), held("b", "m01"), held("c", "m00"), held("d", "m02"));
        assertThat(plan(equal(3), splits))
                .isEqualTo(Map.of("a", "m01", "b", "m01", "c", "m00", "d", "m02"));
    }

    @Test
    void aSplitOfAMemberThatIsNotLiveIsGivenAway() {
        assertThat(plan(equal(1), List.of(held("a", "gone")))).isEqualTo(Map.of("a", "m00"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fromAnyStartItIsOneApartWithTheFewestMovesAndThenStill(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            int members = 1 + random.nextInt(20);
            List<Placed> splits =
                    IntStream.range(0, random.nextInt(201))
                            .mapToObj(i -> held(id(i), "m%02d".formatted(random.nextInt(25))))
                            .map(
                                    split ->
                                            random.nextInt(4) == 0
                                                    ? new Placed(
                                                            split.splitId(),
                                                            Optional.empty(),
                                                            false,
                                                            0)
                                                    : split)
                            .toList();

            Map<String, String> plan = plan(equal(members), splits);

            String which = "seed " + seed + ", run " + run;
            Map<String, Integer> counts = counts(plan);
            IntStream.range(0, members).forEach(i -> counts.putIfAbsent("m%02d".formatted(i), 0));
            assertThat(Collections.max(counts.values()) - Collections.min(counts.values()))
                    .as(which)
                    .isLessThanOrEqualTo(1);
            assertThat(moves(splits, plan)).as(which).isEqualTo(fewestMoves(members, splits));
            List<Placed> after =
                    splits.stream()
                            .map(split -> held(split.splitId(), plan.get(split.splitId())))
                            .toList();
            assertThat(plan(equal(members), after)).as(which).isEqualTo(plan);
        }
    }

    @Test
    void theOrderOfTheRowsDoesNotMatter() {
        List<Placed> splits = new ArrayList<>(free(50));
        List<Candidate> members = new ArrayList<>(equal(7));
        Map<String, String> plan = plan(members, splits);
        Collections.shuffle(splits, new Random(1));
        Collections.shuffle(members, new Random(2));
        assertThat(plan(members, splits)).isEqualTo(plan);
    }

    static Candidate taker(String memberId, int weight) {
        return new Candidate(memberId, weight, Share.ANY_NUMBER, false);
    }

    private static Map<String, String> plan(List<Candidate> takers, List<Placed> splits) {
        return LeasePlanner.plan(Balance.COUNT, takers, splits);
    }

    /** Those of live members that are beyond what the fullest fair share leaves them. */
    private static long fewestMoves(int members, List<Placed> splits) {
        Map<String, Integer> holdings = new HashMap<>();
        splits.forEach(s -> s.member().ifPresent(m -> holdings.merge(m, 1, Integer::sum)));
        int floor = splits.size() / members;
        int ceilings = splits.size() % members;
        long moves = 0;
        for (int i = 0; i < members; i++) {
            int beyond = holdings.getOrDefault("m%02d".formatted(i), 0) - floor;
            if (beyond > 0 && ceilings > 0) {
                ceilings--;
                beyond--;
            }
            moves += Math.max(0, beyond);
        }
        return moves;
    }

    private static long moves(List<Placed> splits, Map<String, String> plan) {
        return splits.stream()
                .filter(s -> s.member().filter(plan::containsValue).isPresent())
                .filter(s -> !s.member().get().equals(plan.get(s.splitId())))
                .count();
    }

    static Map<String, Integer> counts(Map<String, String> plan) {
        Map<String, Integer> counts = new HashMap<>();
        plan.values().forEach(member -> counts.merge(member, 1, Integer::sum));
        return counts;
    }

    static List<Candidate> equal(int members) {
        return IntStream.range(0, members).mapToObj(i -> taker("m%02d".formatted(i), 1)).toList();
    }

    private static List<Placed> free(int splits) {
        return IntStream.range(0, splits)
                .mapToObj(i -> new Placed(id(i), Optional.empty(), false, 0))
                .toList();
    }

    private static Placed held(String split, String member) {
        return new Placed(split, Optional.of(member), false, 0);
    }

    private static String id(int i) {
        return "s%03d".formatted(i);
    }
}
