package io.leasehold.source;

import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseStoreFactory;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.SeverableStore;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two jobs in two Flink clusters share a Kafka topic through a lease table in PostgreSQL, and write
 * transactions. One of them is stopped hard: it says goodbye to nobody.
 */
@Timeout(300)
@SuppressWarnings("try") // One cluster is closed early, on purpose.
class TwoJobsITCase {

    private static final int PARTITIONS = 6;
    private static final String IN = "in";
    private static final String OUT = "out";
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(Duration.ofSeconds(3)).initialMembers(2).build();

    /** Longer than any checkpoint here takes, short enough to wait for when a job is gone. */
    private static final int TRANSACTION_MILLIS = 10_000;

    private final List<String> delivered = new ArrayList<>();

    @Test
    void everyRecordIsCommittedOnceWhileBothLiveAndNoneIsMissingWhenOneIsStoppedHard()
            throws Exception {
        LeaseStoreFactory store =
                JdbcLeaseStore.url(PostgresServer.newDatabase())
                        .user("postgres")
                        .password("postgres")
                        .createSchema(true);
        SeverableStore bluesWay = new SeverableStore(store);
        try (EmbeddedKafka kafka =
                        EmbeddedKafka.start(
                                Map.of(
                                        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                                        "1000"));
                MiniCluster blue = cluster();
                MiniCluster green = cluster();
                KafkaProducer<String, String> producer = producer(kafka);
                KafkaConsumer<String, String> output = committedOutput(kafka)) {
            kafka.createTopic(IN, PARTITIONS);
            kafka.createTopic(OUT, 1);
            output.assign(List.of(new TopicPartition(OUT, 0)));
            blue.submitJob(job(kafka, "blue", bluesWay)).get();
            green.submitJob(job(kafka, "green", store)).get();

            List<String> first = produce(producer, 0, 3_000);
            await(output, first);
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(first);
            assertThat(owners(store)).containsValues("blue", "green").hasSize(PARTITIONS);

            bluesWay.sever();
            blue.close();
            List<String> second = produce(producer, 3_000, 6_000);
            await(output, second);
            assertThat(delivered).containsAll(first).containsAll(second);
            assertThat(owners(store)).hasSize(PARTITIONS).containsOnlyKeys(splits());
            assertThat(owners(store).values()).containsOnly("green");
        }
    }

    private static MiniCluster cluster() throws Exception {
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(2)
                                .withRandomPorts()
                                .build());
        cluster.start();
        return cluster;
    }

    private static JobGraph job(EmbeddedKafka kafka, String memberId, LeaseStoreFactory store) {
        Configuration settings = LeasedJobs.settings(0);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(
                                KafkaSource.<String>builder()
                                        .setBootstrapServers(kafka.bootstrapServers())
                                        .setTopics(IN)
                                        .setStartingOffsets(OffsetsInitializer.earliest())
                                        .setValueOnlyDeserializer(new SimpleStringSchema())
                                        .build())
                        .group("orders")
                        .memberId(memberId)
                        .store(store)
                        .terms(TERMS)
                        .build();
        LeasedJobs.stream(env, source, 2)
                .sinkTo(
                        KafkaSink.<String>builder()
                                .setBootstrapServers(kafka.bootstrapServers())
                                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                                .setTransactionalIdPrefix("orders-" + memberId)
                                .setProperty(
                                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                        String.valueOf(TRANSACTION_MILLIS))
                                .setRecordSerializer(
                                        KafkaRecordSerializationSchema.<String>builder()
                                                .setTopic(OUT)
                                                .setValueSerializationSchema(
                                                        new SimpleStringSchema())
                                                .build())
                                .build())
                .setParallelism(2);
        return env.getStreamGraph().getJobGraph();
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> committedOutput(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static List<String> produce(KafkaProducer<String, String> producer, int from, int to) {
        List<String> records = IntStream.range(from, to).mapToObj(i -> "record-" + i).toList();
        for (int i = from; i < to; i++) {
            producer.send(new ProducerRecord<>(IN, i % PARTITIONS, null, records.get(i - from)));
        }
        producer.flush();
        return records;
    }

    private void await(KafkaConsumer<String, String> output, List<String> expected) {
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .until(
                        () -> {
                            output.poll(Duration.ofMillis(200))
                                    .forEach(record -> delivered.add(record.value()));
                            return delivered.containsAll(expected);
                        });
    }

    private static Map<String, String> owners(LeaseStoreFactory stores) throws Exception {
        Map<String, String> owners = new TreeMap<>();
        try (var store = stores.open(Duration.ofSeconds(5))) {
            ScriptedRows.applied(store.read(new LeaseRequest.Read("orders", 0)))
                    .leases()
                    .forEach(
                            lease ->
                                    lease.ownerId()
                                            .ifPresent(
                                                    owner -> owners.put(lease.splitId(), owner)));
        }
        return owners;
    }

    private static String[] splits() {
        return IntStream.range(0, PARTITIONS).mapToObj(i -> IN + "-" + i).toArray(String[]::new);
    }
}
