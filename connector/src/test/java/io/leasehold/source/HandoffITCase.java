package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** Splits move between live jobs of a MiniCluster that have more to read all the time. */
@Timeout(180)
class HandoffITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SPLITS = 6;
    private static final int RECORDS = 30_000;
    private static final Duration SLOWED = Duration.ofMillis(2);
    private static final Duration SLOWED_BEHIND = Duration.ofMillis(5);

    /** By job and subtask, how far event time was when the last record came. */
    private static final Map<String, Long> WATERMARKS = new ConcurrentHashMap<>();

    /** What each job emitted, by queue, in order. */
    private static final Map<String, Queue<String>> SEEN = new ConcurrentHashMap<>();

    /** Subtasks that are to fail at their next record. */
    private static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

    private static final Map<String, AtomicInteger> FAILURES = new ConcurrentHashMap<>();

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    private final String name = "queue-" + UUID.randomUUID();

    /** Promises S4, S5 and L3. */
    @Test
    void aJobThatJoinsUnderLoadGetsItsHalfAndNothingIsMissingOrTwice() throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient blue = start("blue");
        ScriptedRows.awaitSplitsOf(table, name, "blue", SPLITS);
        JobClient green = start("green");
        try {
            ScriptedRows.awaitSplitsOf(table, name, "green", SPLITS / 2);

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
            assertThat(ScriptedRows.splitsOf(table, name, "blue")).isEqualTo(SPLITS / 2);
        } finally {
            cancel(blue, green);
        }
    }

    /** Promise S5, over and over: each split goes there and back again. */
    @Test
    void splitsThatGoToAndFroAreReadWithoutAGapOrAnOverlap() throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient blue = start("blue");
        JobClient green = start("green");
        try {
            Awaitility.await().atMost(SOON).until(() -> owned(table) == SPLITS);
            for (String loser : List.of("blue", "green", "blue", "green", "blue", "green")) {
                String winner = loser.equals("blue") ? "green" : "blue";
                ScriptedRows.weigh(table, name, winner, 1);
                ScriptedRows.weigh(table, name, loser, 0);
                ScriptedRows.awaitSplitsOf(table, name, winner, SPLITS);
            }

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            cancel(blue, green);
        }
    }

    /**
     * Promises S1, S4 and S5, where readers of both jobs fail again and again in the middle of it.
     *
     * @param shuffled with a shuffle behind the source all readers of a job fail together; without,
     *     each is a region that fails alone
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void throughFailuresOfReadersNothingThatMovesIsMissingOrTwice(boolean shuffled)
            throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient blue = start("blue", LeasedJobs.settings(1_000), shuffled, TERMS);
        JobClient green = start("green", LeasedJobs.settings(1_000), shuffled, TERMS);
        try {
            Awaitility.await().atMost(SOON).until(() -> owned(table) == SPLITS);
            for (String loser : List.of("blue", "green", "blue", "green", "blue", "green")) {
                String winner = loser.equals("blue") ? "green" : "blue";
                ScriptedRows.weigh(table, name, winner, 1);
                ScriptedRows.weigh(table, name, loser, 0);
                FAILING.add(subtask(name, loser, 0));
                int then = ScriptedRows.splitsOf(table, name, winner);
                Awaitility.await()
                        .atMost(SOON)
                        .until(() -> ScriptedRows.splitsOf(table, name, winner) > then);
                FAILING.add(subtask(name, loser, 1));
                FAILING.add(subtask(name, winner, 0));
                ScriptedRows.awaitSplitsOf(table, name, winner, SPLITS);
            }
            assertThat(FAILURES.get(name)).hasValueGreaterThan(6);

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            cancel(blue, green);
        }
    }

    /** How a job's checkpoints are taken. */
    private enum Taken {
        /** Barriers overtake the records on their way, which are kept with the checkpoint. */
        UNALIGNED {
            @Override
            void in(Configuration settings) {
                settings.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
            }

            @Override
            boolean isSo(CheckpointStatsSnapshot of) {
                return of.getSummaryStats().getPersistedDataStats().getMaximum() > 0;
            }
        },

        /** Some begin before the one before is complete. */
        OVERLAPPING {
            @Override
            void in(Configuration settings) {
                settings.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 4);
            }

            @Override
            boolean isSo(CheckpointStatsSnapshot of) {
                return of.getCounts().getNumberOfInProgressCheckpoints() > 1;
            }
        };

        abstract void in(Configuration settings);

        abstract boolean isSo(CheckpointStatsSnapshot of);
    }

    /** Promises S4 and S5, with a reader of each job that fails on the way. */
    @ParameterizedTest
    @EnumSource
    void howeverCheckpointsAreTakenNothingThatMovesIsMissingOrTwice(
            Taken taken, @InjectMiniCluster MiniCluster flink) throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        Configuration settings = LeasedJobs.settings(1_000);
        taken.in(settings);
        SlowedRecords.slow(behind());
        JobClient blue = start("blue", settings, true, TERMS);
        JobClient green = start("green", settings, true, TERMS);
        try {
            Awaitility.await().atMost(SOON).until(() -> owned(table) == SPLITS);
            for (String loser : List.of("blue", "green")) {
                String winner = loser.equals("blue") ? "green" : "blue";
                JobClient losing = loser.equals("blue") ? blue : green;
                Awaitility.await().atMost(SOON).until(() -> taken.isSo(checkpoints(flink, losing)));
                ScriptedRows.weigh(table, name, winner, 1);
                ScriptedRows.weigh(table, name, loser, 0);
                int then = ScriptedRows.splitsOf(table, name, winner);
                Awaitility.await()
                        .atMost(SOON)
                        .until(() -> ScriptedRows.splitsOf(table, name, winner) > then);
                FAILING.add(subtask(name, loser, 0));
                FAILING.add(subtask(name, winner, 0));
                ScriptedRows.awaitSplitsOf(table, name, winner, SPLITS);
            }
            assertThat(FAILURES.get(name)).hasValueGreaterThan(1);

            SlowedRecords.letGo(behind());
            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            SlowedRecords.letGo(behind());
            cancel(blue, green);
        }
    }

    private static CheckpointStatsSnapshot checkpoints(MiniCluster flink, JobClient job)
            throws Exception {
        return flink.getExecutionGraph(job.getJobID()).get().getCheckpointStatsSnapshot();
    }

    /** What is slowed behind the shuffle, so that much is on its way through it. */
    private String behind() {
        return name + " behind";
    }

    /**
     * Promise L2 where the owner never completes a checkpoint, and S1 on the way: once the other
     * job has begun with a split, the owner emits nothing more of it, and does not fail.
     */
    @Test
    void aJobWhoseCheckpointsDoNotCompleteLosesItsSplitsByForceAndGoesOnWithTheRest()
            throws Exception {
        LeaseStore table = table();
        Configuration slow = LeasedJobs.settings(0);
        slow.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(1));
        LeaseTerms impatient =
                LeaseTerms.lasting(TERMS.duration()).handoffTimeout(TERMS.duration()).build();
        fill();
        JobClient blue = start("blue", slow, false, TERMS);
        ScriptedRows.awaitSplitsOf(table, name, "blue", SPLITS);
        JobClient green = start("green", LeasedJobs.settings(0), false, impatient);
        try {
            ScriptedRows.awaitSplitsOf(table, name, "green", SPLITS / 2);
            Awaitility.await().atMost(SOON).until(() -> begunBy("green").size() == SPLITS / 2);
            Set<String> moved = begunBy("green");
            int seen = SEEN.get(name).size();
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> SEEN.get(name).size() > seen + 100 * SPLITS);

            assertThat(blue.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
            assertThat(seenSinceBegunBy("green", moved))
                    .allSatisfy(record -> assertThat(record).startsWith("green "));
            assertThat(begunBy("blue")).hasSize(SPLITS);
        } finally {
            cancel(blue, green);
        }
    }

    /** The splits that a job has emitted something of. */
    private Set<String> begunBy(String memberId) {
        return SEEN.get(name).stream()
                .filter(seen -> seen.startsWith(memberId + " "))
                .map(HandoffITCase::split)
                .collect(Collectors.toSet());
    }

    /** What was seen of these splits, by whom, from when this job began with each. */
    private List<String> seenSinceBegunBy(String memberId, Set<String> splits) {
        Set<String> begun = new HashSet<>();
        List<String> seenSince = new ArrayList<>();
        for (String seen : SEEN.get(name)) {
            if (splits.contains(split(seen))) {
                if (seen.startsWith(memberId + " ")) {
                    begun.add(split(seen));
                }
                if (begun.contains(split(seen))) {
                    seenSince.add(seen);
                }
            }
        }
        return seenSince;
    }

    private static String split(String seen) {
        return seen.substring(seen.indexOf(' ') + 1, seen.indexOf(':'));
    }

    @Test
    void whatWasHandedOverHoldsNobodysWatermarkBack() throws Exception {
        LeaseStore table = table();
        fill();
        JobClient blue = start("blue");
        ScriptedRows.awaitSplitsOf(table, name, "blue", SPLITS);
        JobClient green = start("green");
        try {
            ScriptedRows.awaitSplitsOf(table, name, "green", SPLITS / 2);
            long then = Collections.max(watermarks("blue"));

            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () ->
                                    Collections.min(watermarks("blue")) > then
                                            && watermarks("green").size() == 2
                                            && Collections.min(watermarks("green")) > then);
        } finally {
            cancel(blue, green);
        }
    }

    // ---------------------------------------------------------------------------------- pieces

    /** More than can be read, slow as the jobs are, while a test goes on. */
    private List<String> fill() {
        SlowedRecords.slow(name);
        return NumberedRecords.fill(name, SPLITS, RECORDS);
    }

    private LeaseStore table() throws Exception {
        return MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
    }

    private JobClient start(String memberId) throws Exception {
        return start(memberId, LeasedJobs.settings(0), false, TERMS);
    }

    private JobClient start(
            String memberId, Configuration settings, boolean shuffled, LeaseTerms terms)
            throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId(memberId)
                        .store(MemoryLeaseStore.named(name))
                        .terms(terms)
                        // Both jobs live on, so that what is in flight comes through.
                        .unalignedCheckpoints(UnalignedCheckpoints.LOSE_RECORDS)
                        .build();
        DataStream<String> read =
                env.fromSource(
                                source,
                                WatermarkStrategy.<String>forMonotonousTimestamps()
                                        .withTimestampAssigner(
                                                (record, none) -> NumberedRecords.number(record)),
                                "leased")
                        .setParallelism(2)
                        .map(new SlowedRecords(name, SLOWED))
                        .setParallelism(2);
        (shuffled
                        ? read.rebalance()
                                .map(new SlowedRecords(behind(), SLOWED_BEHIND))
                                .setParallelism(2)
                        : read)
                .process(new Watching(name, memberId))
                .setParallelism(2)
                .sinkTo(new CommittedOutput(name))
                .setParallelism(2);
        return env.executeAsync();
    }

    private static void cancel(JobClient... jobs) throws Exception {
        for (JobClient job : jobs) {
            job.cancel().get();
        }
    }

    private long owned(LeaseStore table) {
        return ScriptedRows.owners(table, name).size();
    }

    private Collection<Long> watermarks(String memberId) {
        return WATERMARKS.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(name + memberId))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static String subtask(String queue, String memberId, int index) {
        return queue + memberId + "/" + index;
    }

    private static final class Watching extends ProcessFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;
        private final String memberId;

        Watching(String queue, String memberId) {
            this.queue = queue;
            this.memberId = memberId;
        }

        @Override
        public void processElement(String record, Context context, Collector<String> out) {
            String subtask =
                    subtask(
                            queue,
                            memberId,
                            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
            WATERMARKS.put(subtask, context.timerService().currentWatermark());
            SEEN.computeIfAbsent(queue, none -> new ConcurrentLinkedQueue<>())
                    .add(memberId + " " + record);
            if (FAILING.remove(subtask)) {
                FAILURES.computeIfAbsent(queue, none -> new AtomicInteger()).incrementAndGet();
                throw new IllegalStateException("This failure is on purpose.");
            }
            out.collect(record);
        }
    }
}
