package io.leasehold.job.chaos.kit;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** Writes records to all splits of the queue in turn, at a steady rate. */
public final class Load implements AutoCloseable {

    private static final int TICKS_PER_SECOND = 200;
    private static final Duration STOP_WITHIN = Duration.ofSeconds(150);
    private static final byte[] VALUE = new byte[100];

    private final String bootstrapServers;
    private final String topic;
    private final int splits;
    private final int rate;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "load");
                        thread.setDaemon(true);
                        return thread;
                    });
    private long sent;
    private long ticks;

    /**
     * @param rate records per second, over all splits
     */
    public Load(String bootstrapServers, String topic, int splits, int rate) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.splits = splits;
        this.rate = rate;
        producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ProducerConfig.ACKS_CONFIG,
                                "all"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        clock.scheduleAtFixedRate(
                this::tick, 0, 1_000_000 / TICKS_PER_SECOND, TimeUnit.MICROSECONDS);
    }

    private void tick() {
        ticks++;
        for (long due = ticks * rate / TICKS_PER_SECOND; sent < due; sent++) {
            producer.send(
                    new ProducerRecord<>(topic, (int) (sent % splits), null, VALUE),
                    (stored, cause) -> {
                        if (cause != null) {
                            failure.set(cause);
                        }
                    });
        }
    }

    /**
     * Stops, and waits until everything sent is stored.
     *
     * @return how many records each split has
     */
    public Map<String, Long> stop() {
        clock.shutdown();
        try {
            if (!clock.awaitTermination(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new ChaosException("The load did not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("Interrupted", e);
        }
        producer.close(STOP_WITHIN);
        if (failure.get() != null) {
            throw new ChaosException("A record of the load could not be stored", failure.get());
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrapServers),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    IntStream.range(0, splits)
                            .mapToObj(it -> new TopicPartition(topic, it))
                            .toList();
            Map<String, Long> produced = new TreeMap<>();
            consumer.endOffsets(partitions, Duration.ofSeconds(60))
                    .forEach(
                            (partition, end) ->
                                    produced.put(topic + "-" + partition.partition(), end));
            return produced;
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        producer.close(Duration.ZERO);
    }
}
