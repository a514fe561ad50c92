package io.leasehold.testkit;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.View;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.apache.flink.runtime.metrics.groups.GenericMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What Flink's registry reports at present of one group, and what is in it. */
public final class ReportedMetrics {

    private static final String ROOT = "root.";

    private final Map<String, Metric> metrics = new TreeMap<>();
    private final MetricGroup root =
            new GenericMetricGroup(
                    TestingMetricRegistry.builder()
                            .setDelimiter('.')
                            .setRegisterConsumer(
                                    (metric, name, group) -> metrics.put(id(name, group), metric))
                            .setUnregisterConsumer(
                                    (metric, name, group) -> metrics.remove(id(name, group)))
                            .build(),
                    null,
                    "root");

    private static String id(String name, AbstractMetricGroup<?> group) {
        return group.getMetricIdentifier(name).substring(ROOT.length());
    }

    public MetricGroup root() {
        return root;
    }

    public Set<String> names() {
        return Set.copyOf(metrics.keySet());
    }

    public long value(String id) {
        Metric metric = metrics.get(id);
        return metric instanceof Counter counter
                ? counter.getCount()
                : ((Number) ((Gauge<?>) metric).getValue()).longValue();
    }

    public Meter meter(String id) {
        return (Meter) metrics.get(id);
    }

    public Histogram histogram(String id) {
        return (Histogram) metrics.get(id);
    }

    /** As Flink does every few seconds. */
    public void updateViews() {
        metrics.values().stream()
                .filter(View.class::isInstance)
                .forEach(metric -> ((View) metric).update());
    }
}
