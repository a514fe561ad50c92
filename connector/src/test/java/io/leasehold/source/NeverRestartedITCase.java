package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.store.jdbc.JdbcLeaseStoreConfig;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ExternallyInducedSourceReader;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What can never work is told once, though the restart strategy would go on for ever; and what may
 * heal is waited for within one start.
 */
@Timeout(180)
class NeverRestartedITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    private MiniCluster flink;
    @TempDir private Path folder;

    private final String name = "queue-" + UUID.randomUUID();
    private final String role = "role_" + name.replaceAll("\\W", "");
    private Configuration settings;

    @BeforeEach
    void writeOneRecord(@InjectMiniCluster MiniCluster cluster) {
        flink = cluster;
        MemoryQueue.named(name).addSplit("a");
        MemoryQueue.named(name).append("a", List.of("one"));
        settings = LeasedJobs.settings(Integer.MAX_VALUE);
    }

    @Test
    void aWrongPassword() throws Exception {
        JobID job = submit(leased(queue(), distrusting().password("wrong")));

        assertThat(failure(job)).hasMessageContaining("does not accept this user and password");
        assertThat(OpenedStores.of(name)).isOne();
    }

    /** It might have been about to be rotated. */
    @Test
    void aPasswordFileThatStaysWrongForTheTimeOfAStart() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "wrong");
        LeasedSourceBuilder<String, MemoryQueueSplit, Set<String>> source =
                builder(queue(), distrusting().passwordFile(file.toString()))
                        .startupTimeout(Duration.ofSeconds(4));

        assertThat(failure(submit(source.build())))
                .hasMessageContaining("does not accept this user and password");
        assertThat(OpenedStores.of(name)).isOne();
    }

    @Test
    void aPasswordFileThatIsMendedWithinTheTimeOfAStartIsEnough() throws Exception {
        Path file = folder.resolve("password");
        JobID job = submit(leased(queue(), distrusting().passwordFile(file.toString())));
        Awaitility.await().atMost(SOON).until(() -> OpenedStores.of(name) == 1);

        Files.writeString(file, "right");

        CommittedRecords.await(name, 1);
        assertThat(OpenedStores.of(name)).isOne();
        flink.cancelJob(job).get();
    }

    @Test
    void aSourceThatCannotBeLeased() throws Exception {
        assertThat(failure(submit(leased(new Induced(queue()), memory()))))
                .hasMessageContaining("The source Induced cannot be wrapped");
    }

    @Test
    void aJobWithoutCheckpoints() throws Exception {
        settings.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);

        assertThat(failure(submit(leased(queue(), memory()))))
                .hasMessageContaining("A leased source needs checkpoints");
    }

    /**
     * Of a later version of the wrapped connector: readers have it from TaskManagers, enumerators
     * from the JobManager, which reads it before the JobMaster has started.
     */
    @ParameterizedTest
    @CsvSource({"2, 1", "1, 2"})
    void aStateInAForeignFormat(int splits, int enumerators) throws Exception {
        JobID later = submit(leased(new ForeignState(queue(), splits, enumerators), memory()));
        CommittedRecords.await(name, 1);
        String savepoint =
                flink.stopWithSavepoint(
                                later, folder.toString(), false, SavepointFormatType.CANONICAL)
                        .get();
        JobGraph earlier = graph(leased(new ForeignState(queue(), 1, 1), memory()));
        earlier.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));

        assertThat(failure(flink.submitJob(earlier).get().getJobID()))
                .hasMessageContaining("It was written in version 2.");
    }

    /** What is thrown is of a class that Flink itself does not have: on either side. */
    @Test
    void whatIsThrownInTheJobsOwnClassLoader() throws Exception {
        List<Path> jars = JobJar.of(folder);

        JobID task = submit(jars, leased(new Induced(queue()), memory()));
        assertThat(failure(task)).hasMessageContaining("The source Induced cannot be wrapped");

        JobID coordinator = submit(jars, leased(queue(), new JobJar.SaysItsClassLoader()));
        assertThat(failure(coordinator)).hasMessageContaining("Opened by a ChildFirstClassLoader");
    }

    private JobID submit(List<Path> jars, LeasedSource<String, ?, ?> source) throws Exception {
        JobGraph job = graph(source);
        jars.forEach(jar -> job.addJar(new org.apache.flink.core.fs.Path(jar.toUri())));
        return flink.submitJob(job).get().getJobID();
    }

    private JdbcLeaseStoreConfig distrusting() {
        String database = PostgresServer.newDatabase();
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        PostgresServer.distrust(database, role, "right");
        PostgresServer.run(
                database,
                "GRANT SELECT, INSERT, UPDATE ON lease_group, lease_member, lease TO " + role);
        return JdbcLeaseStore.url(database).user(role);
    }

    private LeaseStoreFactory memory() {
        return MemoryLeaseStore.named(name);
    }

    private MemoryQueueSource queue() {
        return new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED);
    }

    private LeasedSource<String, MemoryQueueSplit, Set<String>> leased(
            Source<String, MemoryQueueSplit, Set<String>> source, LeaseStoreFactory store) {
        return builder(source, store).build();
    }

    private LeasedSourceBuilder<String, MemoryQueueSplit, Set<String>> builder(
            Source<String, MemoryQueueSplit, Set<String>> source, LeaseStoreFactory store) {
        return LeasedSource.wrap(source)
                .splitIds(SplitIds.STABLE)
                .group(name)
                .memberId("blue")
                .store(new OpenedStores(store, name))
                .terms(TERMS);
    }

    private JobID submit(LeasedSource<String, ?, ?> source) throws Exception {
        return flink.submitJob(graph(source)).get().getJobID();
    }

    private JobGraph graph(LeasedSource<String, ?, ?> source) {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "leased", Types.STRING)
                .setParallelism(1)
                .uid("source")
                .sinkTo(new CommittedOutput(name))
                .setParallelism(1)
                .uid("output");
        return env.getStreamGraph().getJobGraph();
    }

    /** What the job has failed with; the strategy would restart it for longer than this waits. */
    private Throwable failure(JobID job) throws Exception {
        JobResult result = flink.requestJobResult(job).get(SOON.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(flink.getJobStatus(job).get()).isEqualTo(JobStatus.FAILED);
        Throwable outer =
                result.getSerializedThrowable()
                        .orElseThrow()
                        .deserializeError(getClass().getClassLoader());
        return ExceptionUtils.findThrowable(
                        outer, cause -> cause.getCause() == null || isOurs(cause))
                .orElse(outer);
    }

    private static boolean isOurs(Throwable cause) {
        return cause.getClass().getName().startsWith("io.leasehold.");
    }

    /** What it reads would tell its readers when to take a checkpoint. */
    record Induced(MemoryQueueSource queue)
            implements Source<String, MemoryQueueSplit, Set<String>> {

        @Override
        public Boundedness getBoundedness() {
            return queue.getBoundedness();
        }

        @Override
        public SplitEnumerator<MemoryQueueSplit, Set<String>> createEnumerator(
                SplitEnumeratorContext<MemoryQueueSplit> context) {
            return queue.createEnumerator(context);
        }

        @Override
        public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
                SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> state) {
            return queue.restoreEnumerator(context, state);
        }

        @Override
        @SuppressWarnings("unchecked")
        public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
            return (SourceReader<String, MemoryQueueSplit>)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {ExternallyInducedSourceReader.class},
                            (proxy, method, arguments) -> null);
        }

        @Override
        public SimpleVersionedSerializer<MemoryQueueSplit> getSplitSerializer() {
            return queue.getSplitSerializer();
        }

        @Override
        public SimpleVersionedSerializer<Set<String>> getEnumeratorCheckpointSerializer() {
            return queue.getEnumeratorCheckpointSerializer();
        }
    }
}
