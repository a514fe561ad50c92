package io.leasehold.testkit;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Timeout(180)
class EmbeddedKafkaITCase {

    @Test
    void committedRecordsAreReadBackAndAbortedOnesAreNot() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            kafka.createTopic("orders", 8);
            try (var producer = producer(kafka)) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("orders", 7, "k", "aborted"));
                producer.flush();
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("orders", 7, "k", "committed"));
                producer.commitTransaction();
            }
            try (var consumer = consumer(kafka)) {
                assertThat(consumer.partitionsFor("orders")).hasSize(8);
                consumer.assign(List.of(new TopicPartition("orders", 7)));
                consumer.seekToBeginning(consumer.assignment());
                List<String> read = new ArrayList<>();
                await().atMost(Duration.ofSeconds(30))
                        .until(
                                () -> {
                                    consumer.poll(Duration.ofMillis(200))
                                            .forEach(record -> read.add(record.value()));
                                    return !read.isEmpty();
                                });
                assertThat(read).containsExactly("committed");
            }
        }
    }

    @Test
    void twoBrokersLiveSideBySide() {
        try (EmbeddedKafka one = EmbeddedKafka.start();
                EmbeddedKafka other = EmbeddedKafka.start()) {
            assertThat(one.bootstrapServers()).isNotEqualTo(other.bootstrapServers());
            one.createTopic("orders", 1);
            other.createTopic("orders", 1);
        }
    }

    @Test
    void wrongSettingIsThrownAndDoesNotEndTheJvm() {
        assertThatThrownBy(() -> EmbeddedKafka.start(Map.of("num.network.threads", "0")))
                .isInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("num.network.threads");
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "test"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "isolation.level",
                        "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }
}
