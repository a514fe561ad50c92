package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Windows over a leased source give the results they give over the source it wraps. */
@Timeout(180)
class EventTimeITCase {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final int WINDOW_RECORDS = 10;
    private static final int RECORDS = 5 * WINDOW_RECORDS - 3;

    /** By queue and job, how many records the job has read. */
    private static final Map<String, AtomicInteger> READ = new ConcurrentHashMap<>();

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    @TempDir Path savepoints;

    private final String name = "queue-" + UUID.randomUUID();

    /**
     * Over a bounded source, whether a reader finishes its splits, finishes some of them, or never
     * has one.
     */
    @ParameterizedTest(name = "{0} splits, {1} subtasks, aligned: {2}")
    @CsvSource({
        "1, 1, false",
        "1, 3, false",
        "2, 2, false",
        "3, 2, false",
        "3, 4, false",
        "1, 1, true",
        "1, 3, true",
        "3, 2, true",
        "0, 2, false"
    })
    void boundedSourcesEndInTheSameWindows(int splits, int parallelism, boolean aligned)
            throws Exception {
        NumberedRecords.fill(name, splits, RECORDS);

        List<String> bare = windows("bare", boundedQueue(), parallelism, aligned);
        List<String> leased =
                windows("leased", leased("blue", Boundedness.BOUNDED), parallelism, aligned);

        assertThat(bare).hasSize(5 * splits);
        assertThat(leased).containsExactlyInAnyOrderElementsOf(bare);
    }

    /** Two members finish the queue together; each closes the windows of what it has read. */
    @Test
    void membersThatReadABoundedSourceTogetherCloseAllWindows() throws Exception {
        NumberedRecords.fill(name, 4, RECORDS);
        List<String> bare = windows("bare", boundedQueue(), 2, false);

        JobClient blue = start("blue", leased("blue", Boundedness.BOUNDED), 2, false);
        JobClient green = start("green", leased("green", Boundedness.BOUNDED), 2, false);
        blue.getJobExecutionResult().get(SOON.toSeconds(), TimeUnit.SECONDS);
        green.getJobExecutionResult().get(SOON.toSeconds(), TimeUnit.SECONDS);

        List<String> leased = new ArrayList<>(output("blue"));
        leased.addAll(output("green"));
        assertThat(leased).containsExactlyInAnyOrderElementsOf(bare);
    }

    /** One subtask never has a split, and the other has it to the end. */
    @Test
    void aJobThatIsStoppedWithADrainClosesItsWindows() throws Exception {
        NumberedRecords.fill(name, 1, RECORDS);
        JobClient blue = start("blue", leased("blue", Boundedness.CONTINUOUS_UNBOUNDED), 2, false);
        awaitRead("blue", RECORDS);

        drain(blue);

        assertThat(output("blue")).containsExactlyInAnyOrderElementsOf(windowsOf("split-0"));
    }

    /** Nobody else has the records that are in this job's open window. */
    @Test
    void aJobThatHandedItsLastSplitOverClosesItsWindowsWhenItIsDrained() throws Exception {
        LeaseStore table = MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
        NumberedRecords.fill(name, 1, RECORDS);
        JobClient blue = start("blue", leased("blue", Boundedness.CONTINUOUS_UNBOUNDED), 2, false);
        awaitRead("blue", RECORDS);
        JobClient green =
                start("green", leased("green", Boundedness.CONTINUOUS_UNBOUNDED), 2, false);
        try {
            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () -> {
                                ScriptedRows.weigh(table, name, "green", 1);
                                ScriptedRows.weigh(table, name, "blue", 0);
                                return ScriptedRows.splitsOf(table, name, "green") == 1;
                            });

            drain(blue);

            assertThat(output("blue")).containsExactlyInAnyOrderElementsOf(windowsOf("split-0"));
        } finally {
            green.cancel().get();
        }
    }

    // ---------------------------------------------------------------------------------- pieces

    private void drain(JobClient job) throws Exception {
        job.stopWithSavepoint(true, savepoints.toString(), SavepointFormatType.CANONICAL)
                .get(SOON.toSeconds(), TimeUnit.SECONDS);
        job.getJobExecutionResult().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<String> windowsOf(String splitId) {
        return IntStream.range(0, 5)
                .mapToObj(
                        i ->
                                "%s from %d: %d"
                                        .formatted(
                                                splitId,
                                                i * WINDOW_RECORDS,
                                                Math.min(
                                                        WINDOW_RECORDS,
                                                        RECORDS - i * WINDOW_RECORDS)))
                .toList();
    }

    private MemoryQueueSource boundedQueue() {
        return new MemoryQueueSource(name, Boundedness.BOUNDED);
    }

    private LeasedSource<String, ?, ?> leased(String memberId, Boundedness boundedness) {
        return LeasedSource.wrap(new MemoryQueueSource(name, boundedness))
                .splitIds(SplitIds.STABLE)
                .group(name)
                .memberId(memberId)
                .store(MemoryLeaseStore.named(name))
                .terms(TERMS)
                .build();
    }

    private List<String> windows(
            String job, Source<String, ?, ?> source, int parallelism, boolean aligned)
            throws Exception {
        start(job, source, parallelism, aligned)
                .getJobExecutionResult()
                .get(SOON.toSeconds(), TimeUnit.SECONDS);
        return output(job);
    }

    private List<String> output(String job) {
        return CommittedOutput.of(name + job);
    }

    private void awaitRead(String job, int records) {
        Awaitility.await().atMost(SOON).until(() -> read(name + job).get() == records);
    }

    private static AtomicInteger read(String name) {
        return READ.computeIfAbsent(name, none -> new AtomicInteger());
    }

    /** A record a second, counted in windows of ten seconds for each split. */
    private JobClient start(
            String job, Source<String, ?, ?> source, int parallelism, boolean aligned)
            throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(0));
        WatermarkStrategy<String> oneASecond =
                WatermarkStrategy.<String>forMonotonousTimestamps()
                        .withTimestampAssigner(
                                (record, none) -> 1_000 * NumberedRecords.number(record));
        DataStream<String> records =
                env.fromSource(
                                source,
                                aligned
                                        ? oneASecond.withWatermarkAlignment(
                                                "all", Duration.ofSeconds(5), Duration.ofMillis(20))
                                        : oneASecond,
                                "source")
                        .setParallelism(parallelism)
                        .filter(new Counted(name + job))
                        .setParallelism(parallelism);
        records.keyBy(NumberedRecords::split)
                .window(TumblingEventTimeWindows.of(Duration.ofSeconds(WINDOW_RECORDS)))
                .process(new Count())
                .setParallelism(2)
                .sinkTo(new CommittedOutput(name + job))
                .setParallelism(2);
        return env.executeAsync();
    }

    private static final class Counted implements FilterFunction<String> {
        private static final long serialVersionUID = 1L;
        private final String name;

        Counted(String name) {
            this.name = name;
        }

        @Override
        public boolean filter(String record) {
            read(name).incrementAndGet();
            return true;
        }
    }

    private static final class Count
            extends ProcessWindowFunction<String, String, String, TimeWindow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void process(
                String splitId, Context context, Iterable<String> records, Collector<String> out) {
            int count = 0;
            for (String ignored : records) {
                count++;
            }
            out.collect(
                    "%s from %d: %d"
                            .formatted(splitId, context.window().getStart() / 1_000, count));
        }
    }
}
