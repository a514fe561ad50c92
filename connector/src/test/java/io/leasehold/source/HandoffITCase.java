package io.leasehold.source;

import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
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
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Splits move between live jobs of a MiniCluster while their queue is written to. */
@Timeout(180)
class HandoffITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SPLITS = 6;

    /** By job and subtask, how far event time was when the last record came. */
    private static final Map<String, Long> WATERMARKS = new ConcurrentHashMap<>();

    /** Subtasks that are to fail at their next record. */
    private static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

    private static final Map<String, AtomicInteger> FAILURES = new ConcurrentHashMap<>();

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(2)
                            .setNumberSlotsPerTaskManager(4)
                            .build());

    private final String name = "queue-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(name);

    /** Promises S4, S5 and L3. */
    @Test
    void aJobThatJoinsUnderLoadGetsItsHalfAndNothingIsMissingOrTwice() throws Exception {
        LeaseStore table = table();
        try (SteadyLoad load = load()) {
            JobClient blue = start("blue");
            Awaitility.await().atMost(SOON).until(() -> splitsOf(table, "blue") == SPLITS);
            JobClient green = start("green");
            try {
                Awaitility.await().atMost(SOON).until(() -> splitsOf(table, "green") == SPLITS / 2);
                List<String> written = awaitMoreAndEnd(load);

                awaitCommitted(written);
                assertThat(splitsOf(table, "blue")).isEqualTo(SPLITS / 2);
                assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(written);
            } finally {
                cancel(blue, green);
            }
        }
    }

    /** Promise S5, over and over: each split goes there and back again. */
    @Test
    void splitsThatGoToAndFroAreReadWithoutAGapOrAnOverlap() throws Exception {
        LeaseStore table = table();
        try (SteadyLoad load = load()) {
            JobClient blue = start("blue");
            JobClient green = start("green");
            try {
                Awaitility.await().atMost(SOON).until(() -> owned(table) == SPLITS);
                for (String loser : List.of("blue", "green", "blue", "green", "blue", "green")) {
                    String winner = loser.equals("blue") ? "green" : "blue";
                    ScriptedRows.weigh(table, name, winner, 1);
                    ScriptedRows.weigh(table, name, loser, 0);
                    Awaitility.await().atMost(SOON).until(() -> splitsOf(table, winner) == SPLITS);
                }
                List<String> written = awaitMoreAndEnd(load);

                awaitCommitted(written);
                assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(written);
            } finally {
                cancel(blue, green);
            }
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
        try (SteadyLoad load = load()) {
            JobClient blue = start("blue", 1_000, shuffled);
            JobClient green = start("green", 1_000, shuffled);
            try {
                Awaitility.await().atMost(SOON).until(() -> owned(table) == SPLITS);
                for (String loser : List.of("blue", "green", "blue", "green", "blue", "green")) {
                    String winner = loser.equals("blue") ? "green" : "blue";
                    ScriptedRows.weigh(table, name, winner, 1);
                    ScriptedRows.weigh(table, name, loser, 0);
                    FAILING.add(subtask(name, loser, 0));
                    long then = splitsOf(table, winner);
                    Awaitility.await().atMost(SOON).until(() -> splitsOf(table, winner) > then);
                    FAILING.add(subtask(name, loser, 1));
                    FAILING.add(subtask(name, winner, 0));
                    Awaitility.await().atMost(SOON).until(() -> splitsOf(table, winner) == SPLITS);
                }
                assertThat(FAILURES.get(name)).hasValueGreaterThan(6);
                List<String> written = awaitMoreAndEnd(load);

                awaitCommitted(written);
                assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(written);
            } finally {
                cancel(blue, green);
            }
        }
    }

    @Test
    void whatWasHandedOverHoldsNobodysWatermarkBack() throws Exception {
        LeaseStore table = table();
        try (SteadyLoad load = load()) {
            JobClient blue = start("blue");
            Awaitility.await().atMost(SOON).until(() -> splitsOf(table, "blue") == SPLITS);
            JobClient green = start("green");
            try {
                Awaitility.await().atMost(SOON).until(() -> splitsOf(table, "green") == SPLITS / 2);
                long then = Collections.max(watermarks("blue"));

                Awaitility.await()
                        .atMost(SOON)
                        .until(
                                () ->
                                        Collections.min(watermarks("blue")) > then
                                                && watermarks("green").size() == 2
                                                && Collections.min(watermarks("green")) > then);
                assertThat(load.end()).isNotEmpty();
            } finally {
                cancel(blue, green);
            }
        }
    }

    // ---------------------------------------------------------------------------------- pieces

    private SteadyLoad load() {
        IntStream.range(0, SPLITS).forEach(split -> queue.addSplit("split-" + split));
        return new SteadyLoad(
                round -> {
                    List<String> written = new ArrayList<>();
                    for (int split = 0; split < SPLITS; split++) {
                        String record = "split-" + split + ":" + round;
                        queue.append("split-" + split, List.of(record));
                        written.add(record);
                    }
                    return written;
                });
    }

    private LeaseStore table() throws Exception {
        return MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
    }

    private JobClient start(String memberId) throws Exception {
        return start(memberId, 0, false);
    }

    private JobClient start(String memberId, int restarts, boolean shuffled) throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(restarts));
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED))
                        .group(name)
                        .memberId(memberId)
                        .store(MemoryLeaseStore.named(name))
                        .terms(TERMS)
                        .build();
        DataStream<String> read =
                env.fromSource(
                                source,
                                WatermarkStrategy.<String>forMonotonousTimestamps()
                                        .withTimestampAssigner((record, none) -> round(record)),
                                "leased")
                        .setParallelism(2);
        (shuffled ? read.rebalance() : read)
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

    /** Until what is written then has come through too. */
    private List<String> awaitMoreAndEnd(SteadyLoad load) throws Exception {
        int before = CommittedOutput.of(name).size();
        Awaitility.await()
                .atMost(SOON)
                .until(() -> CommittedOutput.of(name).size() > before + 100 * SPLITS);
        return load.end();
    }

    private void awaitCommitted(List<String> written) {
        Awaitility.await()
                .atMost(SOON)
                .until(() -> CommittedOutput.of(name).size() >= written.size());
    }

    private long splitsOf(LeaseStore table, String memberId) {
        return ScriptedRows.owners(table, name).values().stream().filter(memberId::equals).count();
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

    private static long round(String record) {
        return Long.parseLong(record.substring(record.indexOf(':') + 1));
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
            if (FAILING.remove(subtask)) {
                FAILURES.computeIfAbsent(queue, none -> new AtomicInteger()).incrementAndGet();
                throw new IllegalStateException("This failure is on purpose.");
            }
            out.collect(record);
        }
    }
}
