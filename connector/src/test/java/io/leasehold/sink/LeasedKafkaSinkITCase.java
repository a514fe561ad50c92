package io.leasehold.sink;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.sink.kafka.KafkaOutput;
import io.leasehold.sink.output.TransactionPrefix;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A leased KafkaSink in a real job on a real broker. The source is not leased: the test plays the
 * enumerator, and decides.
 */
@Timeout(180)
class LeasedKafkaSinkITCase {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PARALLELISM = 2;

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(2)
                            .setNumberSlotsPerTaskManager(4)
                            .build());

    private static EmbeddedKafka kafka;

    @TempDir private Path folder;

    private final String name = "q-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(name);
    private final List<JobClient> jobs = new ArrayList<>();
    private MiniCluster cluster;
    private ReadCommitted committed;
    private ScriptedDecider blue;
    private String lastCheckpoint = "";

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void closeKafka() {
        kafka.close();
    }

    @BeforeEach
    void create(@InjectMiniCluster MiniCluster flink) {
        cluster = flink;
        kafka.createTopic(name, 1);
        committed = new ReadCommitted(kafka, name, 1);
        queue.addSplit("a");
        queue.addSplit("b");
        blue = new ScriptedDecider(name, "blue", "b1");
    }

    @AfterEach
    void endJobs() throws Exception {
        for (JobClient job : jobs) {
            if (!job.getJobStatus().get().isGloballyTerminalState()) {
                job.cancel().get(60, TimeUnit.SECONDS);
                awaitEnd(job);
            }
        }
        blue.close();
    }

    // ------------------------------------------------------------------------ decisions

    @ParameterizedTest
    @EnumSource
    void decidedOutputIsCommittedAndUndecidedOutputIsNot(TransactionNamingStrategy naming)
            throws Exception {
        blue.standsWithNothing();
        JobClient job = start(naming, Optional.empty());
        append("a", "1", "2");
        append("b", "3");
        long first = checkpoint(job);
        append("a", "4");
        assertThat(committed.values()).isEmpty();

        List<DecidedOutput> rows = blue.decide(first);

        committed.awaitExactly(List.of("1", "2", "3"));
        await(() -> blue.committed.equals(List.of(rows.get(0).key())));
        long second = checkpoint(job);
        assertThat(committed.values()).containsExactlyInAnyOrder("1", "2", "3");
        blue.decide(second);
        committed.awaitExactly(List.of("1", "2", "3", "4"));
    }

    @Test
    void noWriterExistsBeforeItIsKnownHowTheOutputStands() throws Exception {
        queue.append("a", List.of("1"));
        JobClient job = submit(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        await(() -> areAll(ExecutionState.INITIALIZING, job));
        assertThat(committed.open()).isEmpty();
        blue.standsWithNothing();
        await(() -> isRunning(job));
        committed.awaitWritten(List.of("1"));
        blue.decide(checkpoint(job));
        committed.awaitExactly(List.of("1"));
    }

    /** A writer aborts what it finds, and would abort what is decided. */
    @ParameterizedTest
    @EnumSource
    void aJobThatComesBackCommitsItsRowsBeforeItHasAWriter(TransactionNamingStrategy naming)
            throws Exception {
        blue.standsWithNothing();
        JobClient job = start(naming, Optional.empty());
        append("a", "1");
        append("b", "2");
        long checkpoint = checkpoint(job);
        List<DecidedOutput> rows = blue.collect(checkpoint, blue.me());
        String path = killed(job);
        assertThat(committed.values()).isEmpty();

        ScriptedDecider before = blue;
        blue = new ScriptedDecider(name, "blue", "b2");
        blue.stands(OptionalLong.of(checkpoint), false, rows);
        JobClient back = start(naming, Optional.of(path));

        committed.awaitExactly(List.of("1", "2"));
        await(() -> blue.committed.equals(List.of(rows.get(0).key())));
        append("a", "3");
        blue.decide(checkpoint(back));
        committed.awaitExactly(List.of("1", "2", "3"));
        before.close();
    }

    @ParameterizedTest
    @EnumSource
    void aCheckpointThatWasNotDecidedIsDecidedLate(TransactionNamingStrategy naming)
            throws Exception {
        blue.standsWithNothing();
        JobClient job = start(naming, Optional.empty());
        append("a", "1");
        append("b", "2");
        long checkpoint = checkpoint(job);
        String path = killed(job);

        Incarnation before = blue.me();
        blue = new ScriptedDecider(name, "blue", "b2");
        blue.standsWithNothing();
        start(naming, Optional.of(path));
        append("a", "3");
        List<DecidedOutput> rows = blue.collect(checkpoint, before);
        assertThat(committed.values()).isEmpty();
        blue.decidedLate(checkpoint, before);

        committed.awaitExactly(List.of("1", "2"));
        await(() -> blue.committed.equals(List.of(rows.get(0).key())));
    }

    @Test
    void outputOfAVoidRestoredCheckpointIsNeverCommittedAndTheJobRuns() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        checkpoint(job);
        String path = killed(job);

        blue = new ScriptedDecider(name, "blue", "b2");
        blue.stands(OptionalLong.empty(), true, List.of());
        JobClient back = start(TransactionNamingStrategy.INCREMENTING, Optional.of(path));
        append("a", "2");
        blue.decide(checkpoint(back));

        // Its transaction stays open until its time-out or until somebody aborts it.
        blue.sealed(new Incarnation("blue", "b1"));
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> !committed.values().contains("1"));
    }

    @Test
    void aCheckpointOfThisLifeThatIsVoidFailsTheJob() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        blue.isVoid(checkpoint(job));

        awaitEnd(job);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("was completed, but never decided");
        assertThat(committed.values()).isEmpty();
    }

    // ------------------------------------------------------------------------ checkpoints

    @Test
    void noCheckpointBeginsBeforeTheEnumeratorLetsIt() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        blue.gate = new CompletableFuture<>();
        CompletableFuture<String> waits = trigger(job);
        assertThatThrownBy(() -> waits.get(1, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        blue.gate.complete(null);
        assertThat(waits.get(60, TimeUnit.SECONDS)).isNotEmpty();
    }

    @Test
    void aCheckpointThatMustNotBeginFailsAndTheJobGoesOn() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        blue.gate = CompletableFuture.failedFuture(new IllegalStateException("4 is undecided"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> checkpoint(job)).hasStackTraceContaining("4 is undecided");
        }
        blue.gate = CompletableFuture.completedFuture(null);
        assertThat(checkpoint(job)).isPositive();
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void theAcknowledgementIsHeldBackWhileRecordsFlow() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        blue.acknowledgement = new CompletableFuture<>();
        CompletableFuture<String> held = trigger(job);
        // Longer than the coordinator holds an answer: the tasks ask again.
        assertThatThrownBy(() -> held.get(4, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        append("a", "2");
        blue.acknowledgement.complete(Optional.empty());
        blue.decide(id(held.get(60, TimeUnit.SECONDS)));
        committed.awaitExactly(List.of("1"));
    }

    @Test
    void aCheckpointThatIsNotGrantedFailsAndALaterOneCoversItsOutput() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        blue.acknowledgement = CompletableFuture.completedFuture(Optional.of("the lease runs out"));
        assertThatThrownBy(() -> checkpoint(job)).hasStackTraceContaining("the lease runs out");
        blue.acknowledgement = CompletableFuture.completedFuture(Optional.empty());
        append("a", "2");
        blue.decide(checkpoint(job));
        committed.awaitExactly(List.of("1", "2"));
    }

    // ------------------------------------------------------------------------ ends

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStopWithSavepointEndsOnlyAfterTheCommit(boolean drained) throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        append("b", "2");
        CompletableFuture<String> stop =
                job.stopWithSavepoint(
                        drained, folder.toUri().toString(), SavepointFormatType.CANONICAL);
        // The savepoint completes, whichever number it has; the tasks stay.
        assertThatThrownBy(() -> stop.get(3, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(committed.values()).isEmpty();
        blue.decide(blue.begun.get(blue.begun.size() - 1));
        stop.get(60, TimeUnit.SECONDS);
        awaitEnd(job);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FINISHED);
        assertThat(committed.values()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void aJobThatWaitsForItsEnumeratorCanBeCancelled() throws Exception {
        JobClient job = submit(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        await(() -> job.getJobStatus().get() == JobStatus.RUNNING);
        job.cancel().get(60, TimeUnit.SECONDS);
        awaitEnd(job);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.CANCELED);
    }

    @Test
    void aJobWhoseAcknowledgementIsHeldBackCanBeCancelled() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        blue.acknowledgement = new CompletableFuture<>();
        CompletableFuture<String> held = trigger(job);
        assertThatThrownBy(() -> held.get(1, TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        job.cancel().get(60, TimeUnit.SECONDS);
        awaitEnd(job);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.CANCELED);
    }

    // ------------------------------------------------------------------------ adoption

    @ParameterizedTest
    @EnumSource
    void outputOfAClosedMemberIsCommittedWhileRecordsFlowAndWhatItLeftOpenIsAborted(
            TransactionNamingStrategy naming) throws Exception {
        String greens = "green-" + name;
        MemoryQueue.named(greens).addSplit("c");
        try (ScriptedDecider green = new ScriptedDecider(greens, "green", "g1")) {
            green.standsWithNothing();
            JobClient dead = submit(greens, green, naming, Optional.empty());
            await(() -> isRunning(dead));
            MemoryQueue.named(greens).append("c", List.of("1"));
            committed.awaitWritten(List.of("1"));
            List<DecidedOutput> rows = green.collect(checkpoint(dead), green.me());
            killed(dead);
            leaveOpen(
                    new TransactionPrefix(name, "orders", "green", name, "line-1").text()
                            + "-0-99");

            blue.standsWithNothing();
            JobClient job = start(naming, Optional.empty());
            append("a", "2");
            blue.decide(checkpoint(job));
            assertThat(blue.adopt(rows)).isEmpty();
            await(() -> blue.committed.contains(rows.get(0).key()));
            blue.sealed(green.me());

            committed.awaitExactly(List.of("1", "2"));
        }
    }

    @Test
    void whatAMemberThatHasComeBackWritesIsNotAborted() throws Exception {
        String greens = "green-" + name;
        MemoryQueue.named(greens).addSplit("c");
        try (ScriptedDecider green = new ScriptedDecider(greens, "green", "g1")) {
            green.standsWithNothing();
            JobClient alive =
                    submit(greens, green, TransactionNamingStrategy.INCREMENTING, Optional.empty());
            await(() -> isRunning(alive));
            MemoryQueue.named(greens).append("c", List.of("1"));
            committed.awaitWritten(List.of("1"));
            long checkpoint = checkpoint(alive);

            blue.standsWithNothing();
            start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
            blue.sealed = false;
            blue.sealed(new Incarnation("green", "g0"));
            Awaitility.await()
                    .during(Duration.ofSeconds(3))
                    .atMost(SOON)
                    .until(() -> !committed.open().isEmpty());
            green.decide(checkpoint);
            committed.awaitExactly(List.of("1"));
        }
    }

    // ------------------------------------------------------------------------ failures

    /** The coordinator is not reset: the task asks it again how its output stands. */
    @Test
    void aTaskOfAnEarlierIncarnationFails() throws Exception {
        blue.standsWithNothing();
        JobClient job = start(TransactionNamingStrategy.INCREMENTING, Optional.empty());
        append("a", "1");
        long checkpoint = checkpoint(job);
        ScriptedDecider before = blue;
        blue = new ScriptedDecider(name, "blue", "b2");
        blue.standsWithNothing();
        before.close();
        assertThat(checkpoint).isPositive();
        awaitEnd(job);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("has started anew");
        assertThat(committed.values()).isEmpty();
    }

    // ------------------------------------------------------------------------ pieces

    /** And waits until a writer has written them. */
    private void append(String split, String... records) {
        queue.append(split, List.of(records));
        committed.awaitWritten(List.of(records));
    }

    private JobClient start(TransactionNamingStrategy naming, Optional<String> from)
            throws Exception {
        JobClient job = submit(naming, from);
        await(() -> isRunning(job));
        return job;
    }

    private JobClient submit(TransactionNamingStrategy naming, Optional<String> from)
            throws Exception {
        return submit(name, blue, naming, from);
    }

    private JobClient submit(
            String queueName,
            ScriptedDecider decider,
            TransactionNamingStrategy naming,
            Optional<String> from)
            throws Exception {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(10));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        from.ifPresent(path -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.setParallelism(PARALLELISM);
        env.fromSource(
                        new MemoryQueueSource(queueName, Boundedness.CONTINUOUS_UNBOUNDED),
                        WatermarkStrategy.noWatermarks(),
                        "queue")
                .sinkTo(LeasedSink.of(decider.source(), KafkaOutput.of(kafkaSink(naming))));
        JobClient job = env.executeAsync();
        jobs.add(job);
        return job;
    }

    private KafkaSink<String> kafkaSink(TransactionNamingStrategy naming) {
        return KafkaSink.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(name)
                .setTransactionNamingStrategy(naming)
                .setProperty("transaction.timeout.ms", "600000")
                .setRecordSerializer(
                        KafkaRecordSerializationSchema.<String>builder()
                                .setTopic(name)
                                .setValueSerializationSchema(new SimpleStringSchema())
                                .build())
                .build();
    }

    /** As a writer that was killed. */
    private void leaveOpen(String transactionalId) {
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "transactional.id",
                                transactionalId,
                                "transaction.timeout.ms",
                                "600000"),
                        new StringSerializer(),
                        new StringSerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(name, "never"));
        producer.flush();
        // Without the time that an abort would take.
        producer.close(Duration.ZERO);
    }

    private CompletableFuture<String> trigger(JobClient job) {
        return cluster.triggerCheckpoint(job.getJobID());
    }

    private long checkpoint(JobClient job) throws Exception {
        lastCheckpoint = trigger(job).get(60, TimeUnit.SECONDS);
        return id(lastCheckpoint);
    }

    private static long id(String path) {
        return Long.parseLong(path.substring(path.lastIndexOf("chk-") + "chk-".length()));
    }

    /**
     * Ends a job that has taken a checkpoint, with what it has prepared.
     *
     * @return its last checkpoint
     */
    private String killed(JobClient job) throws Exception {
        job.cancel().get(60, TimeUnit.SECONDS);
        awaitEnd(job);
        return lastCheckpoint;
    }

    private boolean isRunning(JobClient job) throws Exception {
        return areAll(ExecutionState.RUNNING, job);
    }

    private boolean areAll(ExecutionState state, JobClient job) throws Exception {
        // Nothing of a job is there while its JobManager starts.
        return job.getJobStatus().get() == JobStatus.RUNNING
                && StreamSupport.stream(
                                cluster.getExecutionGraph(job.getJobID())
                                        .get(60, TimeUnit.SECONDS)
                                        .getAllExecutionVertices()
                                        .spliterator(),
                                false)
                        .allMatch(vertex -> vertex.getExecutionState() == state);
    }

    private static void awaitEnd(JobClient job) {
        await(() -> job.getJobStatus().get().isGloballyTerminalState());
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(condition);
    }
}
