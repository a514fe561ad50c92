package io.leasehold.source.metrics;

import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.View;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What one reader attempt shows of its splits and its grant. Told on the task thread, when
 * something changes and never for a record; asked on any.
 */
public final class ReaderMetrics {

    /** As of the last time Flink asked for it, which it does every few seconds. */
    private static final class PerSecond implements Gauge<Long>, View {
        private final PausedTime paused;
        private long before;
        private volatile long value;

        PerSecond(PausedTime paused) {
            this.paused = paused;
        }

        @Override
        public void update() {
            long now = paused.total();
            value = millis(now - before) / UPDATE_INTERVAL_SECONDS;
            before = now;
        }

        @Override
        public Long getValue() {
            return value;
        }
    }

    private final PausedTime paused;
    private volatile long read;
    private volatile long frozen;
    private volatile long withheld;
    private final AtomicLong deletedUnread = new AtomicLong();

    /**
     * Registers all metrics.
     *
     * @param reader Flink's group for the reader
     * @param nanoClock the clock that grants are dated by
     */
    public ReaderMetrics(MetricGroup reader, LongSupplier nanoClock) {
        this.paused = new PausedTime(nanoClock);
        OwnGroup group = new OwnGroup(reader);
        group.gauge(LeaseMetric.SPLITS_READ, () -> read);
        group.gauge(LeaseMetric.SPLITS_FROZEN, () -> frozen);
        group.gauge(LeaseMetric.SPLITS_WITHHELD, () -> withheld);
        group.gauge(LeaseMetric.RECORDS_DELETED_UNREAD, deletedUnread::get);
        group.gauge(LeaseMetric.REMAINING_GRANT, () -> millis(paused.remainingGrant()));
        group.gauge(LeaseMetric.ACCUMULATED_PAUSED_TIME, () -> millis(paused.total()));
        group.group().gauge(LeaseMetric.PAUSED_TIME_PER_SECOND.metricName(), new PerSecond(paused));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** How many splits the reader has now. */
    public void has(int toRead, int standingStill, int notGranted) {
        read = toRead;
        frozen = standingStill;
        withheld = notGranted;
        paused.reading(toRead > 0);
    }

    /** So many records more were deleted before they were read. On any thread. */
    public void deletedUnread(long records) {
        deletedUnread.addAndGet(records);
    }

    /** The reader may emit until then, by its clock; if that is over, it may not. */
    public void grantedUntil(long deadline) {
        paused.grantedUntil(deadline);
    }
}
