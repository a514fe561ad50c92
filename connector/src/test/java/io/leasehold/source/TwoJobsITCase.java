package io.leasehold.source;

import io.leasehold.lease.LeaseStore;
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
import java.util.function.Predicate;
import java.util.stream.IntStream;

import static java.util.Collections.frequency;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two jobs in two Flink clusters share a Kafka topic through a lease table in PostgreSQL, and write
 * transactions. One of them is stopped hard: it says goodbye to nobody.
 */
@Timeout(300)
@SuppressWarnings("try") // One cluster is closed early, on purpose.
class TwoJobsITCase {

    private static final int PARTITIONS = 6;
    private static final String GROUP = "orders";
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
        LeaseStoreFactory store = database();
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

    /** Promise S5: the same splits go from one job to the other and back, while both write. */
    @Test
    void splitsThatGoToAndFroUnderLoadAreCommittedOnceEach() throws Exception {
        LeaseStoreFactory store = database();
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                MiniCluster blue = cluster();
                MiniCluster green = cluster();
                KafkaProducer<String, String> producer = producer(kafka);
                KafkaConsumer<String, String> output = committedOutput(kafka);
                LeaseStore table = store.open(Duration.ofSeconds(5));
                SteadyLoad load = load(producer)) {
            output.assign(List.of(new TopicPartition(OUT, 0)));
            blue.submitJob(job(kafka, "blue", store)).get();
            green.submitJob(job(kafka, "green", store)).get();
            awaitOwners(table, owners -> owners.size() == PARTITIONS);
            for (String loser : List.of("blue", "green", "blue", "green", "blue")) {
                String winner = loser.equals("blue") ? "green" : "blue";
                ScriptedRows.weigh(table, GROUP, winner, 1);
                ScriptedRows.weigh(table, GROUP, loser, 0);
                awaitOwners(table, owners -> frequency(owners, winner) == PARTITIONS);
            }
            ScriptedRows.weigh(table, GROUP, "blue", 1);
            awaitOwners(table, owners -> frequency(owners, "blue") == PARTITIONS / 2);

            List<String> written = new ArrayList<>(load.end());
            // Each split once more, so that whatever was committed before shows too.
            written.addAll(produce(producer, 0, 10 * PARTITIONS));
            await(output, written);
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    private static LeaseStoreFactory database() {
        return JdbcLeaseStore.url(PostgresServer.newDatabase())
                .user("postgres")
                .password("postgres")
                .createSchema(true);
    }

    /** Some 1,500 records a second, in every partition. */
    private static SteadyLoad load(KafkaProducer<String, String> producer) {
        return new SteadyLoad(
                round -> {
                    List<String> written =
                            IntStream.range(0, 5 * PARTITIONS)
                                    .mapToObj(i -> "round-" + round + "-" + i)
                                    .toList();
                    for (int i = 0; i < written.size(); i++) {
                        producer.send(
                                new ProducerRecord<>(IN, i % PARTITIONS, null, written.get(i)));
                    }
                    producer.flush();
                    return written;
                });
    }

    private static void awaitOwners(LeaseStore table, Predicate<List<String>> expected) {
        Awaitility.await()
                .atMost(SOON)
                .until(
                        () ->
                                expected.test(
                                        List.copyOf(ScriptedRows.owners(table, GROUP).values())));
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
                        .group(GROUP)
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

    /** With the topics there. */
    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        kafka.createTopic(IN, PARTITIONS);
        kafka.createTopic(OUT, 1);
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
        try (var store = stores.open(Duration.ofSeconds(5))) {
            return ScriptedRows.owners(store, GROUP);
        }
    }

    private static String[] splits() {
        return IntStream.range(0, PARTITIONS).mapToObj(i -> IN + "-" + i).toArray(String[]::new);
    }
}
