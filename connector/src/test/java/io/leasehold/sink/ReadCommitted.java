package io.leasehold.sink;

import io.leasehold.testkit.EmbeddedKafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What readers of committed records see of a topic by now, up to the first open transaction. */
record ReadCommitted(EmbeddedKafka kafka, String topic, int partitions) {

    private static final Duration SOON = Duration.ofSeconds(30);

    List<String> values() {
        return values("read_committed");
    }

    private List<String> values(String isolation) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "isolation.level",
                                isolation),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            List<TopicPartition> all =
                    IntStream.range(0, partitions)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            List<String> values = new ArrayList<>();
            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () -> {
                                consumer.poll(Duration.ofMillis(50))
                                        .forEach(record -> values.add(record.value()));
                                return all.stream()
                                        .allMatch(one -> consumer.position(one) >= ends.get(one));
                            });
            return values;
        }
    }

    void awaitExactly(List<String> expected) {
        Awaitility.await()
                .atMost(SOON)
                .until(
                        () -> values().stream().sorted().toList(),
                        expected.stream().sorted().toList()::equals);
    }

    /** Waits until these are written, committed or not. */
    void awaitWritten(List<String> expected) {
        Awaitility.await()
                .atMost(SOON)
                .until(() -> values("read_uncommitted").containsAll(expected));
    }

    /** The open transactions whose names begin with that of the topic. */
    List<String> open() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTransactions().all().get().stream()
                    .filter(listed -> listed.state() == TransactionState.ONGOING)
                    .map(TransactionListing::transactionalId)
                    .filter(name -> name.startsWith(topic))
                    .toList();
        }
    }
}
