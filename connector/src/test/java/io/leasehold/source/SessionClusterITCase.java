package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ChildFirstClassLoader;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import javax.management.JMException;
import javax.management.ObjectName;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Jobs that bring Leasehold, the pool and the database's driver in their jars, in a cluster that
 * lives longer than they do.
 */
@Timeout(300)
class SessionClusterITCase {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(Duration.ofMinutes(2))
                    .renewInterval(Duration.ofSeconds(4))
                    .storeTimeout(Duration.ofMillis(3_900))
                    .build();

    private static final int SUBMISSIONS = 30;
    private static final int AT_ONCE = 10;

    /** How long the driver's cleaning thread waits for work before it ends, otherwise 30 s. */
    private static final String CLEANER = "pgjdbc.config.cleanup.thread.ttl";

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(AT_ONCE)
                            .setConfiguration(sharedTestkit())
                            .build());

    private enum End {
        FINISHED,
        CANCELED,
        STOPPED_WITH_A_SAVEPOINT
    }

    private MiniCluster flink;
    private String database;
    private List<Path> jars;
    @TempDir private Path folder;

    /** Queues and outputs are this test's, not each job's own. */
    private static Configuration sharedTestkit() {
        Configuration cluster = new Configuration();
        cluster.set(
                CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS_ADDITIONAL,
                List.of("io.leasehold.testkit."));
        return cluster;
    }

    @BeforeAll
    static void doNotWaitForTheDriversCleaner() {
        System.setProperty(CLEANER, "1000");
    }

    @AfterAll
    static void letTheCleanerBe() {
        System.clearProperty(CLEANER);
    }

    /**
     * However they end, they release their leases, though Flink closes the class loader of a job
     * while its coordinator is still being closed.
     */
    @Test
    void thirtySubmissionsLeaveNothingBehind(@InjectMiniCluster MiniCluster cluster)
            throws Exception {
        flink = cluster;
        database = PostgresServer.newDatabase();
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        jars =
                JobJar.of(
                        folder,
                        LeasedSource.class,
                        HikariDataSource.class,
                        org.postgresql.Driver.class);
        long drivers = live("java.sql.DriverInfo");
        Set<Thread> others = Thread.getAllStackTraces().keySet();

        for (int submitted = 0; submitted < SUBMISSIONS; submitted += AT_ONCE) {
            run(AT_ONCE);
        }

        soon(() -> assertThat(membersByState()).isEqualTo(Map.of("CLOSED", (long) SUBMISSIONS)));
        soon(() -> assertThat(connections()).isZero());
        soon(() -> assertThat(threadsOfJobs(others)).isEmpty());
        soon(() -> assertThat(live("java.sql.DriverInfo")).isEqualTo(drivers));
        // Each way to end that leaks one leaves ten. Caches of the JDK hold the last user of some
        // records each (MethodHandle.asTypeCache, until Java 18): two or three were seen.
        soon(() -> assertThat(live(ChildFirstClassLoader.class.getName())).isLessThan(AT_ONCE / 2));
    }

    private void run(int jobs) throws Exception {
        Map<JobID, End> running = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            End end = End.values()[i % End.values().length];
            String name = "queue-" + UUID.randomUUID();
            MemoryQueue.named(name).addSplit("a");
            MemoryQueue.named(name).append("a", List.of("one"));
            names.add(name);
            running.put(flink.submitJob(graph(name, end)).get().getJobID(), end);
        }
        names.forEach(name -> CommittedRecords.await(name, 1));
        for (Map.Entry<JobID, End> job : running.entrySet()) {
            end(job.getKey(), job.getValue());
        }
        for (Map.Entry<JobID, End> job : running.entrySet()) {
            flink.requestJobResult(job.getKey()).get();
            assertThat(flink.getJobStatus(job.getKey()).get())
                    .isEqualTo(
                            job.getValue() == End.CANCELED
                                    ? JobStatus.CANCELED
                                    : JobStatus.FINISHED);
        }
    }

    private void end(JobID job, End end) throws Exception {
        switch (end) {
            case FINISHED -> {}
            case CANCELED -> flink.cancelJob(job).get();
            case STOPPED_WITH_A_SAVEPOINT ->
                    flink.stopWithSavepoint(
                                    job, folder.toString(), false, SavepointFormatType.CANONICAL)
                            .get();
        }
    }

    private JobGraph graph(String name, End end) {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(0));
        Boundedness boundedness =
                end == End.FINISHED ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
        env.fromSource(
                        LeasedSource.wrap(new MemoryQueueSource(name, boundedness))
                                .splitIds(SplitIds.STABLE)
                                .group(name)
                                .memberId("blue")
                                .store(JdbcLeaseStore.url(database).user("postgres"))
                                .terms(TERMS)
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "leased",
                        Types.STRING)
                .setParallelism(1)
                .uid("source")
                .sinkTo(new CommittedOutput(name))
                .setParallelism(1)
                .uid("output");
        JobGraph graph = env.getStreamGraph().getJobGraph();
        jars.forEach(jar -> graph.addJar(new org.apache.flink.core.fs.Path(jar.toUri())));
        return graph;
    }

    private static void soon(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(assertion);
    }

    private Map<String, Long> membersByState() throws SQLException {
        return counts("SELECT state, count(*) FROM lease_member GROUP BY state");
    }

    /** But the one that asks. */
    private long connections() throws SQLException {
        return counts(
                        "SELECT 'connections', count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
                .get("connections");
    }

    private Map<String, Long> counts(String query) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    /**
     * @param others those that were there before, of tests that ran in this JVM
     */
    private static Stream<String> threadsOfJobs(Set<Thread> others) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !others.contains(thread))
                .filter(
                        thread ->
                                thread.getName().startsWith("lease")
                                        || isOfAJob(thread.getContextClassLoader()))
                .map(Thread::getName);
    }

    /** Flink's wrapper of it among them. */
    private static boolean isOfAJob(ClassLoader loader) {
        return loader != null && loader.getClass().getName().startsWith("org.apache.flink.util.");
    }

    /** How many objects of a class the garbage collector finds in use. */
    private static long live(String className) throws JMException {
        String histogram =
                (String)
                        ManagementFactory.getPlatformMBeanServer()
                                .invoke(
                                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                        "gcClassHistogram",
                                        new Object[] {new String[0]},
                                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 3 && columns[3].equals(className))
                .mapToLong(columns -> Long.parseLong(columns[1]))
                .sum();
    }
}
