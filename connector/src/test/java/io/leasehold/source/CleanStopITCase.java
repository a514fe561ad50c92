package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.SeverableStore;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.highavailability.nonha.embedded.HaLeadershipControl;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the splits of a job that is stopped, that ends, or whose readers end. Leases and
 * grants are so long, where nothing else is said, that whoever waited for one would wait for longer
 * than the test does.
 */
@Timeout(180)
class CleanStopITCase {

    private static final LeaseTerms PATIENT =
            LeaseTerms.lasting(Duration.ofHours(10))
                    .readerGrant(Duration.ofHours(5))
                    .renewInterval(Duration.ofMillis(400))
                    .build();
    private static final LeaseTerms SHORT = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration SLOWED = Duration.ofMillis(1);
    private static final int SPLITS = 4;
    private static final int RECORDS = 6_000;
    private static final int PARALLELISM = 2;

    /** Queues of which the next record fails whoever is to map it. */
    private static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(2)
                            .setNumberSlotsPerTaskManager(4)
                            .withHaLeadershipControl()
                            .build());

    @TempDir private Path savepoints;

    private final String name = "queue-" + UUID.randomUUID();
    private final LeaseStoreFactory store = MemoryLeaseStore.named(name);

    // ------------------------------------------------------------------------ with a savepoint

    /**
     * Promise L4, and section 10 of the protocol: where the stopped job ended the other begins.
     *
     * @param shuffled with a shuffle behind the source the sinks end later than the readers
     */
    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void aJobThatIsStoppedWithASavepointHandsOverAtOnceAndNothingIsMissingOrTwice(
            boolean drained, boolean shuffled) throws Exception {
        List<String> written = fill();
        JobClient blue = start("blue", LeasedJobs.settings(0), PATIENT, store, shuffled);
        CommittedRecords.await(name, 200);

        stop(blue, drained);

        int committed = CommittedOutput.of(name).size();
        awaitClosed("blue");
        assertThat(row("blue").emitsFor()).isZero();
        JobClient green = start("green", LeasedJobs.settings(0), PATIENT, store, shuffled);
        try {
            CommittedRecords.await(name, committed + 200);
            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            green.cancel().get();
        }
    }

    @Test
    void aJobThatRunsBesideGoesOnWithTheSplitsOfOneThatIsStopped() throws Exception {
        List<String> written = fill();
        JobClient blue = start("blue", LeasedJobs.settings(0), SHORT, store, false);
        JobClient green = start("green", LeasedJobs.settings(0), SHORT, store, false);
        try {
            ScriptedRows.awaitSplitsOf(table(), name, "blue", SPLITS / 2);
            ScriptedRows.awaitSplitsOf(table(), name, "green", SPLITS / 2);

            stop(blue, false);

            ScriptedRows.awaitSplitsOf(table(), name, "green", SPLITS);
            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            green.cancel().get();
        }
    }

    /** Promise S6: what the other has read meanwhile is not read again from the savepoint. */
    @Test
    void aStoppedJobThatComesBackFromItsSavepointGoesOnBehindWhatOthersHaveReadSince()
            throws Exception {
        List<String> written = fill();
        JobClient blue = start("blue", LeasedJobs.settings(0), PATIENT, store, false);
        CommittedRecords.await(name, 200);
        String savepoint = stop(blue, false);
        JobClient green = start("green", LeasedJobs.settings(0), PATIENT, store, false);
        CommittedRecords.await(name, CommittedOutput.of(name).size() + 200);
        stop(green, false);

        Configuration settings = LeasedJobs.settings(0);
        settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobClient back = start("blue", settings, PATIENT, store, false);
        try {
            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            back.cancel().get();
        }
    }

    /** Safety does not hang on the goodbye: without it the splits move when the lease is over. */
    @Test
    void aJobThatCannotReachTheTableAnyMoreStopsAllTheSameAndItsSplitsMoveLater() throws Exception {
        List<String> written = fill();
        SeverableStore way = new SeverableStore(store);
        JobClient blue = start("blue", LeasedJobs.settings(0), SHORT, way, false);
        CommittedRecords.await(name, 200);

        way.sever();
        stop(blue, false);

        assertThat(row("blue").state()).isEqualTo(MemberState.ACTIVE);
        JobClient green = start("green", LeasedJobs.settings(0), SHORT, store, false);
        try {
            ScriptedRows.awaitSplitsOf(table(), name, "green", SPLITS);
            SlowedRecords.letGo(name);
            CommittedRecords.await(name, written.size());
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> Set.copyOf(CommittedOutput.of(name)).containsAll(written));
        } finally {
            green.cancel().get();
        }
    }

    // ------------------------------------------------------------------------ other ends

    @Test
    void aJobThatHasReadEverythingLeavesNothingToWaitFor() throws Exception {
        List<String> written = fill();
        SlowedRecords.letGo(name);
        StreamExecutionEnvironment env = env(LeasedJobs.settings(0));
        build(env, source("blue", PATIENT, store, Boundedness.BOUNDED), false);

        env.execute();

        CommittedRecords.assertAllOnce(name, written);
        awaitClosed("blue");
        assertThat(row("blue").emitsFor()).isZero();
    }

    /** Flink delivers no event of a task that it cancels; calls to the JobManager go through. */
    @Test
    void aJobThatIsCancelledLeavesNothingToWaitFor() throws Exception {
        fill();
        JobClient blue = start("blue", LeasedJobs.settings(0), PATIENT, store, false);
        CommittedRecords.await(name, 200);

        blue.cancel().get();

        awaitClosed("blue");
        assertThat(row("blue").emitsFor()).isZero();
    }

    /** Its readers live on, and would go on emitting if the next JobManager were not there. */
    @Test
    void theGrantsOfReadersWhoseJobManagerIsSuspendedAreWaitedFor(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        fill();
        JobClient blue = start("blue", LeasedJobs.settings(0), PATIENT, store, false);
        CommittedRecords.await(name, 200);
        HaLeadershipControl leadership = cluster.getHaLeadershipControl().orElseThrow();

        leadership.revokeJobMasterLeadership(blue.getJobID()).get();

        try {
            awaitClosed("blue");
            assertThat(row("blue").emitsFor()).isGreaterThan(Duration.ofHours(4));
        } finally {
            leadership.grantJobMasterLeadership(blue.getJobID());
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> blue.getJobStatus().get() == JobStatus.RUNNING);
            blue.cancel().get();
        }
    }

    // ------------------------------------------------------------------------ failures

    /**
     * Promise S1 is kept by the old attempt's word that it is closed.
     *
     * @param shuffled with a shuffle in between it is not a reader's task that fails: the readers
     *     are cancelled, and those that follow them say it
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAFailureTheNextAttemptDoesNotWaitForTheGrantOfTheLastOne(boolean shuffled)
            throws Exception {
        List<String> written = fill();
        JobClient blue = start("blue", LeasedJobs.settings(10), PATIENT, store, shuffled);
        try {
            for (int failure = 1; failure <= 3; failure++) {
                CommittedRecords.await(name, CommittedOutput.of(name).size() + 200);
                FAILING.add(name);
                Awaitility.await().atMost(SOON).until(() -> !FAILING.contains(name));
            }
            CommittedRecords.assertAllInTheEndAndOnce(name, written);
        } finally {
            blue.cancel().get();
        }
    }

    // ------------------------------------------------------------------------ pieces

    /** More than can be read, slow as the jobs are, while a test goes on. */
    private List<String> fill() {
        SlowedRecords.slow(name);
        return NumberedRecords.fill(name, SPLITS, RECORDS);
    }

    private LeasedSource<String, ?, ?> source(
            String memberId, LeaseTerms terms, LeaseStoreFactory way, Boundedness boundedness) {
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
            String memberId,
            Configuration settings,
            LeaseTerms terms,
            LeaseStoreFactory way,
            boolean shuffled)
            throws Exception {
        StreamExecutionEnvironment env = env(settings);
        build(env, source(memberId, terms, way, Boundedness.CONTINUOUS_UNBOUNDED), shuffled);
        return env.executeAsync();
    }

    private void build(
            StreamExecutionEnvironment env, LeasedSource<String, ?, ?> source, boolean shuffled) {
        DataStream<String> read =
                LeasedJobs.stream(env, source, PARALLELISM)
                        .map(new SlowedRecords(name, SLOWED))
                        .setParallelism(PARALLELISM);
        (shuffled ? read.rebalance() : read)
                .map(new Failing(name))
                .setParallelism(PARALLELISM)
                .sinkTo(new CommittedOutput(name))
                .setParallelism(PARALLELISM);
    }

    private String stop(JobClient job, boolean drained) throws Exception {
        String savepoint =
                job.stopWithSavepoint(
                                drained,
                                savepoints.toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get();
        job.getJobExecutionResult().get();
        return savepoint;
    }

    private LeaseStore table() throws Exception {
        return store.open(Duration.ofSeconds(1));
    }

    private Member row(String memberId) throws Exception {
        Optional<Member> row =
                ScriptedRows.applied(table().ask(new MembershipRequest.Open(name)))
                        .member(memberId);
        return row.orElseThrow();
    }

    private void awaitClosed(String memberId) {
        Awaitility.await().atMost(SOON).until(() -> row(memberId).state() == MemberState.CLOSED);
    }

    private static final class Failing implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;

        Failing(String queue) {
            this.queue = queue;
        }

        @Override
        public String map(String record) {
            if (FAILING.remove(queue)) {
                throw new IllegalStateException("This failure is on purpose.");
            }
            return record;
        }
    }
}
