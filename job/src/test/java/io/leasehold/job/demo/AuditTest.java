package io.leasehold.job.demo;

import io.leasehold.job.demo.Audit.Kill;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class AuditTest {

    private static final Kill KILL = new Kill("blue", 1_000, Set.of("queue-0", "queue-1"));

    @Test
    void everythingArrivedAndWasTakenOver() {
        Audit audit =
                Audit.of(
                        4,
                        List.of(
                                emitted(0, "blue", "queue-0", 900),
                                emitted(1, "blue", "queue-1", 950),
                                emitted(2, "green", "queue-0", 6_500),
                                emitted(3, "green", "queue-1", 7_000)),
                        KILL);

        assertThat(audit.passed()).isTrue();
        assertThat(audit.line())
                .isEqualTo("AUDIT produced=4 delivered=4 missing=0 replayed=0 takeover_ms=6000");
    }

    @Test
    void missingOnesAreNamedAndFail() {
        Audit audit = Audit.of(3, List.of(emitted(1, "green", "queue-0", 2_000)), KILL);

        assertThat(audit.missing()).isEqualTo(2);
        assertThat(audit.firstMissing()).containsExactly(0L, 2L);
        assertThat(audit.passed()).isFalse();
    }

    @Test
    void furtherCopiesAreCountedAndDoNotFail() {
        List<Delivered> records = new ArrayList<>(complete());
        records.addAll(complete());
        records.add(emitted(0, "green", "queue-0", 3_000));

        Audit audit = Audit.of(2, records, KILL);

        assertThat(audit.delivered()).isEqualTo(2);
        assertThat(audit.replayed()).isEqualTo(3);
        assertThat(audit.passed()).isTrue();
    }

    @Test
    void whatWasNeverGeneratedFails() {
        List<Delivered> records = new ArrayList<>(complete());
        records.add(emitted(2, "green", "queue-0", 3_000));

        Audit audit = Audit.of(2, records, KILL);

        assertThat(audit.unexpected()).isOne();
        assertThat(audit.passed()).isFalse();
    }

    @Test
    void takeoverIsTheFirstRecordOfTheSlowestSplit() {
        Audit audit =
                Audit.of(
                        10,
                        List.of(
                                emitted(0, "green", "queue-0", 900),
                                emitted(1, "green", "queue-0", 1_100),
                                emitted(2, "green", "queue-0", 1_900),
                                emitted(3, "red", "queue-1", 1_700),
                                emitted(4, "red", "queue-1", 1_600),
                                emitted(5, "green", "queue-7", 9_000)),
                        KILL);

        assertThat(audit.takeoverMillis()).isEqualTo(OptionalLong.of(600));
    }

    @Test
    void splitThatNobodyTookOverFails() {
        Audit audit = Audit.of(1, List.of(emitted(0, "green", "queue-0", 2_000)), KILL);

        assertThat(audit.missing()).isZero();
        assertThat(audit.passed()).isFalse();
        assertThat(audit.line()).endsWith("takeover_ms=none");
    }

    private static List<Delivered> complete() {
        return List.of(
                emitted(0, "green", "queue-0", 2_000), emitted(1, "green", "queue-1", 2_000));
    }

    private static Delivered emitted(long id, String member, String split, long atMillis) {
        return new Delivered(id, member, split, 0, atMillis);
    }
}
