package io.leasehold.job;

import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The whole job against a real broker. */
@Timeout(180)
class LeasedQueueJobITCase {

    private static final int SPLITS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @TempDir private Path folder;

    @Test
    void eachRecordIsCommittedOnceWithWhoEmittedItThoughProducersRepeatThemselves()
            throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                KafkaProducer<String, String> producer = producer(kafka)) {
            kafka.createTopic("orders", SPLITS);
            kafka.createTopic("done", 1);
            for (int id = 0; id < 200; id++) {
                send(producer, id);
                send(producer, id);
            }
            producer.flush();

            var environment = StreamExecutionEnvironment.getExecutionEnvironment();
            LeasedQueueJob.build(environment, settings(kafka));
            var job = environment.executeAsync();
            try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
                List<ConsumerRecord<String, String>> committed = new ArrayList<>();
                await().atMost(PATIENCE)
                        .until(
                                () -> {
                                    consumer.poll(Duration.ofMillis(200)).forEach(committed::add);
                                    return committed.size() >= 200;
                                });
                assertThat(committed)
                        .extracting(record -> header(record, OutputHeaders.RECORD_ID))
                        .hasSize(200)
                        .doesNotHaveDuplicates();
                assertThat(committed)
                        .extracting(record -> header(record, OutputHeaders.MEMBER))
                        .containsOnly("blue");
                assertThat(committed)
                        .extracting(record -> header(record, OutputHeaders.SPLIT))
                        .containsOnly("orders-0", "orders-1", "orders-2", "orders-3");
            } finally {
                job.cancel().get(30, TimeUnit.SECONDS);
            }
        }
    }

    private JobSettings settings(EmbeddedKafka kafka) {
        return JobSettings.of(
                GivenOptions.fromArguments(
                        List.of(
                                "--kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                                "--kafka.topics=orders",
                                "--lease.group=shop",
                                "--lease.member.id=blue",
                                "--lease.url=memory:leased-queue-job",
                                "--sink.topic=done",
                                "--checkpoint.interval=500 ms",
                                "--checkpoint.dir=" + folder.toUri(),
                                "--restart.strategy=none",
                                "--job.parallelism=2")));
    }

    private static void send(KafkaProducer<String, String> producer, int id) {
        ProducerRecord<String, String> record =
                new ProducerRecord<>("orders", id % SPLITS, "customer-" + id % 10, "order " + id);
        record.headers().add("record-id", Integer.toString(id).getBytes(StandardCharsets.UTF_8));
        producer.send(record);
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return OutputHeaders.text(record.headers(), name).orElseThrow();
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedKafka kafka) {
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "isolation.level",
                                "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer());
        consumer.assign(List.of(new TopicPartition("done", 0)));
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }
}
