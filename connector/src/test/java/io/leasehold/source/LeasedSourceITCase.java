package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.OwnIds;
import io.leasehold.testkit.SeverableStore;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;

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
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The leased source in jobs of a MiniCluster, over a queue and a lease table in this JVM. */
@Timeout(180)
@SuppressWarnings("try") // What closing an iterator may throw is Flink's to declare.
class LeasedSourceITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);

    /** What the jobs' maps saw, by queue: every emission, committed or not. */
    private static final Map<String, ConcurrentLinkedQueue<String>> SEEN =
            new ConcurrentHashMap<>();

    private static final Map<String, AtomicInteger> FAILURES_LEFT = new ConcurrentHashMap<>();

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    private final String name = "queue-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(name);
    private final LeaseStoreFactory store = MemoryLeaseStore.named(name);

    // ------------------------------------------------------------------------------- failures

    /**
     * @param shuffled with a shuffle behind the source all readers fail together; without, each
     *     reader is a region that fails alone
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void throughFailuresOfReadersEveryRecordIsEffectiveOnce(boolean shuffled) throws Exception {
        NumberedRecords.fill(name, 6, 3_000);
        FAILURES_LEFT.put(name, new AtomicInteger(4));
        StreamExecutionEnvironment env = env(LeasedJobs.settings(20));

        DataStream<String> read = LeasedJobs.stream(env, bounded("blue", store), 3);
        (shuffled ? read.rebalance() : read)
                .map(new FailingNowAndThen(name))
                .setParallelism(3)
                .sinkTo(new CommittedOutput(name))
                .setParallelism(3);
        env.execute();

        assertThat(CommittedOutput.of(name))
                .containsExactlyInAnyOrderElementsOf(NumberedRecords.of(6, 3_000));
        assertThat(FAILURES_LEFT.get(name)).hasNonPositiveValue();
    }

    /**
     * A split that came to its end is in no reader any more, and its lease is finished only some
     * checkpoints later. Whatever fails in between, it is not read again.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void throughFailuresAfterTheEndOfASplitItIsNotReadAgain(boolean asAWhole) throws Exception {
        List<String> written = new ArrayList<>(NumberedRecords.fill(name, 1, 40));
        written.addAll(NumberedRecords.append(name, "split-1", 0, 8_000));
        FAILURES_LEFT.put(name, new AtomicInteger(asAWhole ? 2 : 5));
        StreamExecutionEnvironment env = env(LeasedJobs.settings(40));

        LeasedJobs.stream(env, bounded("blue", store), 1)
                .map(asAWhole ? new ClosedNowAndThen(name) : new FailingNowAndThen(name))
                .setParallelism(1)
                .sinkTo(new CommittedOutput(name))
                .setParallelism(1);
        env.execute();

        assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(written);
        assertThat(FAILURES_LEFT.get(name)).hasNonPositiveValue();
    }

    @Test
    void aJobThatFailsAsAWholeGoesOnFromItsOwnState() throws Exception {
        NumberedRecords.fill(name, 4, 2_000);
        SeverableStore way = new SeverableStore(store);
        StreamExecutionEnvironment env = env(LeasedJobs.settings(20));
        List<String> output = new ArrayList<>();

        try (CloseableIterator<String> records =
                LeasedJobs.stream(env, bounded("blue", way), 2)
                        .map(new Slow())
                        .setParallelism(2)
                        .executeAndCollect()) {
            while (output.size() < 500) {
                output.add(records.next());
            }
            // Somebody else closes this member: it must fail, come back, and lose nothing.
            closeMember(name, "blue");
            records.forEachRemaining(output::add);
        }

        assertThat(output).containsExactlyInAnyOrderElementsOf(NumberedRecords.of(4, 2_000));
    }

    // ------------------------------------------------------------------------------ discovery

    /**
     * Its splits are given away on request only, and all must have a lease before any is shared.
     */
    @Test
    void aSourceWhoseReadersAskForSplitsIsReadWholeAndEnds() throws Exception {
        StreamExecutionEnvironment env = env(LeasedJobs.settings(0));
        LeasedSource<Long, ?, ?> numbers =
                LeasedSource.wrap(new OwnIds<>(new NumberSequenceSource(1, 5_000)))
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId("blue")
                        .store(store)
                        .terms(TERMS)
                        .build();

        LeasedJobs.stream(env, numbers, 3)
                .map(String::valueOf)
                .setParallelism(3)
                .sinkTo(new CommittedOutput(name))
                .setParallelism(3);
        env.execute();

        assertThat(CommittedOutput.of(name))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 5_000).mapToObj(String::valueOf).toList());
        assertThat(leases()).hasSize(3);
    }

    @Test
    void aSplitThatAppearsLaterIsFoundAndRead() throws Exception {
        NumberedRecords.fill(name, 1, 10);
        JobClient job = start(LeasedJobs.settings(0), unbounded("blue", store), 2);
        try {
            awaitSeen(10);
            NumberedRecords.append(name, "later", 0, 5);
            awaitSeen(15);
        } finally {
            job.cancel().get();
        }
    }

    // ------------------------------------------------------------------------------ the store

    @Test
    void whileTheStoreIsDownReadersPauseAndThenGoOnWhereTheyWere() throws Exception {
        NumberedRecords.fill(name, 2, 500);
        SeverableStore way = new SeverableStore(store);
        JobClient job = start(LeasedJobs.settings(0), unbounded("blue", way), 2);
        try {
            awaitSeen(1_000);
            way.sever();
            // Nothing is seen any more once the last validity is over.
            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () -> {
                                int before = seen().size();
                                queue.append("split-0", List.of("late-" + UUID.randomUUID()));
                                return Awaitility.await()
                                        .during(Duration.ofMillis(500))
                                        .atMost(Duration.ofSeconds(5))
                                        .until(() -> seen().size() - before, grown -> true)
                                        .equals(0);
                            });
            int paused = seen().size();

            way.mend();
            awaitSeen(paused + 1);
            awaitSeen(queue.size("split-0") + queue.size("split-1"));
            assertThat(seen()).doesNotHaveDuplicates();
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void aStoreThatIsUnreachableAtTheStartIsAskedForAsLongAsTheTimeOutSays() throws Exception {
        NumberedRecords.fill(name, 1, 1);
        SeverableStore way = new SeverableStore(store);
        way.sever();
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new MemoryQueueSource(name, Boundedness.BOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId("blue")
                        .store(way)
                        .terms(TERMS)
                        .startupTimeout(Duration.ofSeconds(1))
                        .build();
        JobClient job = start(LeasedJobs.settings(0), source, 1);

        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .hasStackTraceContaining("The way to the store is cut.");
    }

    // ------------------------------------------------------------------------------- mistakes

    @Test
    void aJobWithoutCheckpointsIsRefusedAtItsStart() throws Exception {
        NumberedRecords.fill(name, 1, 1);
        Configuration settings = new Configuration();
        JobClient job = start(settings, unbounded("blue", store), 1);

        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .hasStackTraceContaining(
                        "A leased source needs checkpoints, and execution.checkpointing.interval is not set");
    }

    /** Once: another attempt would find the same configuration. */
    @Test
    void aJobWithUnalignedCheckpointsIsRefusedAtItsStartAndNotRestarted() throws Exception {
        NumberedRecords.fill(name, 1, 1);
        Configuration settings = LeasedJobs.settings(Integer.MAX_VALUE);
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        settings.set(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ofHours(1));
        JobClient job = start(settings, unbounded("blue", store), 1);

        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .hasStackTraceContaining(
                        "A leased source cannot be used in this job: execution.checkpointing.unaligned.enabled is true");
    }

    @Test
    void aSecondLiveJobOfOneMemberIdFailsAndNamesTheFirst() throws Exception {
        NumberedRecords.fill(name, 2, 10);
        JobClient first = start(LeasedJobs.settings(0), unbounded("blue", store), 1);
        try {
            awaitSeen(20);
            JobClient second = start(LeasedJobs.settings(0), unbounded("blue", store), 1);

            assertThatThrownBy(() -> second.getJobExecutionResult().get())
                    .hasStackTraceContaining("The member id 'blue' is in use")
                    .hasStackTraceContaining("process " + ProcessHandle.current().pid());
            queue.append("split-0", List.of("one more"));
            awaitSeen(21);
        } finally {
            first.cancel().get();
        }
    }

    @Test
    void aSplitWhoseProgressCannotBeReadIsLeftAloneAndTheOthersGoOn() throws Exception {
        NumberedRecords.fill(name, 2, 10);
        LeaseStore table = store.open(Duration.ofSeconds(1));
        ScriptedRows.discover(table, name, "split-0", new byte[] {1, 2, 3});
        JobClient job = start(LeasedJobs.settings(0), unbounded("blue", store), 1);
        try {
            awaitSeen(10);
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> leases().get("split-0"), owner -> owner.isEmpty());
            assertThat(seen()).allMatch(record -> record.startsWith("split-1"));
            assertThat(leases().get("split-1")).isEqualTo("blue");
        } finally {
            job.cancel().get();
        }
    }

    // ---------------------------------------------------------------------------------- stops

    @Test
    void aCancelledJobsSplitsMoveOnWithoutWaitingForTheLease() throws Exception {
        NumberedRecords.fill(name, 4, 100);
        LeaseTerms patient = LeaseTerms.of(Duration.ofMinutes(2));
        JobClient first = start(LeasedJobs.settings(0), unbounded("blue", store, patient), 2);
        awaitSeen(400);
        first.cancel().get();

        JobClient second = start(LeasedJobs.settings(0), unbounded("green", store, patient), 2);
        try {
            // A reader's grant is 3 s, the duration 2 minutes.
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> leases().values().stream().allMatch("green"::equals));
        } finally {
            second.cancel().get();
        }
    }

    // ---------------------------------------------------------------------------------- pieces

    private LeasedSource<String, ?, ?> bounded(String memberId, LeaseStoreFactory way) {
        return source(memberId, way, TERMS, Boundedness.BOUNDED);
    }

    private LeasedSource<String, ?, ?> unbounded(String memberId, LeaseStoreFactory way) {
        return unbounded(memberId, way, TERMS);
    }

    private LeasedSource<String, ?, ?> unbounded(
            String memberId, LeaseStoreFactory way, LeaseTerms terms) {
        return source(memberId, way, terms, Boundedness.CONTINUOUS_UNBOUNDED);
    }

    private LeasedSource<String, ?, ?> source(
            String memberId, LeaseStoreFactory way, LeaseTerms terms, Boundedness boundedness) {
        return LeasedSource.wrap(new MemoryQueueSource(name, boundedness))
                .splitIds(SplitIds.STABLE)
                .group(name)
                .memberId(memberId)
                .store(way)
                .terms(terms)
                .build();
    }

    private static StreamExecutionEnvironment env(Configuration settings) {
        return StreamExecutionEnvironment.getExecutionEnvironment(settings);
    }

    private JobClient start(
            Configuration settings, LeasedSource<String, ?, ?> source, int parallelism)
            throws Exception {
        StreamExecutionEnvironment env = env(settings);
        LeasedJobs.stream(env, source, parallelism)
                .map(new Seeing(name))
                .setParallelism(parallelism)
                .sinkTo(new DiscardingSink<>());
        return env.executeAsync();
    }

    private ConcurrentLinkedQueue<String> seen() {
        return SEEN.computeIfAbsent(name, none -> new ConcurrentLinkedQueue<>());
    }

    private void awaitSeen(int count) {
        Awaitility.await().atMost(SOON).until(() -> seen().size() >= count);
    }

    /** Owners' member ids by split, empty where there is none. */
    private Map<String, String> leases() throws Exception {
        LeaseChanges rows =
                store.open(Duration.ofSeconds(1))
                        .ask(new SplitRequest.Read(name, 0))
                        .match(read -> read, ScriptedRows::unexpected, ScriptedRows::unexpected);
        Map<String, String> owners = new ConcurrentHashMap<>();
        rows.leases().forEach(lease -> owners.put(lease.splitId(), lease.ownerId().orElse("")));
        return owners;
    }

    private static void closeMember(String name, String memberId) throws Exception {
        ScriptedRows.close(
                MemoryLeaseStore.named(name).open(Duration.ofSeconds(1)), name, memberId);
    }

    private static final class Seeing implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;

        Seeing(String queue) {
            this.queue = queue;
        }

        @Override
        public String map(String record) {
            SEEN.computeIfAbsent(queue, none -> new ConcurrentLinkedQueue<>()).add(record);
            return record;
        }
    }

    /** Takes its time, so that a job is still under way when something happens to it. */
    private static final class Slow implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String map(String record) {
            LockSupport.parkNanos(200_000);
            return record;
        }
    }

    /** Has its member closed by somebody else, which fails the whole job. */
    private static final class ClosedNowAndThen implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;
        private int mapped;

        ClosedNowAndThen(String queue) {
            this.queue = queue;
        }

        @Override
        public String map(String record) throws Exception {
            LockSupport.parkNanos(100_000);
            if (++mapped % 1_500 == 0 && FAILURES_LEFT.get(queue).getAndDecrement() > 0) {
                closeMember(queue, "blue");
            }
            return record;
        }
    }

    private static final class FailingNowAndThen implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;
        private int mapped;

        FailingNowAndThen(String queue) {
            this.queue = queue;
        }

        @Override
        public String map(String record) {
            LockSupport.parkNanos(100_000);
            if (++mapped % 1_500 == 0 && FAILURES_LEFT.get(queue).getAndDecrement() > 0) {
                throw new IllegalStateException("This failure is on purpose.");
            }
            return record;
        }
    }
}
