package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;
import io.leasehold.job.chaos.emitter.GrantLine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replication is lost at 1.0 s, the primary dies at 3.0 s, the replica is promoted at 3.1 s. B
 * notices at 3.5 s. Each attempt emits one record each millisecond.
 */
@Timeout(10)
class WentBackTest {

    private static final long MILLI = 1_000_000;
    private static final int NOTICED = 3_500;
    private static final int RESTARTED = 4_000;

    private final List<Emission> emissions = new ArrayList<>();
    private final List<GrantLine> grants = new ArrayList<>();
    private final Map<String, List<String>> logs = new HashMap<>();
    private List<RoundTrips> roundTrips = List.of();
    private long copies;

    private void emits(String member, int epoch, long from, long until, int offset) {
        emits(member, member + epoch, epoch, from, until, offset);
    }

    private void emits(
            String member, String attempt, int epoch, long from, long until, int offset) {
        for (long at = from; at < until; at++) {
            emissions.add(
                    Emission.parse(
                            "q-0 %d %d %s 0.0.%s %d"
                                    .formatted(
                                            offset + at - from,
                                            epoch,
                                            member,
                                            attempt,
                                            at * MILLI)));
        }
    }

    /** B took the split over in the lost seconds. It had read it alone from the beginning. */
    private void lostTakeover(long lastOfB) {
        emits("a", 1, 0, 1_000, 0);
        emits("b", 2, 2_000, lastOfB, 900);
    }

    private void says(String member, long atMillis) {
        logs.put(
                member,
                List.of(
                        "10:00:00.000 1 INFO  x [y] Source: q (1/1) switched from INITIALIZING to RUNNING.",
                        "10:00:00.000 %d ERROR x [y] The lease table went back in time: ..."
                                .formatted(atMillis * MILLI),
                        "10:00:00.000 %d INFO  x [y] Source: q (1/1) switched from INITIALIZING to RUNNING."
                                .formatted((atMillis - NOTICED + RESTARTED) * MILLI)));
    }

    private WentBack judged() {
        return WentBack.of(run(), seen());
    }

    private Run run() {
        return new Run(
                0,
                100_000 * MILLI,
                List.of(
                        new Struck("lost", 1_000 * MILLI, 1_000 * MILLI, Map.of()),
                        new Struck("promoted", 3_000 * MILLI, 3_100 * MILLI, Map.of("q-0", 500L))),
                Life.of(emissions),
                Granted.of(grants),
                Map.of(),
                Map.of("q-0", 0L),
                0,
                Map.of("q-0", (int) copies),
                0);
    }

    private WentBack.Seen seen() {
        Map<String, List<Notice>> notices = new HashMap<>();
        logs.forEach((member, log) -> notices.put(member, Notice.in(log, "Source: q", 1)));
        return new WentBack.Seen(
                notices,
                Set.of("b"),
                Map.of("b", roundTrips),
                Duration.ofMillis(1_000),
                Duration.ofMillis(100),
                Duration.ofMillis(300),
                10);
    }

    @Test
    void whoStopsWhenItNoticesIsClean() {
        says("b", NOTICED);
        lostTakeover(NOTICED + 5);
        emits("b", 3, 4_600, 9_000, 500);

        WentBack back = judged();
        assertThat(back.findings()).isEmpty();
        assertThat(back.line())
                .contains("lost_ms=2000 noticed_ms=b:400 overlap_before_notice_ms=0")
                .contains("overlap_after_notice_ms=0 late_records=4")
                .contains("unread_bound_ms=1700 restart_ms=500");
        assertThat(back.unreadMillis()).isEqualTo(1_096);
        assertThat(Audit.of(run(), back).findings()).isEmpty();
    }

    @Test
    void twoThatReadOnBesideEachOtherAreFound() {
        says("b", NOTICED);
        lostTakeover(4_000);
        emits("a", 1, 3_200, 9_000, 1_000);

        WentBack back = judged();
        assertThat(back.betweenMillis()).isEqualTo(300);
        assertThat(back.afterMillis()).isEqualTo(498);
        assertThat(back.findings())
                .contains("two attempts emitted a split for 498 ms after the notice")
                .contains("an attempt emitted 499 records after its member's notice");
    }

    @Test
    void whoReadsBesideAnotherUntilItNoticesBreaksNoPromise() {
        says("b", NOTICED);
        lostTakeover(NOTICED);
        emits("a", 1, 3_200, 9_000, 1_000);

        WentBack back = judged();
        assertThat(back.findings()).isEmpty();
        assertThat(Audit.of(run(), back).findings()).isEmpty();
    }

    @Test
    void twoReadersBeforeTheTableWentBackAreFound() {
        says("b", NOTICED);
        emits("a", 1, 0, 2_500, 0);
        emits("b", 2, 2_000, NOTICED, 900);

        assertThat(Audit.of(run(), judged()).overlapMillis()).isEqualTo(498);
    }

    @Test
    void aMemberThatDoesNotSayItIsFound() {
        lostTakeover(9_000);

        WentBack back = judged();
        assertThat(back.findings()).containsExactly("b said 0 times that the table went back");
        assertThat(back.line()).contains("noticed_ms=none ");
    }

    @Test
    void aSplitThatStaysUnreadIsFound() {
        says("b", NOTICED);
        lostTakeover(NOTICED);
        emits("b", 3, 5_300, 9_000, 500);

        assertThat(judged().findings())
                .containsExactly("a split was not read for 1801 ms, at most 1700 are allowed");
    }

    @Test
    void anEpochThatIsGivenTwiceIsFound() {
        says("b", NOTICED);
        lostTakeover(NOTICED);
        emits("b", "again", 2, 4_600, 9_000, 500);

        assertThat(judged().findings())
                .singleElement()
                .asString()
                .contains("epoch 2 was given before the table went back");
    }

    @Test
    void aMemberThatAsksTheTableAllTheTimeIsFound() {
        says("b", NOTICED);
        lostTakeover(NOTICED);
        emits("b", 3, 4_600, 9_000, 500);
        roundTrips =
                List.of(
                        new RoundTrips(1_000 * MILLI, 0),
                        new RoundTrips(2_000 * MILLI, 500),
                        new RoundTrips(3_200 * MILLI, 505),
                        new RoundTrips(4_200 * MILLI, 516));

        assertThat(judged().findings())
                .containsExactly("b made 11 round trips to the table in a second");
    }

    @Test
    void whatIsReadAgainMayBeThereOnceTooOften() {
        says("b", NOTICED);
        lostTakeover(NOTICED);
        emits("b", 3, 4_600, 9_000, 500);

        // B began at 900 of 1,000, and then at 500 of 2,400.
        assertThat(judged().duplicatesBound()).isEqualTo(100 + 1_900);
        copies = 2_001;
        assertThat(Audit.of(run(), judged()).findings()).hasSize(1);
    }

    @Test
    void whoGoesOnWithItsOwnSplitRepeatsNothing() {
        says("b", NOTICED);
        emits("b", 1, 0, NOTICED, 0);
        emits("b", 3, 4_600, 9_000, 3_000);

        assertThat(judged().duplicatesBound()).isZero();
    }

    @Test
    void nobodyBeginsBeforeWhatTheTableHas() {
        says("b", NOTICED);
        lostTakeover(NOTICED);
        emits("b", 3, 4_600, 9_000, 499);

        assertThat(judged().findings())
                .containsExactly("q-0: b began at 499, before 500, which the table had");
    }
}
