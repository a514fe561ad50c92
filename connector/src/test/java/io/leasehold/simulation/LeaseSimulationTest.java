package io.leasehold.simulation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The protocol's promises under everything that goes wrong at once, judged from what was emitted.
 * What a failure prints is a shortened run; {@link World#run} with its seed gives the whole one.
 */
@Timeout(120)
class LeaseSimulationTest {

    @Test
    void fiveHundredSeedsOfThisCommitBreakNoPromise() {
        FirstSeed first = FirstSeed.here();

        Seeds.Total total = Seeds.run(LongStream.range(first.seed(), first.seed() + 500));

        assertThat(total.broken()).as(first.toString()).isEmpty();
    }

    @Test
    void seedsThatBrokeAPromiseOnceDoSoNoMore() {
        long[] once = {
            7_703_504,
            7_722_406,
            7_727_016,
            7_775_270,
            91_011_157,
            91_086_533,
            3_111_029_108L,
            3_111_042_354L,
            7_310_006_772L,
            17_432_396_567_001L,
            1_721_812_496_536L,
            12_956_620_562_777L,
            12_371_450_237_917L
        };

        assertThat(Seeds.run(LongStream.of(once)).broken()).isEmpty();
    }

    /** A run that throws is told like one that breaks a promise: by its seed, and made short. */
    @Test
    void whatIsThrownInARunIsAViolation() {
        Rules.Maker throwing =
                () ->
                        new Rules() {
                            @Override
                            boolean before(long now, long deadline) {
                                throw new IllegalStateException("on purpose");
                            }
                        };

        Run failing = World.run(Scenario.of(1), throwing.make());
        Run shortest = Shrinker.shrink(failing, throwing);

        assertThat(failing.violations())
                .extracting(Violation::promise)
                .containsExactly(Violation.Promise.NOTHING_IS_THROWN);
        assertThat(shortest.scenario().mishaps()).isEmpty();
        assertThat(Shrinker.tell(shortest))
                .contains("seed 1:", "on purpose", "Reader.", "Discovered", "jobs:");
    }

    /** Its seed is in the message if it fails. */
    @Test
    void aSeedThatNobodyHasSeenBreaksNoPromise() {
        assertThat(Seeds.run(LongStream.of(System.nanoTime())).broken()).isEmpty();
    }

    @Test
    void aSeedSaysAll() {
        for (long seed = 0; seed < 10; seed++) {
            Run once = World.run(Scenario.of(seed), Rules.KEPT);
            Run again = World.run(Scenario.of(seed), Rules.KEPT);
            assertThat(again.history()).isEqualTo(once.history());
            assertThat(again.steps()).isEqualTo(once.steps());
        }
    }

    /** Otherwise nothing could go wrong. */
    @Test
    void seedsAreWorthRunning() {
        Seeds.Total total = Seeds.run(LongStream.range(0, 100));

        assertThat(total.count(Fact.Closed.class)).isGreaterThan(200);
        assertThat(total.count(Fact.Acquired.class)).isGreaterThan(600);
        assertThat(total.count(Fact.Ended.class)).isGreaterThan(50);
        assertThat(total.count(Fact.LostOnTheWay.class)).isGreaterThan(1_000);
        assertThat(total.count(Fact.Killed.class)).isGreaterThan(90);
        assertThat(total.count(Fact.Claimed.class)).isGreaterThan(350);
        assertThat(total.count(Fact.Withdrawn.class)).isGreaterThan(50);
        assertThat(total.count(Fact.Ordered.class)).isGreaterThan(150);
        assertThat(total.count(Fact.Released.class)).isGreaterThan(150);
        assertThat(total.count(Fact.Declared.class)).isGreaterThan(30);
        assertThat(total.count(Fact.Rated.class)).isGreaterThan(200);
    }

    @Test
    void aFailingRunIsMadeShort() {
        Rules.Maker broken = Controls.READER_DATES_ITS_GRANT_FROM_THE_ANSWER.rules();
        Run failing =
                LongStream.range(0, 2_000)
                        .mapToObj(seed -> World.run(Scenario.of(seed), broken.make()))
                        .filter(run -> !run.violations().isEmpty())
                        .findFirst()
                        .orElseThrow();

        Run shortest = Shrinker.shrink(failing, broken);

        assertThat(shortest.violations()).isNotEmpty();
        assertThat(shortest.scenario().simpler())
                .noneMatch(
                        simpler ->
                                World.run(simpler, broken.make()).violations().stream()
                                        .anyMatch(
                                                v ->
                                                        v.promise()
                                                                == failing.violations()
                                                                        .get(0)
                                                                        .promise()));
        assertThat(Shrinker.tell(shortest))
                .contains("seed " + failing.scenario().seed(), "Emitted", "jobs:");
    }
}
