package io.leasehold.source;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Savepoints that are not just the last state of the job that starts from them. */
@Timeout(180)
class RestoreITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SPLITS = 4;
    private static final int RECORDS = 10_000;
    private static final Duration SLOWED = Duration.ofMillis(1);

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    @TempDir private Path savepoints;

    private final String name = "queue-" + UUID.randomUUID();

    @Test
    void aSavepointGoesOnUnderAnotherMemberId() throws Exception {
        List<String> written = fill();
        JobClient blue = start("blue", Optional.empty());
        CommittedRecords.await(name, 500);
        String savepoint = stop(blue);

        JobClient green = start("green", Optional.of(savepoint));

        CommittedRecords.assertAllInTheEndAndOnce(name, written);
        green.cancel().get();
    }

    @Test
    void twoJobsFromOneSavepointShareWithoutALossOrADouble() throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient first = start("blue", Optional.empty());
        CommittedRecords.await(name, 500);
        String savepoint = stop(first);

        JobClient blue = start("blue", Optional.of(savepoint));
        JobClient green = start("green", Optional.of(savepoint));
        ScriptedRows.awaitSplitsOf(table, name, "blue", SPLITS / 2);
        ScriptedRows.awaitSplitsOf(table, name, "green", SPLITS / 2);

        CommittedRecords.assertAllInTheEndAndOnce(name, written);
        blue.cancel().get();
        green.cancel().get();
    }

    @Test
    void aSavepointOlderThanHandoffsThereAndBackGivesWayToTheTable() throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient blue = start("blue", Optional.empty());
        CommittedRecords.await(name, 500);
        String savepoint = savepoint(blue);
        JobClient green = start("green", Optional.empty());
        for (String winner : List.of("green", "blue", "green")) {
            ScriptedRows.weigh(table, name, winner, 1);
            ScriptedRows.weigh(table, name, winner.equals("blue") ? "green" : "blue", 0);
            ScriptedRows.awaitSplitsOf(table, name, winner, SPLITS);
        }
        stop(blue);

        JobClient again = start("blue", Optional.of(savepoint));
        ScriptedRows.weigh(table, name, "blue", 1);
        ScriptedRows.awaitSplitsOf(table, name, "blue", SPLITS / 2);

        CommittedRecords.assertAllInTheEndAndOnce(name, written);
        again.cancel().get();
        green.cancel().get();
    }

    @Test
    void whatAnotherJobHasReadSinceIsReadAgainByStateAndRefusedByFail() throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient blue = start("blue", Optional.empty());
        CommittedRecords.await(name, 500);
        String savepoint = stop(blue);
        List<String> bySavepoint = CommittedOutput.of(name);
        JobClient green = start("green", Optional.empty());
        ScriptedRows.awaitSplitsOf(table, name, "green", SPLITS);
        CommittedRecords.await(name, bySavepoint.size() + 1_000);
        stop(green);
        Set<String> since = new HashSet<>(CommittedOutput.of(name));
        bySavepoint.forEach(since::remove);

        // Though it would restart after any other failure.
        JobClient refused =
                start(
                        leased(
                                new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED),
                                "blue",
                                RestoreRule.FAIL,
                                LostLease.FAIL),
                        Optional.of(savepoint),
                        LeasedJobs.settings(Integer.MAX_VALUE));
        assertThatThrownBy(() -> refused.getJobExecutionResult().get())
                .hasStackTraceContaining("lease.restore is fail, and the split 'split-");
        JobClient back = start("blue", Optional.of(savepoint), RestoreRule.STATE, LostLease.FAIL);
        SlowedRecords.letGo(name);

        Awaitility.await()
                .atMost(SOON)
                .until(
                        () ->
                                CommittedRecords.twice(name).containsAll(since)
                                        && CommittedOutput.of(name)
                                                .containsAll(
                                                        List.of(
                                                                last(0), last(1), last(2),
                                                                last(3))));
        assertThat(new HashSet<>(CommittedOutput.of(name))).isEqualTo(new HashSet<>(written));
        back.cancel().get();
    }

    // --------------------------------------------------------------------- before there were
    // leases

    @Test
    void aSavepointOfAPlainKafkaSourceGoesOnUnderLeases() throws Exception {
        SlowedRecords.slow(name);
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            List<String> written = produce(kafka);
            JobClient plain = start(plain(kafka), Optional.empty());
            CommittedRecords.await(name, 500);
            String savepoint = stop(plain);

            JobClient leased =
                    start(
                            leased(plain(kafka), "blue", RestoreRule.AUTO, LostLease.FAIL),
                            Optional.of(savepoint));

            CommittedRecords.assertAllInTheEndAndOnce(name, written);
            String underLeases = stop(leased);
            JobClient back = start(plain(kafka), Optional.of(underLeases));
            // By its enumerator, which knows no such version, or its readers, whichever is first.
            assertThatThrownBy(() -> back.getJobExecutionResult().get())
                    .isInstanceOf(ExecutionException.class);
            assertThat(CommittedOutput.of(name)).hasSize(written.size());
        }
    }

    /** Its state is refused, and its operator has another uid: what it starts from is in Kafka. */
    @Test
    void aPlainKafkaSourceGoesOnBehindLeasesAtTheCommittedOffsets() throws Exception {
        SlowedRecords.slow(name);
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Admin admin =
                        Admin.create(
                                Map.of(
                                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                        kafka.bootstrapServers()))) {
            List<String> written = produce(kafka);
            // The broker has nowhere to commit to before the first one who does.
            admin.alterConsumerGroupOffsets(
                            "first", Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(0)))
                    .all()
                    .get();
            JobClient leased =
                    start(
                            leased(
                                    committing(kafka, OffsetsInitializer.earliest()),
                                    "blue",
                                    RestoreRule.AUTO,
                                    LostLease.FAIL),
                            Optional.empty());
            Awaitility.await().atMost(SOON).until(() -> committedPartitions(admin) == SPLITS);
            String savepoint = stop(leased);
            int underLeases = CommittedOutput.of(name).size();

            Configuration settings = LeasedJobs.settings(0);
            settings.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
            JobClient plain =
                    start(
                            "plain",
                            committing(kafka, OffsetsInitializer.committedOffsets()),
                            Optional.of(savepoint),
                            settings);
            SlowedRecords.letGo(name);

            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> Set.copyOf(CommittedOutput.of(name)).containsAll(written));
            // Not from the beginning.
            assertThat(CommittedRecords.twice(name)).hasSizeLessThan(underLeases);
            plain.cancel().get();
        }
    }

    // --------------------------------------------------------------------------------- lost leases

    @Test
    void aJobThatDropsALostSplitGoesOnWithTheOthersWithoutARestart() throws Exception {
        LeaseStore table = table();
        List<String> written = fill();
        JobClient blue = start("blue", Optional.empty(), RestoreRule.AUTO, LostLease.DROP);
        ScriptedRows.awaitSplitsOf(table, name, "blue", SPLITS);
        CommittedRecords.await(name, 500);
        ScriptedMember thief =
                new ScriptedMember(table, name, new Incarnation("thief", "1")).joined();
        thief.taking("split-0");
        Awaitility.await()
                .atMost(SOON)
                .until(() -> committed("split-1") > committed("split-0") + 1_000);
        SlowedRecords.letGo(name);
        for (String other : List.of("split-1", "split-2", "split-3")) {
            Awaitility.await().atMost(SOON).until(() -> committed(other) == RECORDS);
        }
        assertThat(CommittedOutput.of(name)).doesNotContain(last(0));
        assertThat(blue.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);

        ScriptedMember.applied(thief.release(thief.taking("split-0"), Optional.empty()));
        ScriptedMember.applied(thief.close(thief, Optional.empty()));

        Awaitility.await().atMost(SOON).until(() -> CommittedOutput.of(name).contains(last(0)));
        assertThat(new HashSet<>(CommittedOutput.of(name))).containsAll(written);
        blue.cancel().get();
    }

    // ---------------------------------------------------------------------------------- pieces

    private List<String> fill() {
        SlowedRecords.slow(name);
        return NumberedRecords.fill(name, SPLITS, RECORDS);
    }

    private List<String> produce(EmbeddedKafka kafka) {
        kafka.createTopic(name, SPLITS);
        List<String> written = IntStream.range(0, RECORDS).mapToObj(i -> "record-" + i).toList();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(name, i % SPLITS, null, written.get(i)));
            }
        }
        return written;
    }

    private KafkaSource<String> plain(EmbeddedKafka kafka) {
        return KafkaSource.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(name)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    /** As by kafka.commit.offsets. */
    private KafkaSource<String> committing(EmbeddedKafka kafka, OffsetsInitializer start) {
        return KafkaSource.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(name)
                .setGroupId(name)
                .setProperty("commit.offsets.on.checkpoint", "true")
                .setStartingOffsets(start)
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    /** Of how many partitions some offset was committed. */
    private long committedPartitions(Admin admin) throws Exception {
        return admin
                .listConsumerGroupOffsets(name)
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .filter(at -> at.offset() > 0)
                .count();
    }

    private LeaseStore table() throws Exception {
        return MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
    }

    private <SplitT extends SourceSplit, InnerT> Source<String, ?, ?> leased(
            Source<String, SplitT, InnerT> inner,
            String memberId,
            RestoreRule rule,
            LostLease onLost) {
        return LeasedSource.wrap(inner)
                .splitIds(SplitIds.STABLE)
                .group(name)
                .memberId(memberId)
                .store(MemoryLeaseStore.named(name))
                .terms(TERMS)
                .restore(rule)
                .onLost(onLost)
                .build();
    }

    private JobClient start(String memberId, Optional<String> savepoint) throws Exception {
        return start(memberId, savepoint, RestoreRule.AUTO, LostLease.FAIL);
    }

    private JobClient start(
            String memberId, Optional<String> savepoint, RestoreRule rule, LostLease onLost)
            throws Exception {
        return start(
                leased(
                        new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED),
                        memberId,
                        rule,
                        onLost),
                savepoint);
    }

    private JobClient start(Source<String, ?, ?> source, Optional<String> savepoint)
            throws Exception {
        return start(source, savepoint, LeasedJobs.settings(0));
    }

    private JobClient start(
            Source<String, ?, ?> source, Optional<String> savepoint, Configuration settings)
            throws Exception {
        return start("queue", source, savepoint, settings);
    }

    private JobClient start(
            String uid,
            Source<String, ?, ?> source,
            Optional<String> savepoint,
            Configuration settings)
            throws Exception {
        savepoint.ifPresent(path -> settings.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "queue")
                .uid(uid)
                .setParallelism(2)
                .map(new SlowedRecords(name, SLOWED))
                .uid("slowing")
                .setParallelism(2)
                .sinkTo(new CommittedOutput(name))
                .uid("output")
                .setParallelism(2);
        return env.executeAsync();
    }

    private String savepoint(JobClient job) throws Exception {
        return job.triggerSavepoint(savepoints.toString(), SavepointFormatType.CANONICAL).get();
    }

    private String stop(JobClient job) throws Exception {
        return job.stopWithSavepoint(false, savepoints.toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    private long committed(String splitId) {
        return CommittedOutput.of(name).stream()
                .filter(record -> record.startsWith(splitId + ":"))
                .count();
    }

    private static String last(int split) {
        return "split-" + split + ":" + (RECORDS - 1);
    }
}
