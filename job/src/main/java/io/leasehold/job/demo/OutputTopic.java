package io.leasehold.job.demo;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads the output topic from its beginning. */
final class OutputTopic {

    private static final Duration POLL = Duration.ofMillis(200);

    /** What a reader gets to see. */
    enum Visible {
        /** Only what has been committed: what a careful consumer of the output has. */
        COMMITTED,
        /** Everything, also what may be given up later: what the jobs are doing right now. */
        EVERYTHING
    }

    private OutputTopic() {}

    /** A thread that hands every record to a function until it is closed. */
    static Tail follow(String bootstrapServers, Visible visible, Consumer<Delivered> sink) {
        return new Tail(consumer(bootstrapServers, visible), sink);
    }

    /**
     * Reads all that is there so far.
     *
     * @throws DemoFailedException if that takes longer than {@code within}
     */
    static List<Delivered> read(String bootstrapServers, Visible visible, Duration within) {
        List<Delivered> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, visible)) {
            // For a reader of committed records the end is where the first open transaction begins.
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), within);
            long deadline = System.nanoTime() + within.toNanos();
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey(), within) < end.getValue())) {
                if (System.nanoTime() - deadline > 0) {
                    throw new DemoFailedException(
                            "The output topic could not be read within " + within);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records.add(Delivered.of(record));
                }
            }
        }
        return records;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(
            String bootstrapServers, Visible visible) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                visible == Visible.COMMITTED
                                        ? "read_committed"
                                        : "read_uncommitted"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.assign(
                consumer.partitionsFor(DemoSettings.OUTPUT).stream()
                        .map(it -> new TopicPartition(it.topic(), it.partition()))
                        .toList());
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }

    /** A reader under way. The function is called from its thread. */
    static final class Tail implements AutoCloseable {

        private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Thread thread;

        private Tail(KafkaConsumer<byte[], byte[]> consumer, Consumer<Delivered> sink) {
            this.consumer = consumer;
            this.thread =
                    new Thread(
                            () -> {
                                try (consumer) {
                                    while (true) {
                                        consumer.poll(POLL)
                                                .forEach(it -> sink.accept(Delivered.of(it)));
                                    }
                                } catch (WakeupException e) {
                                    // That is how it is told to stop.
                                }
                            },
                            "output-tail");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            consumer.wakeup();
            try {
                thread.join(STOP_WITHIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
