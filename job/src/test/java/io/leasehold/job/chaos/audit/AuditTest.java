package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;
import io.leasehold.job.chaos.emitter.GrantLine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class AuditTest {

    private static final long MILLI = 1_000_000;

    private final List<Emission> emissions = new ArrayList<>();
    private final List<GrantLine> grants = new ArrayList<>();
    private Map<String, Integer> copies = Map.of();
    private long missing;
    private Map<String, Long> progress = Map.of("q-0", 0L);

    /** One record each millisecond. */
    private void emits(String member, String attempt, long epoch, long atMillis, int from, int to) {
        for (int offset = from; offset < to; offset++) {
            emissions.add(
                    Emission.parse(
                            "q-0 %d %d %s 0.0.%s %d"
                                    .formatted(
                                            offset,
                                            epoch,
                                            member,
                                            attempt,
                                            (atMillis + offset - from) * MILLI)));
        }
    }

    private void granted(String reader, long epoch, long atMillis, long untilMillis) {
        grants.add(new GrantLine("q-0", epoch, "a", reader, atMillis * MILLI, untilMillis * MILLI));
    }

    private Audit audit(boolean mayReplay) {
        return Audit.of(
                new Run(
                        0,
                        10_000 * MILLI,
                        List.of(new Struck("something", 90 * MILLI, 100 * MILLI, progress)),
                        Life.of(emissions),
                        Granted.of(grants),
                        Map.of(),
                        Map.of("q-0", 200L),
                        200,
                        copies,
                        missing),
                mayReplay);
    }

    @Test
    void oneReaderAfterTheOtherIsClean() {
        emits("a", "x", 1, 0, 0, 100);
        emits("b", "y", 2, 200, 100, 200);

        assertThat(audit(false).findings()).isEmpty();
    }

    @Test
    void whoGoesOnBesideAnotherOverlaps() {
        emits("a", "x", 1, 0, 0, 150);
        emits("b", "y", 2, 100, 100, 200);

        Audit audit = audit(true);
        assertThat(audit.overlapRecords()).isEqualTo(49);
        assertThat(audit.overlapMillis()).isEqualTo(48);
        assertThat(audit.clean()).isFalse();
    }

    @Test
    void whatIsEmittedBetweenTwoLooksAtTheClockIsNoOverlap() {
        emits("a", "x", 1, 0, 0, 100);
        emits("b", "y", 2, 200, 100, 200);
        emits("a", "x", 1, 250, 100, 100 + Life.EXPOSURE);

        Audit audit = audit(true);
        assertThat(audit.overlapRecords()).isEqualTo(Life.EXPOSURE);
        assertThat(audit.overlapMillis()).isZero();
        assertThat(audit.findings()).isEmpty();
    }

    @Test
    void aLaterLifeHasAHigherEpoch() {
        emits("a", "x", 2, 0, 0, 100);
        emits("b", "y", 2, 200, 100, 200);

        assertThat(audit(false).findings()).singleElement().asString().contains("no higher epoch");
    }

    @Test
    void nobodyLeavesARecordOut() {
        emits("a", "x", 1, 0, 0, 100);
        emits("a", "x", 1, 100, 101, 200);

        assertThat(audit(false).findings())
                .singleElement()
                .asString()
                .contains("record 101 instead of 100");
    }

    @Test
    void aMissingRecordIsFound() {
        missing = 1;

        assertThat(audit(true).findings()).singleElement().asString().startsWith("1 records");
    }

    @Test
    void withoutATakeoverNothingIsThereTwice() {
        copies = Map.of("q-0", 1);

        assertThat(audit(false).findings()).hasSize(1);
    }

    @Test
    void aTakeoverRepeatsWhatWasEmittedSinceTheTablesPosition() {
        emits("a", "x", 1, 0, 0, 100);
        emits("b", "y", 2, 200, 80, 200);
        progress = Map.of("q-0", 80L);

        copies = Map.of("q-0", 20);
        assertThat(audit(true).findings()).isEmpty();
        copies = Map.of("q-0", 21);
        assertThat(audit(true).findings()).hasSize(1);
    }

    @Test
    void aTakeoverDoesNotBeginBeforeTheTablesPosition() {
        emits("a", "x", 1, 0, 0, 100);
        emits("b", "y", 2, 200, 79, 200);
        progress = Map.of("q-0", 80L);

        assertThat(audit(true).findings())
                .singleElement()
                .asString()
                .contains("before 80, which the table had");
    }

    @Test
    void stampsOfAnotherClockAreFound() {
        emits("a", "x", 1, 20_000, 0, 100);

        assertThat(audit(false).findings()).singleElement().asString().contains("clocks differ");
    }

    @Test
    void extendedGrantsAreOneUntilAPauseOrAnEnd() {
        granted("x", 1, 0, 30);
        granted("x", 1, 20, 50);
        granted("x", 1, 60, 90);
        granted("x", 1, 70, 70);
        granted("y", 2, 70, 100);

        assertThat(Granted.of(grants).get("q-0"))
                .containsExactly(
                        new Granted("q-0", "a", "x", 1, 0, 50 * MILLI),
                        new Granted("q-0", "a", "x", 1, 60 * MILLI, 70 * MILLI),
                        new Granted("q-0", "a", "y", 2, 70 * MILLI, 100 * MILLI));
        assertThat(audit(false).findings()).isEmpty();
    }

    @Test
    void whoCouldEmitBesideAnotherIsFoundThoughNobodyDid() {
        granted("x", 1, 0, 30);
        granted("x", 1, 20, 50);
        granted("y", 2, 49, 80);

        assertThat(audit(false).findings())
                .singleElement()
                .asString()
                .contains("from 0.049 s on under epoch 2")
                .contains("until 0.050 s under epoch 1");
    }
}
