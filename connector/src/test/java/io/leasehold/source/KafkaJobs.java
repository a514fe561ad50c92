package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.sink.LeasedSink;
import io.leasehold.sink.kafka.CheckedKafkaSink;
import io.leasehold.sink.kafka.KafkaOutput;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.PostgresServer;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.sink2.Sink;
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
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What the tests of two jobs over Kafka and PostgreSQL run: each job in a cluster of its own, with
 * transactions of its own.
 */
final class KafkaJobs {

    static final int PARTITIONS = 6;
    static final String GROUP = "orders";
    static final String IN = "in";
    static final String OUT = "out";

    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(Duration.ofSeconds(3)).initialMembers(2).build();

    private KafkaJobs() {}

    static LeaseStoreFactory database() {
        return JdbcLeaseStore.url(PostgresServer.newDatabase())
                .user("postgres")
                .password("postgres")
                .createSchema(true);
    }

    /** Some 1,500 records a second, in every partition. */
    static SteadyLoad load(KafkaProducer<String, String> producer) {
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

    static MiniCluster cluster() throws Exception {
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

    /**
     * @param transactions how long a transaction may be open: what a job that is gone left behind
     *     holds up the output's readers for so long
     */
    static JobGraph job(
            EmbeddedKafka kafka, String memberId, LeaseStoreFactory store, Duration transactions) {
        return job(
                source(kafka, memberId, store).build(),
                source -> CheckedKafkaSink.of(sink(kafka, "orders-" + memberId, transactions)));
    }

    /** The same with output that the lease table decides. */
    static JobGraph decidedJob(
            EmbeddedKafka kafka, String memberId, LeaseStoreFactory store, Duration transactions) {
        return job(
                source(kafka, memberId, store).output(OutputCommits.DECIDED).build(),
                source ->
                        LeasedSink.of(source, KafkaOutput.of(sink(kafka, "orders", transactions))));
    }

    private static JobGraph job(
            LeasedSource<String, ?, ?> source,
            Function<LeasedSource<String, ?, ?>, Sink<String>> sink) {
        Configuration settings = LeasedJobs.settings(0);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        LeasedJobs.stream(env, source, 2).sinkTo(sink.apply(source)).setParallelism(2);
        return env.getStreamGraph().getJobGraph();
    }

    private static LeasedSourceBuilder<String, ?, ?> source(
            EmbeddedKafka kafka, String memberId, LeaseStoreFactory store) {
        return LeasedSource.wrap(
                        KafkaSource.<String>builder()
                                .setBootstrapServers(kafka.bootstrapServers())
                                .setTopics(IN)
                                .setStartingOffsets(OffsetsInitializer.earliest())
                                .setValueOnlyDeserializer(new SimpleStringSchema())
                                .build())
                .group(GROUP)
                .memberId(memberId)
                .store(store)
                .terms(TERMS);
    }

    private static KafkaSink<String> sink(
            EmbeddedKafka kafka, String prefix, Duration transactions) {
        return KafkaSink.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(prefix)
                .setProperty(
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        String.valueOf(transactions.toMillis()))
                .setRecordSerializer(
                        KafkaRecordSerializationSchema.<String>builder()
                                .setTopic(OUT)
                                .setValueSerializationSchema(new SimpleStringSchema())
                                .build())
                .build();
    }

    /** With the topics there. */
    static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        kafka.createTopic(IN, PARTITIONS);
        kafka.createTopic(OUT, 1);
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer());
    }

    static KafkaConsumer<String, String> committedOutput(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    static List<String> produce(KafkaProducer<String, String> producer, int from, int to) {
        List<String> records = IntStream.range(from, to).mapToObj(i -> "record-" + i).toList();
        for (int i = from; i < to; i++) {
            producer.send(new ProducerRecord<>(IN, i % PARTITIONS, null, records.get(i - from)));
        }
        producer.flush();
        return records;
    }
}
