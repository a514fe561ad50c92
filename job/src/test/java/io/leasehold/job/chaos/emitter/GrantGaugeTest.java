package io.leasehold.job.chaos.emitter;

import io.leasehold.source.metrics.ReaderMetrics;

import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class GrantGaugeTest {

    private static final long MILLI = 1_000_000;

    private long now = 100 * MILLI;
    private final GrantGauge gauge = new GrantGauge(() -> now);
    private final SourceReaderMetricGroup group =
            gauge.in(UnregisteredMetricsGroup.createSourceReaderMetricGroup());

    @Test
    void whatAReaderShowsOfItsGrantIsRead() {
        ReaderMetrics reader = new ReaderMetrics(group, () -> now);

        assertThat(gauge.grantedUntil()).isEmpty();
        reader.grantedUntil(150 * MILLI);
        now = 120 * MILLI - 1;
        assertThat(gauge.grantedUntil()).hasValue(150 * MILLI - 1);
        now = 121 * MILLI;
        assertThat(gauge.grantedUntil()).hasValue(150 * MILLI - 1);
        reader.grantedUntil(200 * MILLI);
        assertThat(gauge.grantedUntil()).hasValue(200 * MILLI);
        now = 200 * MILLI;
        assertThat(gauge.grantedUntil()).isEmpty();
    }

    @Test
    void theRestOfTheGroupIsFlinks() {
        assertThat(group.getIOMetricGroup().getNumRecordsInCounter().getCount()).isZero();
    }
}
