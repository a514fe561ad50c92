package io.leasehold.job.bench.overhead;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A topic whose records are numbered from 0, in turn over its partitions: whoever has read it can
 * tell by count and sum of the numbers whether it was all of them, and each once.
 *
 * @param recordsPerPartition the same in each
 * @param bytes of a record's value, which begins with its number; there is no key
 */
public record NumberedTopic(String name, int partitions, int recordsPerPartition, int bytes) {

    private static final VarHandle NUMBER =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final Duration WITHIN = Duration.ofMinutes(10);

    public NumberedTopic {
        if (bytes < Long.BYTES) {
            throw new IllegalArgumentException(
                    "bytes is %d; it must be at least %d, for the number."
                            .formatted(bytes, Long.BYTES));
        }
    }

    public long records() {
        return (long) partitions * recordsPerPartition;
    }

    long sumOfNumbers() {
        return records() * (records() - 1) / 2;
    }

    /** The number of a record of any such topic. */
    static long number(byte[] value) {
        return (long) NUMBER.get(value, 0);
    }

    /** Writes the records into the topic, which is there and empty; stored when it returns. */
    public void fill(String bootstrapServers) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ProducerConfig.LINGER_MS_CONFIG,
                                "20",
                                ProducerConfig.BATCH_SIZE_CONFIG,
                                "65536",
                                // Where others keep the machine busy it takes long, and is well.
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                                String.valueOf(WITHIN.toMillis())),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (long number = 0; number < records() && failure.get() == null; number++) {
                producer.send(
                        new ProducerRecord<>(
                                name,
                                (int) (number % partitions),
                                null,
                                ByteBuffer.allocate(bytes).putLong(number).array()),
                        (stored, cause) -> {
                            if (cause != null) {
                                failure.set(cause);
                            }
                        });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException(
                    "A record of topic " + name + " could not be stored", failure.get());
        }
    }
}
