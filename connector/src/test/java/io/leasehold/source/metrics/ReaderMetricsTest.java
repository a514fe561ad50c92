package io.leasehold.source.metrics;

import io.leasehold.testkit.ReportedMetrics;

import org.apache.flink.metrics.View;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Each metric of a reader, as it would be reported. */
@Timeout(30)
class ReaderMetricsTest {

    private final ReportedMetrics reported = new ReportedMetrics();
    private long now = Long.MAX_VALUE - 5;
    private final ReaderMetrics metrics = new ReaderMetrics(reported.root(), () -> now);

    @Test
    void allAndOnlyThoseOfAReaderAreReported() {
        assertThat(reported.names()).isEqualTo(LeaseMetricTest.names(LeaseMetric.Place.READER));
    }

    @Test
    void splitsAreShownByWhatMayBeDoneWithThem() {
        metrics.has(3, 2, 1);

        assertThat(List.of(value("splitsRead"), value("splitsFrozen"), value("splitsWithheld")))
                .containsExactly(3L, 2L, 1L);
    }

    @Test
    void whatIsLeftOfTheGrantShrinksToNothing() {
        assertThat(value("remainingGrant")).isZero();

        metrics.grantedUntil(now + millis(3_000));
        pass(1_000);
        assertThat(value("remainingGrant")).isEqualTo(2_000);
        pass(5_000);
        assertThat(value("remainingGrant")).isZero();
    }

    @Test
    void aReaderWithoutSplitsIsNotPaused() {
        pass(1_000);
        metrics.grantedUntil(now + millis(1_000));
        pass(5_000);
        metrics.has(0, 1, 1);
        pass(5_000);

        assertThat(paused()).isZero();
    }

    @Test
    void aReaderWithSplitsIsPausedUntilItIsGranted() {
        pass(1_000);
        metrics.has(1, 0, 0);
        pass(300);
        assertThat(paused()).isEqualTo(300);

        metrics.grantedUntil(now + millis(1_000));
        pass(900);
        assertThat(paused()).isEqualTo(300);
    }

    @Test
    void aReaderIsPausedFromItsDeadlineUntilItIsGrantedAgain() {
        metrics.has(1, 0, 0);
        metrics.grantedUntil(now + millis(1_000));
        pass(1_200);
        assertThat(paused()).isEqualTo(200);
        pass(300);
        metrics.grantedUntil(now + millis(1_000));
        pass(1_010);

        assertThat(paused()).isEqualTo(510);
    }

    @Test
    void timeBeforeItHadASplitIsNotPaused() {
        metrics.grantedUntil(now + millis(1_000));
        pass(3_000);
        metrics.has(1, 0, 0);
        pass(100);
        metrics.has(0, 0, 0);
        pass(5_000);

        assertThat(paused()).isEqualTo(100);
    }

    /** As long as it can be granted, extending in time costs nothing. */
    @Test
    void aGrantThatIsExtendedInTimeIsNoPause() {
        metrics.has(1, 0, 0);
        for (int i = 0; i < 5; i++) {
            metrics.grantedUntil(now + millis(3_000));
            pass(1_000);
        }

        assertThat(paused()).isZero();
    }

    @Test
    void aGrantThatIsWithdrawnIsOver() {
        metrics.has(1, 0, 0);
        metrics.grantedUntil(now + millis(3_000));
        pass(100);
        metrics.grantedUntil(now);
        pass(50);

        assertThat(paused()).isEqualTo(50);
        assertThat(value("remainingGrant")).isZero();
    }

    @Test
    void pausesAreShownPerSecondAsOfTheLastInterval() {
        metrics.has(1, 0, 0);
        metrics.grantedUntil(now);
        pass(Duration.ofSeconds(View.UPDATE_INTERVAL_SECONDS).toMillis());
        reported.updateViews();
        assertThat(value("pausedTimeMsPerSecond")).isEqualTo(1_000);

        metrics.grantedUntil(now + millis(2_500));
        pass(Duration.ofSeconds(View.UPDATE_INTERVAL_SECONDS).toMillis());
        reported.updateViews();
        assertThat(value("pausedTimeMsPerSecond")).isEqualTo(500);
    }

    private long paused() {
        return value("accumulatedPausedTimeMs");
    }

    private long value(String name) {
        return reported.value(LeaseMetric.GROUP + "." + name);
    }

    private void pass(long millis) {
        now += millis(millis);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
