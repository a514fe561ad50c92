package io.leasehold.source.metrics;

import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;

import java.util.function.Supplier;

/**
 * The group {@link LeaseMetric#GROUP} for one life of an enumerator or a reader.
 *
 * <p>Flink keeps an enumerator's metrics when it makes another one after a failover, and would
 * report the first one's for ever: a name that is taken stays with who has it. So what was there is
 * taken out first.
 */
final class OwnGroup {

    private final MetricGroup group;

    OwnGroup(MetricGroup parent) {
        close(parent.addGroup(LeaseMetric.GROUP));
        this.group = parent.addGroup(LeaseMetric.GROUP);
    }

    void gauge(LeaseMetric metric, Supplier<Long> value) {
        group.<Long, Gauge<Long>>gauge(metric.metricName(), value::get);
    }

    MetricGroup group() {
        return group;
    }

    /** Nothing in it is reported any more. */
    void close() {
        close(group);
    }

    /**
     * Takes out all that a group has. Flink's interface has no word for it; its own code goes the
     * same way, for the metrics of a split that has finished.
     */
    static void close(MetricGroup group) {
        if (group instanceof AbstractMetricGroup<?> flinks) {
            flinks.close();
        }
    }
}
