package io.leasehold.source.metrics;

import io.leasehold.testkit.NotedCalls;
import io.leasehold.testkit.ReportedMetrics;

import org.apache.flink.events.Event;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.metrics.groups.InternalSourceReaderMetricGroup;
import org.apache.flink.traces.Span;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** What is reported of wrapped readers that follow each other in one task. */
@Timeout(30)
class SuccessiveMetricsTest {

    private final ReportedMetrics reported = new ReportedMetrics();
    private final SourceReaderMetricGroup operator =
            InternalSourceReaderMetricGroup.mock(reported.root());
    private final Set<String> flinks = reported.names();
    private final SuccessiveMetrics metrics = new SuccessiveMetrics(operator);

    @Test
    void theNextOneIsReportedUnderTheSameNames() {
        SourceReaderMetricGroup first = metrics.next();
        gauge(first, "currentFetchEventTimeLag", 1);
        first.setPendingRecordsGauge(() -> 10L);
        first.setPendingBytesGauge(() -> 100L);
        Set<String> names = reported.names();

        SourceReaderMetricGroup second = metrics.next();
        gauge(second, "currentFetchEventTimeLag", 2);
        second.setPendingRecordsGauge(() -> 20L);
        second.setPendingBytesGauge(() -> 200L);

        assertThat(reported.value("currentFetchEventTimeLag")).isEqualTo(2);
        assertThat(reported.value("pendingRecords")).isEqualTo(20);
        assertThat(reported.value("pendingBytes")).isEqualTo(200);
        assertThat(reported.names()).isEqualTo(names);
    }

    /** Of the Flink that is tested with, whichever that is. */
    static List<Method> whatIsNotRegistered() {
        return NotedCalls.methodsBut(
                SourceReaderMetricGroup.class,
                "counter",
                "gauge",
                "histogram",
                "meter",
                "addGroup",
                "setPendingRecordsGauge",
                "setPendingBytesGauge");
    }

    @ParameterizedTest
    @MethodSource("whatIsNotRegistered")
    void allElseIsOfTheOperatorsGroup(Method method) throws Exception {
        NotedCalls<SourceReaderMetricGroup> flink =
                new NotedCalls<>(
                        SourceReaderMetricGroup.class,
                        new String[] {"a", "scope"},
                        Span.builder(Object.class, "a span"),
                        Event.builder(Object.class, "an event"));

        flink.assertPassedOn(new SuccessiveMetrics(flink.object()).next(), method);
    }

    @Test
    void nothingIsPendingForAReaderThatSaysNothing() {
        SourceReaderMetricGroup first = metrics.next();
        first.setPendingRecordsGauge(() -> 10L);
        first.setPendingBytesGauge(() -> 100L);

        metrics.next();

        assertThat(reported.value("pendingRecords")).isZero();
        assertThat(reported.value("pendingBytes")).isZero();
    }

    /** As Kafka's: a partition that has gone elsewhere is not to be seen any more. */
    @Test
    void whatTheFormerHadInGroupsIsThereOnlyIfTheNextOneHasItToo() {
        MetricGroup partitions = metrics.next().addGroup("KafkaSourceReader");
        gauge(partitions.addGroup("topic", "t").addGroup("partition", "0"), "currentOffset", 7);
        gauge(partitions.addGroup("topic", "t").addGroup("partition", "1"), "currentOffset", 7);

        partitions = metrics.next().addGroup("KafkaSourceReader");
        gauge(partitions.addGroup("topic", "t").addGroup("partition", "1"), "currentOffset", 8);

        String kept = "KafkaSourceReader.topic.t.partition.1.currentOffset";
        assertThat(added()).containsExactly(kept);
        assertThat(reported.value(kept)).isEqualTo(8);
    }

    @Test
    void groupsOfAKeyAndAValueGoToo() {
        gauge(metrics.next().addGroup("shard", "0"), "lag", 7);

        gauge(metrics.next().addGroup("shard", "0"), "lag", 8);
        assertThat(reported.value("shard.0.lag")).isEqualTo(8);
        metrics.next();
        assertThat(added()).isEmpty();
    }

    @Test
    void countersOfTheOperatorGoOn() {
        SourceReaderMetricGroup first = metrics.next();
        Counter counter = first.counter("read");
        counter.inc(5);
        Counter given = first.counter("given", new SimpleCounter());
        given.inc(1);

        SourceReaderMetricGroup second = metrics.next();
        Counter next = second.counter("read");
        next.inc(2);
        counter.inc(100);

        assertThat(next.getCount()).isEqualTo(2);
        assertThat(reported.value("read")).isEqualTo(7);
        assertThat(reported.value("given")).isEqualTo(1);
    }

    @Test
    void metersAndHistogramsAreTheNextOnes() {
        SourceReaderMetricGroup first = metrics.next();
        first.meter("rate", new MeterView(5)).markEvent(10);
        first.histogram("sizes", new DescriptiveStatisticsHistogram(10)).update(1);

        SourceReaderMetricGroup second = metrics.next();
        second.meter("rate", new MeterView(5)).markEvent(50);
        second.histogram("sizes", new DescriptiveStatisticsHistogram(10)).update(3);
        reported.updateViews();

        assertThat(reported.meter("rate").getRate()).isEqualTo(10);
        assertThat(reported.histogram("sizes").getStatistics().getMax()).isEqualTo(3);
    }

    /** Its threads go on for a while when it has been replaced. */
    @Test
    void whatAFormerOneAddsIsNotReported() {
        SourceReaderMetricGroup first = metrics.next();
        MetricGroup itsGroup = first.addGroup("mine");
        metrics.next();

        gauge(itsGroup, "late", 1);
        gauge(first, "late", 1);
        gauge(first.addGroup("late"), "late", 1);
        gauge(first.addGroup("late", "late"), "late", 1);
        first.setPendingRecordsGauge(() -> 1L);

        assertThat(added()).isEmpty();
    }

    @Test
    void whatFlinkShowsOfItsSplitsStays() {
        gauge(operator.addGroup("split", "a#1"), "watermark", 3);
        gauge(metrics.next().addGroup("split", "a#1"), "mine", 3);

        metrics.next();

        assertThat(added()).contains("split.a#1.watermark");
    }

    @Test
    void whatIsCountedForTheOperatorIsTheOperators() {
        SourceReaderMetricGroup reader = metrics.next();

        assertThat(reader.getIOMetricGroup()).isSameAs(operator.getIOMetricGroup());
        assertThat(reader.getNumRecordsInErrorsCounter())
                .isSameAs(operator.getNumRecordsInErrorsCounter());
        assertThat(reader.getMetricIdentifier("x")).isEqualTo(operator.getMetricIdentifier("x"));
        assertThat(reader.getAllVariables()).isEqualTo(operator.getAllVariables());
    }

    /** As without a wrapper: the first of two stays. */
    @Test
    void aNameThatOneReaderUsesTwiceIsItsFirst() {
        SourceReaderMetricGroup reader = metrics.next();
        gauge(reader, "twice", 1);
        gauge(reader, "twice", 2);

        SourceReaderMetricGroup next = metrics.next();
        assertThat(reported.value("twice")).isEqualTo(1);
        next.counter("twice").inc(9);

        assertThat(reported.value("twice")).isEqualTo(1);
    }

    private Set<String> added() {
        Set<String> names = new HashSet<>(reported.names());
        names.removeAll(flinks);
        return names;
    }

    private static void gauge(MetricGroup group, String name, long value) {
        group.<Long, Gauge<Long>>gauge(name, () -> value);
    }
}
