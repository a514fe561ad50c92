package io.leasehold.job.demo;

import io.leasehold.job.demo.CheckpointWatch.Completed;
import io.leasehold.job.demo.HandoffAudit.Handoff;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class HandoffAuditTest {

    private static final DemoSettings SETTINGS =
            new DemoSettings(
                    Scenario.named("bluegreen").orElseThrow(),
                    Duration.ofSeconds(30),
                    2,
                    2000,
                    Duration.ofMillis(500),
                    Optional.empty(),
                    false);

    /** Blue reads two records of a split, green the next two, 700 ms later. */
    private static final List<Delivered> HANDED_OVER =
            List.of(
                    emitted(0, "blue", 0, 1_000),
                    emitted(1, "blue", 1, 1_010),
                    emitted(2, "green", 2, 1_710),
                    emitted(3, "green", 3, 1_710));

    @Test
    void aPauseIsFromTheLastOfTheOneToTheFirstOfTheOther() {
        HandoffAudit audit =
                audit(
                        HANDED_OVER,
                        HANDED_OVER,
                        new Completed("blue", 900, 100),
                        new Completed("blue", 1_230, 225),
                        new Completed("green", 1_100, 80),
                        new Completed("blue", 2_230, 300));

        assertThat(audit.handoffs())
                .containsExactly(new Handoff("queue-0", "blue", "green", 1_010, 700, 225));
        assertThat(audit.passed()).isTrue();
        assertThat(audit.faults()).isEmpty();
        assertThat(audit.line())
                .isEqualTo(
                        "AUDIT produced=4 delivered=4 missing=0 duplicated=0 replayed=0 handoffs=1"
                                + " pause_p99_ms=700 pause_max_ms=700 checkpoint_max_ms=225"
                                + " beyond_checkpoint_p99_ms=475");
    }

    @Test
    void aPauseThatIsLongerThanItsCheckpointAndTheLimitFails() {
        assertThat(audit(HANDED_OVER, HANDED_OVER, new Completed("blue", 1_200, 199)).passed())
                .isFalse();
        assertThat(audit(HANDED_OVER, HANDED_OVER, new Completed("blue", 1_200, 200)).passed())
                .isTrue();
    }

    @Test
    void aCheckpointThatWasNotSeenExcusesNothing() {
        assertThat(audit(HANDED_OVER, HANDED_OVER).passed()).isFalse();
    }

    @Test
    void oneOfAHundredHandoffsMayTakeLonger() {
        List<Delivered> records = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            records.add(emitted(i, i % 2 == 0 ? "blue" : "green", i, i < 100 ? i : 10_000));
        }

        HandoffAudit audit = audit(records, records);

        assertThat(audit.audit().produced()).isEqualTo(101);
        assertThat(audit.handoffs()).hasSize(100);
        assertThat(audit.passed()).isTrue();
        assertThat(audit.line()).contains("pause_p99_ms=1 ", "pause_max_ms=9901 ");
    }

    @Test
    void aCopyFailsEvenIfItWasNotCommitted() {
        List<Delivered> twice = new ArrayList<>(HANDED_OVER);
        twice.add(emitted(1, "green", 1, 1_700));

        HandoffAudit committed = audit(twice, twice, new Completed("blue", 1_230, 225));
        HandoffAudit givenUp = audit(HANDED_OVER, twice, new Completed("blue", 1_230, 225));

        assertThat(committed.line()).contains("duplicated=1 replayed=1");
        assertThat(committed.passed()).isFalse();
        assertThat(givenUp.line()).contains("duplicated=0 replayed=1");
        assertThat(givenUp.passed()).isFalse();
    }

    @Test
    void whereNothingWasHandedOverNothingIsShown() {
        List<Delivered> alone =
                IntStream.range(0, 4).mapToObj(i -> emitted(i, "blue", i, i)).toList();

        HandoffAudit audit = audit(alone, alone);

        assertThat(audit.passed()).isFalse();
        assertThat(audit.faults()).containsExactly("No split was handed over.");
    }

    private static HandoffAudit audit(
            List<Delivered> committed, List<Delivered> emitted, Completed... checkpoints) {
        int produced = (int) committed.stream().mapToLong(Delivered::id).distinct().count();
        return HandoffAudit.of(
                SETTINGS, new Output(produced, committed, emitted, List.of(checkpoints)));
    }

    private static Delivered emitted(long id, String member, long offset, long atMillis) {
        return new Delivered(id, member, "queue-0", offset, atMillis);
    }
}
