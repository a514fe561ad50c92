package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a careful consumer of the output has got so far: records of committed transactions alone.
 * Not safe for use by several threads.
 */
public final class CommittedRecords implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, BitSet> seen = new HashMap<>();
    private final Map<String, Integer> copies = new TreeMap<>();
    private long records;

    public CommittedRecords(String bootstrapServers, String topic) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.assign(
                consumer.partitionsFor(topic).stream()
                        .map(it -> new TopicPartition(it.topic(), it.partition()))
                        .toList());
        consumer.seekToBeginning(consumer.assignment());
    }

    /** Reads on, for a moment. */
    public void look() {
        consumer.poll(POLL)
                .forEach(
                        record ->
                                add(
                                        Emission.parse(
                                                new String(
                                                        record.value(),
                                                        StandardCharsets.US_ASCII))));
    }

    private void add(Emission emission) {
        records++;
        BitSet offsets = seen.computeIfAbsent(emission.split(), none -> new BitSet());
        int offset = Math.toIntExact(emission.offset());
        if (offsets.get(offset)) {
            copies.merge(emission.split(), 1, Integer::sum);
        }
        offsets.set(offset);
    }

    /** How many there are, copies among them. */
    public long records() {
        return records;
    }

    /** How many are there for a second time or more, by split; splits without are not named. */
    public Map<String, Integer> copies() {
        return Map.copyOf(copies);
    }

    /**
     * How many of the queue's records are not there.
     *
     * @param produced how many each split has, from 0 on
     */
    public long missing(Map<String, Long> produced) {
        return produced.entrySet().stream()
                .mapToLong(
                        split -> {
                            BitSet offsets = seen.getOrDefault(split.getKey(), new BitSet());
                            return split.getValue()
                                    - offsets.get(0, Math.toIntExact(split.getValue()))
                                            .cardinality();
                        })
                .sum();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
