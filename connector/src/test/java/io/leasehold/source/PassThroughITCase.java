package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.OwnIds;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.TalkingQueueSource;

import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What Flink does with sources works with leased ones too. */
@Timeout(180)
class PassThroughITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long SLOW_NANOS = 200_000;
    private static final Duration ALIGNED_EVERY = Duration.ofMillis(50);

    /** How far event time is behind the sources, by job. */
    private static final Map<String, Long> WATERMARKS = new ConcurrentHashMap<>();

    /** Records that came when event time was past them, by job. */
    private static final Map<String, Queue<String>> LATE = new ConcurrentHashMap<>();

    private static final Map<String, AtomicInteger> FAILURES_LEFT = new ConcurrentHashMap<>();

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    private final String name = "queue-" + UUID.randomUUID();

    // ------------------------------------------------------------------------------ watermarks

    /**
     * One split is far behind the other in event time: while it is on its way back to its reader,
     * that must not pass for idle, or all of it would be late for ever.
     */
    @Test
    void afterFailuresEventTimeWaitsForWhatIsNotGrantedAgainYet() throws Exception {
        NumberedRecords.append(name, "split-0", 0, 4_000);
        NumberedRecords.append(name, "split-1", 1_000_000, 4_000);
        FAILURES_LEFT.put(name, new AtomicInteger(6));
        StreamExecutionEnvironment env = env(20);

        watched(env.fromSource(bounded(name, "blue"), inOrder(), "leased").setParallelism(2), name);
        env.execute();

        assertThat(FAILURES_LEFT.get(name)).hasNonPositiveValue();
        assertThat(CommittedOutput.of(name)).hasSize(8_000).doesNotHaveDuplicates();
        assertThat(LATE.getOrDefault(name, new ConcurrentLinkedQueue<>())).isEmpty();
    }

    /** The standby has no split to read, and another source beside its leased one. */
    @Test
    void aStandbyHoldsEventTimeBackForNobody() throws Exception {
        NumberedRecords.append(name, "split-0", 0, 10);
        String other = name + "-other";
        NumberedRecords.append(other, "plain-0", 0, 10);
        JobClient active = start("blue", 1);
        LeaseStore table = MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
        Awaitility.await()
                .atMost(SOON)
                .until(() -> ScriptedRows.owners(table, name).containsValue("blue"));
        StreamExecutionEnvironment env = env(0);
        DataStream<String> standby =
                env.fromSource(
                                leased(name, "green", Boundedness.CONTINUOUS_UNBOUNDED, 0),
                                inOrder(),
                                "leased")
                        .setParallelism(2);
        DataStream<String> plain =
                env.fromSource(
                                new MemoryQueueSource(other, Boundedness.CONTINUOUS_UNBOUNDED),
                                inOrder(),
                                "plain")
                        .setParallelism(1);
        watched(standby.union(plain), other);
        JobClient job = env.executeAsync();
        try {
            AtomicInteger at = new AtomicInteger(1_000);
            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () -> {
                                NumberedRecords.append(other, "plain-0", at.getAndAdd(10), 1);
                                return WATERMARKS.getOrDefault(other, 0L) >= 1_000;
                            });
            assertThat(ScriptedRows.owners(table, name)).containsOnly(Map.entry("split-0", "blue"));
        } finally {
            job.cancel().get();
            active.cancel().get();
        }
    }

    /** What is far ahead is paused in the wrapped reader, by the id that this one knows. */
    @Test
    void aSplitThatIsFarAheadIsPausedUntilTheOthersHaveCaughtUp() throws Exception {
        MemoryQueue queue = MemoryQueue.named(name);
        NumberedRecords.append(name, "behind", 0, 1);
        NumberedRecords.append(name, "ahead", 0, 30_000);
        StreamExecutionEnvironment env = env(0);
        WatermarkStrategy<String> aligned =
                inOrder().withWatermarkAlignment("all", Duration.ofMillis(100), ALIGNED_EVERY);
        watched(
                env.fromSource(
                                leased(name, "blue", Boundedness.CONTINUOUS_UNBOUNDED, 1),
                                aligned,
                                "leased")
                        .setParallelism(1),
                name);
        JobClient job = env.executeAsync();
        try {
            Awaitility.await().atMost(SOON).until(() -> queue.isPaused("ahead"));
            assertThat(CommittedOutput.of(name)).doesNotContain("ahead:29999");

            NumberedRecords.append(name, "behind", 30_000, 1);

            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> CommittedOutput.of(name).contains("ahead:29999"));
            assertThat(CommittedOutput.of(name)).hasSize(30_002).doesNotHaveDuplicates();
        } finally {
            job.cancel().get();
        }
    }

    // ------------------------------------------------------------------------------ what is said

    @Test
    void eventsOfItsOwnAndCompletedCheckpointsReachTheWrappedSourceOnBothSides() throws Exception {
        NumberedRecords.fill(name, 2, 10);
        StreamExecutionEnvironment env = env(0);
        watched(
                env.fromSource(
                                LeasedSource.wrap(new TalkingQueueSource(name))
                                        .splitIds(SplitIds.STABLE)
                                        .group(name)
                                        .memberId("blue")
                                        .store(MemoryLeaseStore.named(name))
                                        .terms(TERMS)
                                        .build(),
                                inOrder(),
                                "leased")
                        .setParallelism(2),
                name);
        JobClient job = env.executeAsync();
        try {
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(
                            () ->
                                    assertThat(TalkingQueueSource.calls(name))
                                            .contains(
                                                    "enumerator handleSourceEvent hello",
                                                    "reader handleSourceEvents welcome",
                                                    "enumerator notifyCheckpointComplete",
                                                    "reader notifyCheckpointComplete"));
        } finally {
            job.cancel().get();
        }
        Awaitility.await()
                .atMost(SOON)
                .until(
                        () ->
                                TalkingQueueSource.calls(name)
                                        .containsAll(List.of("enumerator close", "reader close")));
    }

    /** Its limit opens again when the wrapped reader hears that a checkpoint is complete. */
    @Test
    void aSourceThatEmitsSoManyRecordsForEachCheckpointGoesOnAndEnds() throws Exception {
        StreamExecutionEnvironment env = env(0);
        DataGeneratorSource<String> limited =
                new DataGeneratorSource<>(
                        i -> "made:" + i, 60, RateLimiterStrategy.perCheckpoint(10), Types.STRING);
        watched(
                LeasedJobs.stream(
                        env,
                        LeasedSource.wrap(new OwnIds<>(limited))
                                .splitIds(SplitIds.STABLE)
                                .group(name)
                                .memberId("blue")
                                .store(MemoryLeaseStore.named(name))
                                .terms(TERMS)
                                .build(),
                        1),
                name);

        env.execute();

        assertThat(CommittedOutput.of(name))
                .containsExactlyInAnyOrderElementsOf(NumberedRecords.of("made", 0, 60));
    }

    // ------------------------------------------------------------------------------ hybrid

    /**
     * @param failures how often it fails on the way, as a whole
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void asTheFirstOfAHybridSourceItIsReadAndThenTheNext(int failures) throws Exception {
        String next = name + "-next";
        NumberedRecords.fill(name, 4, 2_000);
        NumberedRecords.fill(next, 2, 2_000);

        readHybrid(
                HybridSource.builder(bounded(name, "blue"))
                        .addSource(new MemoryQueueSource(next, Boundedness.BOUNDED))
                        .build(),
                failures);

        assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(all(4, 2, 2_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void asTheSecondOfAHybridSourceItIsReadAfterTheFirst(int failures) throws Exception {
        String first = name + "-first";
        NumberedRecords.fill(first, 2, 2_000);
        NumberedRecords.fill(name, 4, 2_000);

        readHybrid(
                HybridSource.builder(new MemoryQueueSource(first, Boundedness.BOUNDED))
                        .addSource(bounded(name, "blue"))
                        .build(),
                failures);

        assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(all(4, 2, 2_000));
    }

    /** What the readers of the first one said last may reach the enumerator of the second. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void asBothOfAHybridSourceTheyAreReadOneAfterTheOther(int failures) throws Exception {
        String next = name + "-next";
        NumberedRecords.fill(name, 4, 2_000);
        NumberedRecords.fill(next, 2, 2_000);

        readHybrid(
                HybridSource.builder(bounded(name, "blue"))
                        .addSource(bounded(next, "blue"))
                        .build(),
                failures);

        assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(all(4, 2, 2_000));
    }

    private void readHybrid(Source<String, ?, ?> hybrid, int failures) throws Exception {
        FAILURES_LEFT.put(name, new AtomicInteger(failures));
        StreamExecutionEnvironment env = env(20);
        watched(env.fromSource(hybrid, inOrder(), "hybrid", Types.STRING).setParallelism(2), name);
        env.execute();
        assertThat(FAILURES_LEFT.get(name)).hasNonPositiveValue();
    }

    private List<String> all(int splits, int otherSplits, int records) {
        List<String> all = new ArrayList<>(NumberedRecords.of(splits, records));
        all.addAll(NumberedRecords.of(otherSplits, records));
        return all;
    }

    // ------------------------------------------------------------------------------ batch

    /** Flink takes no checkpoints then, whatever interval is set. */
    @Test
    void aJobInBatchModeIsRefusedAtItsStart() throws Exception {
        NumberedRecords.fill(name, 1, 10);
        Configuration settings = LeasedJobs.settings(0);
        settings.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        watched(LeasedJobs.stream(env, bounded(name, "blue"), 1), name);

        assertThatThrownBy(env::execute)
                .hasStackTraceContaining("A leased source needs checkpoints, and a job in batch");
    }

    // ---------------------------------------------------------------------------------- pieces

    private static LeasedSource<String, ?, ?> bounded(String queue, String memberId) {
        return leased(queue, memberId, Boundedness.BOUNDED, 1);
    }

    private static LeasedSource<String, ?, ?> leased(
            String queue, String memberId, Boundedness boundedness, int weight) {
        return LeasedSource.wrap(new MemoryQueueSource(queue, boundedness))
                .splitIds(SplitIds.STABLE)
                .group(queue)
                .memberId(memberId)
                .store(MemoryLeaseStore.named(queue))
                .terms(TERMS)
                .weight(weight)
                .build();
    }

    private static StreamExecutionEnvironment env(int restarts) {
        return StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(restarts));
    }

    private JobClient start(String memberId, int parallelism) throws Exception {
        StreamExecutionEnvironment env = env(0);
        watched(
                env.fromSource(
                                leased(name, memberId, Boundedness.CONTINUOUS_UNBOUNDED, 1),
                                inOrder(),
                                "leased")
                        .setParallelism(parallelism),
                name);
        return env.executeAsync();
    }

    private static WatermarkStrategy<String> inOrder() {
        return WatermarkStrategy.<String>forMonotonousTimestamps()
                .withTimestampAssigner((record, none) -> NumberedRecords.number(record));
    }

    /** All readers fail together, since every task is connected to every other. */
    private static void watched(DataStream<String> read, String job) {
        read.rebalance()
                .process(new Watching(job))
                .setParallelism(2)
                .sinkTo(new CommittedOutput(job))
                .setParallelism(2);
    }

    /** Notes event time and what is late, and fails now and then. */
    private static final class Watching extends ProcessFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private static final int MOST_BETWEEN_FAILURES = 500;
        private final String job;
        private int seen;

        Watching(String job) {
            this.job = job;
        }

        @Override
        public void processElement(String record, Context context, Collector<String> out) {
            LockSupport.parkNanos(SLOW_NANOS);
            long watermark = context.timerService().currentWatermark();
            WATERMARKS.put(job, watermark);
            if (NumberedRecords.number(record) <= watermark) {
                LATE.computeIfAbsent(job, none -> new ConcurrentLinkedQueue<>())
                        .add(record + " at " + watermark);
            }
            AtomicInteger left = FAILURES_LEFT.get(job);
            if (left != null && ++seen > MOST_BETWEEN_FAILURES && left.getAndDecrement() > 0) {
                throw new IllegalStateException("This failure is on purpose.");
            }
            out.collect(record);
        }
    }
}
