package io.leasehold.source;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.ScriptedMember;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.InjectMiniCluster;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;

/** What a job commits to Kafka of a partition that another member gets, and of the one it keeps. */
@Timeout(180)
class CommittedOffsetsITCase {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MANY = 500;

    /** How many records came, by partition. */
    private static final Map<String, AtomicInteger> SEEN = new ConcurrentHashMap<>();

    @RegisterExtension static final MiniClusterExtension FLINK = LeasedJobs.cluster();

    private static EmbeddedKafka kafka;
    private static Admin admin;
    private static KafkaProducer<String, String> producer;

    private final String name = "offsets-" + UUID.randomUUID();
    private final TopicPartition leaving = new TopicPartition(name, 0);
    private final TopicPartition staying = new TopicPartition(name, 1);
    private final Map<TopicPartition, Integer> written = new HashMap<>();

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start();
        admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                kafka.bootstrapServers()));
        producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer());
    }

    @AfterAll
    static void close() {
        producer.close();
        admin.close();
        kafka.close();
    }

    /**
     * @param frozenInASavepoint where that is not said to be complete, and the next checkpoint is
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLastOneOfWhatLeavesIsWhereTheNextMemberBeginsAndThereIsNoneBehindIt(
            boolean frozenInASavepoint,
            @InjectMiniCluster MiniCluster flink,
            @TempDir Path savepoints)
            throws Exception {
        kafka.createTopic(name, 2);
        // A commit to a coordinator that is still loading fails, and a KafkaSource does not repeat
        // it before the next checkpoint. The admin client asks until the coordinator answers.
        assertThat(committed(leaving)).isEqualTo(-1);
        LeaseStore table = MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
        WatchedJob blue = WatchedJob.of(name, "blue");
        JobClient job = job();
        try {
            ScriptedRows.awaitSplitsOf(table, name, "blue", 2);
            write(leaving, MANY);
            write(staying, MANY);
            completeCheckpoint(flink, job);
            await(() -> committed(leaving) == MANY && committed(staying) == MANY);

            write(leaving, 1);
            ScriptedMember green =
                    new ScriptedMember(table, name, new Incarnation("green", "1")).joined();
            green.claiming(splitId(leaving));
            await(blue::anyAsked);
            if (frozenInASavepoint) {
                job.triggerSavepoint(savepoints.toString(), SavepointFormatType.CANONICAL).get();
                await(blue::anyFrozen);
                fillWhatNobodyReads(leaving);
                assertThat(green.lease(splitId(leaving)).ownerId()).contains("blue");
            }
            flink.triggerCheckpoint(job.getJobID(), CheckpointType.FULL).get();
            await(() -> green.lease(splitId(leaving)).ownerId().isEmpty());
            Progress at = taken(green);
            assertThat(offset(at)).isEqualTo(MANY + 1);
            await(() -> committed(leaving) == MANY + 1);

            commit(leaving, 7);
            for (int round = 0; round < 3; round++) {
                write(staying, MANY);
                int read = written.get(staying);
                completeCheckpoint(flink, job);
                await(() -> committed(staying) == read);
            }
            assertThat(committed(leaving)).isEqualTo(7);

            ScriptedMember.applied(green.release(green.lease(splitId(leaving)), Optional.of(at)));
            ScriptedRows.close(table, name, "green");
            ScriptedRows.awaitSplitsOf(table, name, "blue", 2);
            write(leaving, MANY);
            completeCheckpoint(flink, job);
            await(() -> committed(leaving) == written.get(leaving));
        } finally {
            job.cancel().get();
        }
    }

    /**
     * A fetcher that waits for records commits when one comes: it would take ten seconds to look up
     * by itself.
     */
    private void completeCheckpoint(MiniCluster flink, JobClient job) throws Exception {
        flink.triggerCheckpoint(job.getJobID(), CheckpointType.FULL).get();
        write(staying, 1);
    }

    private JobClient job() throws Exception {
        Configuration settings = LeasedJobs.settings(0);
        // Only those that a test takes.
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(1));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        LeasedSource<String, ?, ?> leased =
                LeasedSource.wrap(
                                KafkaSource.<String>builder()
                                        .setBootstrapServers(kafka.bootstrapServers())
                                        .setTopics(name)
                                        .setGroupId(name)
                                        .setStartingOffsets(OffsetsInitializer.earliest())
                                        .setValueOnlyDeserializer(new SimpleStringSchema())
                                        .build())
                        .group(name)
                        .memberId("blue")
                        .store(MemoryLeaseStore.named(name))
                        .terms(LeaseTerms.of(Duration.ofSeconds(2)))
                        .build();
        LeasedJobs.stream(env, new WatchedSource<>(leased), 1)
                .map(CommittedOffsetsITCase::seen)
                .returns(Types.STRING)
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
        return env.executeAsync();
    }

    private static String seen(String partition) {
        SEEN.computeIfAbsent(partition, none -> new AtomicInteger()).incrementAndGet();
        return partition;
    }

    /** And waits until the job has read it. */
    private void write(TopicPartition to, int records) {
        send(to, records);
        await(
                () ->
                        SEEN.containsKey(splitId(to))
                                && SEEN.get(splitId(to)).get() == written.get(to));
    }

    private void send(TopicPartition to, int records) {
        for (int i = 0; i < records; i++) {
            producer.send(new ProducerRecord<>(to.topic(), to.partition(), null, splitId(to)));
        }
        producer.flush();
        written.merge(to, records, Integer::sum);
    }

    /** So that the fetcher of a reader that stands still waits until somebody takes what it has. */
    private void fillWhatNobodyReads(TopicPartition frozen) {
        for (int batch = 0; batch < 5; batch++) {
            send(frozen, MANY);
            // Once the other fetcher has come round to this, so has that one.
            write(staying, 1);
        }
    }

    private Progress taken(ScriptedMember green) {
        Lease free = green.lease(splitId(leaving));
        return ScriptedMember.applied(
                        green.send(
                                new Acquire(
                                        name,
                                        green.self(),
                                        List.of(
                                                new Acquire.Wanted(
                                                        free.splitId(),
                                                        free.version(),
                                                        free.tenure() + 1)))))
                .get(0)
                .progress();
    }

    private static long offset(Progress at) throws Exception {
        return new KafkaPartitionSplitSerializer()
                .deserialize(at.serializerVersion(), at.bytes())
                .getStartingOffset();
    }

    private static String splitId(TopicPartition partition) {
        return partition.toString();
    }

    /** -1 if nothing was. */
    private long committed(TopicPartition partition) throws Exception {
        OffsetAndMetadata at =
                admin.listConsumerGroupOffsets(name)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(partition);
        return at == null ? -1 : at.offset();
    }

    private void commit(TopicPartition partition, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(name, Map.of(partition, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(SOON).until(condition);
    }
}
