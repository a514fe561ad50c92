package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The password of the database user is changed, and its sessions are cut, while a job runs. */
@Timeout(180)
class RotatedPasswordITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    @TempDir private Path folder;

    private final String name = "queue-" + UUID.randomUUID();
    private final String role = "role_" + name.replaceAll("\\W", "");
    private final String database = PostgresServer.newDatabase();
    private Path file;

    @BeforeEach
    void makeRole() throws Exception {
        file = Files.writeString(folder.resolve("password"), "first");
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        PostgresServer.distrust(database, role, "first");
        PostgresServer.run(
                database,
                "GRANT SELECT, INSERT, UPDATE ON lease_group, lease_member, lease TO " + role);
        MemoryQueue.named(name).addSplit("a");
        append("one");
    }

    @Test
    void theJobGoesOnWhenTheFileHasTheNewOneToo() throws Exception {
        JobClient job = start(Duration.ofMinutes(10));
        CommittedRecords.await(name, 1);

        rotate();
        awaitSilence();
        append("two");
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        Files.writeString(file, "second");

        CommittedRecords.await(name, 2);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        assertThat(OpenedStores.of(name)).as("starts").isOne();
        job.cancel().get();
    }

    @Test
    void theJobFailsAndIsNotRestartedWhereTheFileStaysWrong() throws Exception {
        JobClient job = start(Duration.ofSeconds(5));
        CommittedRecords.await(name, 1);

        rotate();

        assertThatThrownBy(
                        () ->
                                job.getJobExecutionResult()
                                        .get(SOON.toMillis(), TimeUnit.MILLISECONDS))
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .hasMessageContaining("password authentication failed");
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
        assertThat(OpenedStores.of(name)).as("starts").isOne();
    }

    private void rotate() {
        PostgresServer.run(database, "ALTER ROLE %s PASSWORD 'second'".formatted(role));
        PostgresServer.run(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
                        .formatted(role));
    }

    /** Until the member's beat is older than its lease. */
    private void awaitSilence() throws Exception {
        try (LeaseStore store =
                JdbcLeaseStore.url(database).user("postgres").open(Duration.ofSeconds(10))) {
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> silentFor(store).compareTo(TERMS.duration()) > 0);
        }
    }

    private Duration silentFor(LeaseStore store) {
        Inspection seen =
                store.ask(new OperatorRequest.Inspect(name))
                        .<Optional<Inspection>>match(
                                found -> found, no -> Optional.empty(), e -> Optional.empty())
                        .orElseThrow();
        return Duration.between(seen.members().get(0).beatAt(), seen.readAt());
    }

    private void append(String record) {
        MemoryQueue.named(name).append("a", List.of(record));
    }

    private JobClient start(Duration deniedTimeout) throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        LeasedJobs.settings(Integer.MAX_VALUE));
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId("blue")
                        .store(
                                new OpenedStores(
                                        JdbcLeaseStore.url(database)
                                                .user(role)
                                                .passwordFile(file.toString()),
                                        name))
                        .terms(TERMS)
                        .deniedTimeout(deniedTimeout)
                        .build();
        LeasedJobs.stream(env, source, 1).sinkTo(new CommittedOutput(name)).setParallelism(1);
        return env.executeAsync();
    }
}
