package io.leasehold.source;

import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.co.ProcessJoinFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingProcessingTimeWindows;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.flink.util.Collector;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a job is told before it is submitted: which of its operators hold records. */
@Timeout(60)
class HeldRecordsTest {

    @RegisterExtension
    private final LoggerAuditingExtension said =
            new LoggerAuditingExtension(CheckedGraph.class, Level.WARN);

    @Test
    void oneWarningNamesEveryOperatorThatHoldsRecords() {
        warned(
                records -> {
                    AsyncDataStream.unorderedWait(records, new Unanswered(), 1, TimeUnit.SECONDS)
                            .name("enrich")
                            .keyBy(record -> record)
                            .window(TumblingProcessingTimeWindows.of(Duration.ofMinutes(1)))
                            .reduce((first, second) -> second)
                            .name("per minute")
                            .sinkTo(new DiscardingSink<>());
                    keyed(records)
                            .intervalJoin(keyed(records))
                            .between(Duration.ZERO, Duration.ofMinutes(1))
                            .process(new Pairs())
                            .name("matched")
                            .sinkTo(new Buffering())
                            .name("to the queue");
                });

        assertThat(said.getMessages())
                .singleElement()
                .asString()
                .contains("'enrich' (asynchronous requests)")
                .contains("'per minute' (window)")
                .contains("'matched' (join)")
                .contains("'to the queue: Writer' (buffering writer)")
                .contains("stays with this job");
    }

    /** Of the Flink that is tested with: where a class was renamed it would be missed. */
    @ParameterizedTest
    @MethodSource
    void everyOperatorThatIsKnownByNameIsThere(String name) throws Exception {
        assertThat(Class.forName(name)).isNotNull();
    }

    /** But packages, and what is not on the class path here. */
    static Stream<String> everyOperatorThatIsKnownByNameIsThere() {
        return HeldRecords.KINDS.values().stream()
                .flatMap(List::stream)
                .filter(name -> !name.endsWith("."))
                .filter(name -> !name.startsWith("org.apache.flink.cep."))
                .filter(name -> !name.startsWith("org.apache.flink.connector.file."));
    }

    /** A window without keys, of pairs: what Flink makes of a co-group. */
    @Test
    void aCoGroupIsAWindow() {
        warned(
                records ->
                        records.coGroup(records)
                                .where(record -> record)
                                .equalTo(record -> record)
                                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                                .apply((first, second, out) -> out.collect("pair"), Types.STRING)
                                .sinkTo(new DiscardingSink<>()));

        assertThat(said.getMessages()).singleElement().asString().contains("(window)");
    }

    @Test
    void operatorsThatPassOnEachRecordAtOnceAreNotNamed() {
        warned(
                records ->
                        records.rebalance()
                                .map(String::trim)
                                .keyBy(record -> record)
                                .process(new PassingOn())
                                .sinkTo(new CommittedOutput("out")));

        assertThat(said.getMessages()).isEmpty();
    }

    @Test
    void operatorsThatNoLeasedRecordComesToAreNotNamed() {
        StreamExecutionEnvironment env = env(new Configuration());
        leased(env).sinkTo(new DiscardingSink<>());
        env.fromSequence(1, 2)
                .windowAll(TumblingProcessingTimeWindows.of(Duration.ofMinutes(1)))
                .reduce(Long::sum)
                .sinkTo(new DiscardingSink<>());

        LeasedSource.check(env);

        assertThat(said.getMessages()).isEmpty();
    }

    /** Its operators find their state by these ids. */
    @Test
    void theJobIsTheSameAfterTheCheck() {
        StreamExecutionEnvironment env = env(new Configuration());
        leased(env).rebalance().sinkTo(new CommittedOutput("out"));
        List<JobVertexID> before = vertices(env);

        LeasedSource.check(env);

        assertThat(vertices(env)).isEqualTo(before).hasSizeGreaterThan(1);
    }

    private static List<JobVertexID> vertices(StreamExecutionEnvironment env) {
        return env
                .getStreamGraph(false)
                .getJobGraph()
                .getVerticesSortedTopologicallyFromSources()
                .stream()
                .map(JobVertex::getID)
                .toList();
    }

    @Test
    void unalignedCheckpointsAreRefusedBeforeTheJobIsSubmitted() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        StreamExecutionEnvironment env = env(settings);
        leased(env).sinkTo(new DiscardingSink<>());

        assertThatThrownBy(() -> LeasedSource.check(env))
                .isInstanceOf(CheckpointingRefusedException.class)
                .hasMessageContaining("execution.checkpointing.unaligned.enabled is true")
                .hasMessageContaining("lease.unaligned-checkpoints = lose-records");
    }

    private static void warned(Consumer<DataStream<String>> job) {
        StreamExecutionEnvironment env = env(new Configuration());
        job.accept(leased(env));
        LeasedSource.check(env);
    }

    private static StreamExecutionEnvironment env(Configuration settings) {
        return StreamExecutionEnvironment.getExecutionEnvironment(settings);
    }

    private static DataStream<String> leased(StreamExecutionEnvironment env) {
        return env.fromSource(
                LeasedSource.wrap(new MemoryQueueSource("orders", Boundedness.BOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group("orders")
                        .store(MemoryLeaseStore.named("orders"))
                        .build(),
                WatermarkStrategy.noWatermarks(),
                "leased");
    }

    private static KeyedStream<String, String> keyed(DataStream<String> records) {
        return records.keyBy(record -> record);
    }

    private static final class Unanswered implements AsyncFunction<String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void asyncInvoke(String record, ResultFuture<String> result) {}
    }

    private static final class Pairs extends ProcessJoinFunction<String, String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement(
                String left, String right, Context context, Collector<String> out) {
            out.collect(left + right);
        }
    }

    private static final class PassingOn extends KeyedProcessFunction<String, String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement(String record, Context context, Collector<String> out) {
            out.collect(record);
        }
    }

    /** Of the kind of sinks that write in batches, and keep the last one in their state. */
    private static final class Buffering extends AsyncSinkBase<String, String> {
        private static final long serialVersionUID = 1L;

        Buffering() {
            super((record, context) -> record, 1, 1, 1, 1, 1, 1);
        }

        @Override
        public SinkWriter<String> createWriter(WriterInitContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public StatefulSinkWriter<String, BufferedRequestState<String>> restoreWriter(
                WriterInitContext context, Collection<BufferedRequestState<String>> state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SimpleVersionedSerializer<BufferedRequestState<String>> getWriterStateSerializer() {
            throw new UnsupportedOperationException();
        }
    }
}
