package io.leasehold.job.demo;

import io.leasehold.job.OutputHeaders;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes records numbered from 0 to the queue, one partition after the other, at a steady rate.
 *
 * <p>Record n goes to partition n modulo the number of splits, so how many each split has follows
 * from how many there are. Every method may be called from any thread.
 */
final class NumberedRecords implements AutoCloseable {

    private static final int TICKS_PER_SECOND = 100;
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);
    private static final int KEYS = 1000;

    private final KafkaProducer<String, String> producer;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "numbered-records");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final int rate;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicReference<Optional<Exception>> failure =
            new AtomicReference<>(Optional.empty());

    NumberedRecords(String bootstrapServers, int rate) {
        this.rate = rate;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ProducerConfig.ACKS_CONFIG,
                                "all",
                                ProducerConfig.LINGER_MS_CONFIG,
                                "5"),
                        new StringSerializer(),
                        new StringSerializer());
    }

    void start() {
        clock.scheduleAtFixedRate(
                this::tick, 0, 1_000_000 / TICKS_PER_SECOND, TimeUnit.MICROSECONDS);
    }

    /** How many records have been sent, the last of them perhaps not yet stored. */
    long sent() {
        return sent.get();
    }

    /** How many of the first {@code total} records are in a split. */
    static long inSplit(long total, int split) {
        return total / DemoSettings.SPLITS + (split < total % DemoSettings.SPLITS ? 1 : 0);
    }

    /**
     * Stops, and waits until everything sent is stored, at most a minute.
     *
     * @return how many records there are
     * @throws DemoFailedException if one could not be stored: there is nothing to audit then
     */
    long stop() throws InterruptedException {
        clock.shutdown();
        boolean idle = clock.awaitTermination(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        producer.close(STOP_WITHIN);
        failure.get()
                .ifPresent(
                        cause -> {
                            throw new DemoFailedException(
                                    "A generated record could not be stored: " + cause, cause);
                        });
        if (!idle) {
            throw new DemoFailedException("The generator did not stop within " + STOP_WITHIN);
        }
        return sent.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        producer.close(Duration.ZERO);
    }

    private void tick() {
        long due = ticks.incrementAndGet() * rate / TICKS_PER_SECOND;
        while (sent.get() < due && failure.get().isEmpty() && !clock.isShutdown()) {
            send(sent.get());
            sent.incrementAndGet();
        }
    }

    private void send(long number) {
        ProducerRecord<String, String> record =
                new ProducerRecord<>(
                        DemoSettings.QUEUE,
                        (int) (number % DemoSettings.SPLITS),
                        "customer-" + number % KEYS,
                        "order " + number);
        record.headers()
                .add(
                        OutputHeaders.RECORD_ID,
                        Long.toString(number).getBytes(StandardCharsets.UTF_8));
        producer.send(
                record,
                (stored, cause) -> {
                    if (cause != null) {
                        failure.set(Optional.of(cause));
                    }
                });
    }
}
