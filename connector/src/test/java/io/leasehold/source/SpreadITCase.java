package io.leasehold.source;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** The splits of a job are spread over its subtasks, which have more to read all the time. */
@Timeout(180)
class SpreadITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int RECORDS = 15_000;
    private static final Duration SLOWED = Duration.ofMillis(2);

    /** By queue, the subtask that last read a record of each split. */
    private static final Map<String, Map<String, Integer>> READERS = new ConcurrentHashMap<>();

    /** By queue and subtask, how far event time was when the last record came. */
    private static final Map<String, Map<Integer, Long>> WATERMARKS = new ConcurrentHashMap<>();

    /** By queue, subtasks that are to fail at their next record. */
    private static final Map<String, Set<Integer>> FAILING = new ConcurrentHashMap<>();

    private static final Map<String, AtomicInteger> FAILURES = new ConcurrentHashMap<>();

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    private final String name = "queue-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(name);
    private final List<String> written = new ArrayList<>();

    /**
     * @param classic whether Flink gives restored splits to readers themselves, and not to the
     *     enumerator
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterARescaleEachSubtaskHasItsPart(boolean classic, @TempDir Path savepoints)
            throws Exception {
        fill(6);
        JobClient one = start(LeasedJobs.settings(0), 1, classic, false);
        Awaitility.await().atMost(SOON).until(() -> counts(1).equals(List.of(6)));
        String savepoint =
                one.stopWithSavepoint(
                                false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get();
        READERS.remove(name);
        Configuration settings = LeasedJobs.settings(0);
        settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobClient three = start(settings, 3, classic, false);
        try {
            Awaitility.await().atMost(SOON).until(() -> counts(3).equals(List.of(2, 2, 2)));

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            three.cancel().get();
        }
    }

    @Test
    void splitsThatAppearGoToTheSubtasksWithTheFewest() throws Exception {
        fill(2);
        JobClient job = start(LeasedJobs.settings(0), 3, false, false);
        try {
            Awaitility.await().atMost(SOON).until(() -> counts(3).equals(List.of(0, 1, 1)));
            fill(7);
            Awaitility.await().atMost(SOON).until(() -> counts(3).equals(List.of(2, 2, 3)));

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            job.cancel().get();
        }
    }

    /** And what moves holds nobody's watermark back. */
    @Test
    void aSubtaskThatAHandoffHasEmptiedGetsSplitsOfTheOthers() throws Exception {
        fill(12);
        JobClient job = start(LeasedJobs.settings(0), 4, false, false);
        try {
            Awaitility.await().atMost(SOON).until(() -> counts(4).equals(List.of(3, 3, 3, 3)));
            Map<String, Progress> taken = new Candidate().take(splitsOf(0));
            Awaitility.await().atMost(SOON).until(() -> counts(4).equals(List.of(2, 2, 2, 3)));
            long then = Collections.max(WATERMARKS.get(name).values());
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> Collections.min(WATERMARKS.get(name).values()) > then);

            taken.forEach(
                    (splitId, progress) ->
                            written.removeIf(
                                    record ->
                                            NumberedRecords.split(record).equals(splitId)
                                                    && NumberedRecords.number(record)
                                                            >= position(progress)));
            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            job.cancel().get();
        }
    }

    /**
     * @param shuffled with a shuffle behind the source all readers fail together; without, each is
     *     a region that fails alone
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void throughFailuresOfReadersNothingThatMovesIsMissingOrTwice(boolean shuffled)
            throws Exception {
        fill(6);
        JobClient job = start(LeasedJobs.settings(1_000), 3, false, shuffled);
        try {
            Awaitility.await().atMost(SOON).until(() -> counts(3).equals(List.of(2, 2, 2)));
            Candidate taker = new Candidate();
            for (int round = 0; round < 6; round++) {
                Map<String, Progress> taken = taker.take(splitsOf(round % 3));
                // Now one split is to move: from one of these two, to that one.
                fail((round + round % 2 + 1) % 3);
                Awaitility.await().atMost(SOON).until(() -> counts(3).equals(List.of(1, 1, 2)));
                fail(round % 3);
                taker.giveBack(taken);
                Awaitility.await().atMost(SOON).until(() -> counts(3).equals(List.of(2, 2, 2)));
            }
            assertThat(FAILURES.get(name)).hasValueGreaterThan(6);

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            job.cancel().get();
        }
    }

    // ---------------------------------------------------------------------------------- pieces

    /** Another member, that takes splits from the job and gives them back. */
    private final class Candidate {

        private final LeaseStore table = MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
        private final ScriptedMember green =
                new ScriptedMember(table, name, new Incarnation("green", "1")).joined();
        private long beat;

        Candidate() throws Exception {
            // The job is to take back what it is given.
            ScriptedRows.weigh(table, name, "green", 0);
        }

        /** Returns how far they were read. */
        Map<String, Progress> take(List<String> splitIds) {
            ScriptedMember.applied(green.beat(++beat));
            for (String splitId : splitIds) {
                Awaitility.await()
                        .atMost(SOON)
                        .until(
                                () ->
                                        ScriptedMember.applied(
                                                        green.claim(
                                                                Claim.Kind.ASK,
                                                                green.lease(splitId)))
                                                .contains(splitId));
            }
            Map<String, Progress> taken = new HashMap<>();
            for (String splitId : splitIds) {
                Awaitility.await()
                        .atMost(SOON)
                        .until(() -> green.lease(splitId).ownerId().isEmpty());
                Lease free = green.lease(splitId);
                taken.put(
                        splitId,
                        ScriptedMember.applied(
                                        green.send(
                                                new OwnershipRequest.Acquire(
                                                        name,
                                                        green.self(),
                                                        List.of(
                                                                new OwnershipRequest.Acquire.Wanted(
                                                                        splitId,
                                                                        free.version(),
                                                                        free.tenure() + 1)))))
                                .get(0)
                                .progress());
                READERS.get(name).remove(splitId);
            }
            return taken;
        }

        void giveBack(Map<String, Progress> taken) {
            taken.forEach(
                    (splitId, progress) ->
                            ScriptedMember.applied(
                                    green.release(green.lease(splitId), Optional.of(progress))));
        }
    }

    /** More than can be read, slow as the jobs are, while a test goes on. */
    private void fill(int splits) {
        SlowedRecords.slow(name);
        FAILING.computeIfAbsent(name, none -> ConcurrentHashMap.newKeySet());
        READERS.computeIfAbsent(name, none -> new ConcurrentHashMap<>());
        for (int split = queue.splitIds().size(); split < splits; split++) {
            written.addAll(NumberedRecords.append(name, "split-" + split, 0, RECORDS));
        }
    }

    private JobClient start(
            Configuration settings, int parallelism, boolean classic, boolean shuffled)
            throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(parallelism);
        LeasedSource<String, ?, ?> leased =
                LeasedSource.wrap(new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId("blue")
                        .store(MemoryLeaseStore.named(name))
                        .terms(TERMS)
                        .build();
        Source<String, ?, ?> source = classic ? new Unmarked<>(leased) : leased;
        DataStream<String> read =
                env.fromSource(
                                source,
                                WatermarkStrategy.<String>forMonotonousTimestamps()
                                        .withTimestampAssigner(
                                                (record, none) -> NumberedRecords.number(record)),
                                "leased",
                                Types.STRING)
                        .uid("leased")
                        .map(new SlowedRecords(name, SLOWED))
                        .uid("slowing")
                        .process(new Watching(name))
                        .uid("watching");
        (shuffled ? read.rebalance() : read).sinkTo(new CommittedOutput(name)).uid("output");
        return env.executeAsync();
    }

    private void fail(int subtask) {
        int before = FAILURES.computeIfAbsent(name, none -> new AtomicInteger()).get();
        FAILING.get(name).add(subtask);
        // One that has nothing to read does not fail.
        if (!splitsOf(subtask).isEmpty()) {
            Awaitility.await().atMost(SOON).until(() -> FAILURES.get(name).get() > before);
        }
    }

    /** How many splits each subtask reads, in ascending order. */
    private List<Integer> counts(int parallelism) {
        return IntStream.range(0, parallelism)
                .mapToObj(subtask -> splitsOf(subtask).size())
                .sorted()
                .toList();
    }

    private List<String> splitsOf(int subtask) {
        return READERS.getOrDefault(name, Map.of()).entrySet().stream()
                .filter(reader -> reader.getValue() == subtask)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static long position(Progress progress) {
        String text = new String(progress.bytes(), StandardCharsets.UTF_8);
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }

    /** The same source, without the mark by which restored splits go to the enumerator. */
    private record Unmarked<SplitT extends SourceSplit, StateT>(
            Source<String, SplitT, StateT> marked) implements Source<String, SplitT, StateT> {

        @Override
        public Boundedness getBoundedness() {
            return marked.getBoundedness();
        }

        @Override
        public SourceReader<String, SplitT> createReader(SourceReaderContext context)
                throws Exception {
            return marked.createReader(context);
        }

        @Override
        public SplitEnumerator<SplitT, StateT> createEnumerator(
                SplitEnumeratorContext<SplitT> context) throws Exception {
            return marked.createEnumerator(context);
        }

        @Override
        public SplitEnumerator<SplitT, StateT> restoreEnumerator(
                SplitEnumeratorContext<SplitT> context, StateT state) throws Exception {
            return marked.restoreEnumerator(context, state);
        }

        @Override
        public SimpleVersionedSerializer<SplitT> getSplitSerializer() {
            return marked.getSplitSerializer();
        }

        @Override
        public SimpleVersionedSerializer<StateT> getEnumeratorCheckpointSerializer() {
            return marked.getEnumeratorCheckpointSerializer();
        }
    }

    private static final class Watching extends ProcessFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;

        Watching(String queue) {
            this.queue = queue;
        }

        @Override
        public void processElement(String record, Context context, Collector<String> out) {
            int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
            READERS.computeIfAbsent(queue, none -> new ConcurrentHashMap<>())
                    .put(NumberedRecords.split(record), subtask);
            WATERMARKS
                    .computeIfAbsent(queue, none -> new ConcurrentHashMap<>())
                    .put(subtask, context.timerService().currentWatermark());
            if (FAILING.get(queue).remove(subtask)) {
                FAILURES.get(queue).incrementAndGet();
                throw new IllegalStateException("This failure is on purpose.");
            }
            out.collect(record);
        }
    }
}
