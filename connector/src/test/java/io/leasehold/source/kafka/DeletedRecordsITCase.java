package io.leasehold.source.kafka;

import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

/** A real reader of a real topic that has deleted what the reader comes for. */
@Timeout(120)
@SuppressWarnings("try") // What a reader's close may throw is Flink's to declare.
class DeletedRecordsITCase {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong deleted = new AtomicLong();

    @Test
    void recordsThatAreGoneBeforeAReaderComesAreCountedAndItGoesOnBehindThem() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Admin admin = admin(kafka)) {
            kafka.createTopic("orders", 1);
            produce(kafka, 100);
            delete(admin, 60);
            // Its own reset is to the end, so that it would read none of the others.
            try (SourceReader<String, KafkaPartitionSplit> reader =
                    reader(kafka, OffsetsInitializer.latest())) {
                TestingReaderOutput<String> output = new TestingReaderOutput<>();
                reader.start();
                reader.addSplits(List.of(new KafkaPartitionSplit(PARTITION, 10)));
                Awaitility.await()
                        .atMost(SOON)
                        .pollInSameThread()
                        .until(
                                () -> {
                                    reader.pollNext(output);
                                    return output.getEmittedRecords().size() >= 40
                                            && deleted.get() > 0;
                                });

                assertThat(deleted).hasValue(50);
                assertThat(output.getEmittedRecords()).hasSize(40).startsWith("60");
            }
        }
    }

    /** Nobody polls it: it stands where it stood while the topic goes on. */
    @Test
    void recordsThatAreDeletedUnderAReaderThatIsHeldUpAreCountedAtACheckpoint() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                Admin admin = admin(kafka)) {
            kafka.createTopic("orders", 1);
            produce(kafka, 100);
            try (SourceReader<String, KafkaPartitionSplit> reader =
                    reader(kafka, OffsetsInitializer.earliest())) {
                reader.start();
                reader.addSplits(List.of(new KafkaPartitionSplit(PARTITION, 10)));
                reader.snapshotState(1);
                delete(admin, 30);
                now.addAndGet(Duration.ofMinutes(1).toNanos());
                reader.snapshotState(2);

                Awaitility.await().atMost(SOON).until(() -> deleted.get() == 20);
            }
        }
    }

    private SourceReader<String, KafkaPartitionSplit> reader(
            EmbeddedKafka kafka, OffsetsInitializer start) throws Exception {
        KafkaSource<String> source =
                (KafkaSource<String>)
                        KafkaStart.concrete(
                                KafkaSource.<String>builder()
                                        .setBootstrapServers(kafka.bootstrapServers())
                                        .setTopics("orders")
                                        .setStartingOffsets(start)
                                        .setValueOnlyDeserializer(new SimpleStringSchema())
                                        .build());
        return KafkaReaders.watched(
                source.createReader(new TestingReaderContext()),
                source,
                now::get,
                deleted::addAndGet);
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    private static void delete(Admin admin, long before) throws Exception {
        admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(before))).all().get();
    }

    private static void produce(EmbeddedKafka kafka, int records) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>("orders", String.valueOf(i)));
            }
        }
    }
}
