package io.leasehold.lease.plan;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Plans in which members are excluded from splits. */
class LeasePlannerExcludedTest {

    private static Candidate taker(String id) {
        return new Candidate(id, 1, Share.ANY_NUMBER, false);
    }

    private static Placed split(String id, String holder, double rate, String... excluded) {
        return new Placed(
                id,
                holder.isEmpty() ? Optional.empty() : Optional.of(holder),
                false,
                rate,
                Set.of(excluded));
    }

    private static Map<String, String> plan(
            Balance balance, List<Candidate> takers, List<Placed> splits) {
        return LeasePlanner.plan(balance, takers, splits);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsGivenWhatItIsExcludedFrom(Balance balance) {
        List<Placed> splits =
                List.of(
                        split("a", "blue", 10, "blue"),
                        split("b", "", 10, "green"),
                        split("c", "green", 10, "blue", "green"));

        assertThat(plan(balance, List.of(taker("blue"), taker("green")), splits))
                .isEqualTo(Map.of("a", "green", "b", "blue"));
    }

    @Test
    void aStandbyTakesWhatOnlyItCanRead() {
        List<Candidate> takers =
                List.of(taker("blue"), new Candidate("standby", 0, Share.ANY_NUMBER, false));

        assertThat(
                        plan(
                                Balance.COUNT,
                                takers,
                                List.of(split("a", "", 0, "blue"), split("b", "", 0))))
                .isEqualTo(Map.of("a", "standby", "b", "blue"));
    }

    /** Blue can pass a to green, and green b to red: shares of 2, 2, 2. */
    @Test
    void splitsArePassedOnOverOthers() {
        List<Placed> splits = new ArrayList<>();
        for (String id : List.of("a1", "a2", "a3", "a4")) {
            splits.add(split(id, "blue", 0, "red"));
        }
        splits.add(split("b1", "green", 0, "blue"));
        splits.add(split("b2", "green", 0, "blue"));

        Map<String, String> plan =
                plan(Balance.COUNT, List.of(taker("blue"), taker("green"), taker("red")), splits);

        assertThat(counts(plan)).isEqualTo(Map.of("blue", 2, "green", 2, "red", 2));
    }

    @Test
    void aFullMemberPassesOnWhatAnotherMayHaveToo() {
        List<Candidate> takers =
                List.of(new Candidate("blue", 1, 1, false), new Candidate("red", 1, 1, false));

        assertThat(
                        plan(
                                Balance.COUNT,
                                takers,
                                List.of(split("a", "blue", 0), split("b", "", 0, "red"))))
                .isEqualTo(Map.of("a", "red", "b", "blue"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void sharesAreAsEvenAsTheyCanBeAndThenStill(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            int members = 2 + random.nextInt(4);
            List<Candidate> takers =
                    IntStream.range(0, members).mapToObj(i -> taker("m" + i)).toList();
            List<Placed> splits = new ArrayList<>();
            for (int i = random.nextInt(30); i >= 0; i--) {
                Set<String> excluded = new HashSet<>();
                takers.forEach(
                        taker -> {
                            if (random.nextInt(3) == 0) {
                                excluded.add(taker.memberId());
                            }
                        });
                splits.add(
                        new Placed(
                                "s%02d".formatted(i),
                                random.nextBoolean()
                                        ? Optional.empty()
                                        : Optional.of("m" + random.nextInt(6)),
                                random.nextInt(5) == 0,
                                random.nextInt(50),
                                excluded));
            }
            String which = "seed %d, run %d".formatted(seed, run);
            for (Balance balance : Balance.values()) {
                Map<String, String> plan = plan(balance, takers, splits);
                for (Placed split : splits) {
                    String taker = plan.get(split.splitId());
                    assertThat(split.excluded()).as(which).doesNotContain(String.valueOf(taker));
                    assertThat(taker == null)
                            .as(which)
                            .isEqualTo(split.excluded().size() == members);
                }
                assertThat(plan(balance, takers, after(splits, plan)))
                        .as(which + ", again by " + balance)
                        .isEqualTo(plan);
            }
            assertThat(mostTogether(takers, splits, plan(Balance.COUNT, takers, splits)))
                    .as(which)
                    .isTrue();
        }
    }

    /** No member could pass a split on, over others, to one with two fewer. */
    private static boolean mostTogether(
            List<Candidate> takers, List<Placed> splits, Map<String, String> plan) {
        Map<String, Integer> counts = counts(plan);
        for (Candidate from : takers) {
            Set<String> reached = new HashSet<>(Set.of(from.memberId()));
            boolean more = true;
            while (more) {
                more = false;
                for (Placed split : splits) {
                    if (reached.contains(String.valueOf(plan.get(split.splitId())))) {
                        for (Candidate to : takers) {
                            more |=
                                    !split.excluded().contains(to.memberId())
                                            && reached.add(to.memberId());
                        }
                    }
                }
            }
            int has = counts.getOrDefault(from.memberId(), 0);
            if (reached.stream().anyMatch(to -> counts.getOrDefault(to, 0) + 2 <= has)) {
                return false;
            }
        }
        return true;
    }

    private static List<Placed> after(List<Placed> splits, Map<String, String> plan) {
        return splits.stream()
                .map(
                        split ->
                                new Placed(
                                        split.splitId(),
                                        Optional.ofNullable(plan.get(split.splitId())),
                                        false,
                                        split.rate(),
                                        split.excluded()))
                .toList();
    }

    private static Map<String, Integer> counts(Map<String, String> plan) {
        Map<String, Integer> counts = new HashMap<>();
        plan.values().forEach(member -> counts.merge(member, 1, Integer::sum));
        return counts;
    }
}
