package io.leasehold.job.demo;

import io.leasehold.job.demo.Takeover.Kill;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class TakeoverTest {

    private static final Kill KILL = new Kill("blue", 1_000, Set.of("queue-0", "queue-1"));

    @Test
    void everythingArrivedAndWasTakenOver() {
        Takeover found =
                Takeover.of(
                        4,
                        List.of(
                                emitted(0, "blue", "queue-0", 900),
                                emitted(1, "blue", "queue-1", 950),
                                emitted(2, "green", "queue-0", 6_500),
                                emitted(3, "green", "queue-1", 7_000)),
                        KILL);

        assertThat(found.passed()).isTrue();
        assertThat(found.line())
                .isEqualTo("AUDIT produced=4 delivered=4 missing=0 replayed=0 takeover_ms=6000");
    }

    @Test
    void missingOnesAreNamedAndFail() {
        Takeover found = Takeover.of(3, List.of(emitted(1, "green", "queue-0", 2_000)), KILL);

        assertThat(found.audit().missing()).isEqualTo(2);
        assertThat(found.audit().firstMissing()).containsExactly(0L, 2L);
        assertThat(found.passed()).isFalse();
    }

    @Test
    void furtherCopiesAreCountedAndDoNotFail() {
        List<Delivered> records = new ArrayList<>(complete());
        records.addAll(complete());
        records.add(emitted(0, "green", "queue-0", 3_000));

        Takeover found = Takeover.of(2, records, KILL);

        assertThat(found.audit().delivered()).isEqualTo(2);
        assertThat(found.audit().copies()).isEqualTo(3);
        assertThat(found.passed()).isTrue();
    }

    @Test
    void whatWasNeverGeneratedFails() {
        List<Delivered> records = new ArrayList<>(complete());
        records.add(emitted(2, "green", "queue-0", 3_000));

        Takeover found = Takeover.of(2, records, KILL);

        assertThat(found.audit().unexpected()).isOne();
        assertThat(found.passed()).isFalse();
    }

    @Test
    void takeoverIsTheFirstRecordOfTheSlowestSplit() {
        Takeover found =
                Takeover.of(
                        10,
                        List.of(
                                emitted(0, "green", "queue-0", 900),
                                emitted(1, "green", "queue-0", 1_100),
                                emitted(2, "green", "queue-0", 1_900),
                                emitted(3, "red", "queue-1", 1_700),
                                emitted(4, "red", "queue-1", 1_600),
                                emitted(5, "green", "queue-7", 9_000)),
                        KILL);

        assertThat(found.millis()).isEqualTo(OptionalLong.of(600));
    }

    @Test
    void splitThatNobodyTookOverFails() {
        Takeover found = Takeover.of(1, List.of(emitted(0, "green", "queue-0", 2_000)), KILL);

        assertThat(found.audit().missing()).isZero();
        assertThat(found.passed()).isFalse();
        assertThat(found.line()).endsWith("takeover_ms=none");
    }

    private static List<Delivered> complete() {
        return List.of(
                emitted(0, "green", "queue-0", 2_000), emitted(1, "green", "queue-1", 2_000));
    }

    private static Delivered emitted(long id, String member, String split, long atMillis) {
        return new Delivered(id, member, split, 0, atMillis);
    }
}
