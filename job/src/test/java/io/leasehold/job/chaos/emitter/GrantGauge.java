package io.leasehold.job.chaos.emitter;

import io.leasehold.source.metrics.LeaseMetric;

import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads a leased reader's grant from the metric in which the reader shows it. A reader gets its
 * grant on a way of its own, which nobody else hears.
 *
 * <p>Task thread only.
 */
final class GrantGauge {

    /** Two readings of one grant differ by a millisecond. */
    private static final long LEAST_EXTENSION = TimeUnit.MILLISECONDS.toNanos(20);

    private final LongSupplier nanoClock;
    private OptionalLong last = OptionalLong.empty();
    private Optional<Gauge<?>> remaining = Optional.empty();

    /**
     * @param nanoClock the one that grants are dated by
     */
    GrantGauge(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** The same group for the reader, in which its metric is found when it registers it. */
    SourceReaderMetricGroup in(SourceReaderMetricGroup group) {
        return watched(group, SourceReaderMetricGroup.class);
    }

    private <G extends MetricGroup> G watched(G group, Class<G> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        GrantGauge.class.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("gauge")
                                    && LeaseMetric.REMAINING_GRANT
                                            .metricName()
                                            .equals(arguments[0])) {
                                remaining = Optional.of((Gauge<?>) arguments[1]);
                            }
                            try {
                                Object result = method.invoke(group, arguments);
                                return method.getName().equals("addGroup")
                                        ? watched((MetricGroup) result, MetricGroup.class)
                                        : result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    /** Until when the reader may emit, up to a millisecond too early; empty if it may not now. */
    OptionalLong grantedUntil() {
        // Looked at first: if this process is stopped behind it, the grant does not seem longer.
        long now = nanoClock.getAsLong();
        long millis = remaining.map(it -> (Long) it.getValue()).orElse(0L);
        if (millis == 0) {
            return OptionalLong.empty();
        }
        long until = now + TimeUnit.MILLISECONDS.toNanos(millis);
        if (last.isEmpty() || until - last.getAsLong() > LEAST_EXTENSION) {
            last = OptionalLong.of(until);
        }
        return last;
    }
}
