package io.leasehold.job;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One record of the queue on its way through the job.
 *
 * <p>A public record of plain fields, so that Flink serializes it field by field. Arrays are not
 * copied and not to be changed.
 *
 * @param split the split it came from, such as {@code orders-3}
 * @param offset its position there
 * @param timestampMillis of the Kafka record, in milliseconds since 1970; negative if it has none
 * @param id by which repeated records are known
 * @param hasKey whether the Kafka record has a key
 * @param keyBytes the key; empty if it has none
 * @param hasValue whether the Kafka record has a value; a tombstone has none
 * @param valueBytes the value; empty if it has none
 * @param count which record of its key this is, from 1, as this job has counted; 0 if not counted
 */
public record QueueRecord(
        String split,
        long offset,
        long timestampMillis,
        String id,
        boolean hasKey,
        byte[] keyBytes,
        boolean hasValue,
        byte[] valueBytes,
        long count) {

    /**
     * What the keyed step keys by: the Kafka key, and for records without one the id, so that they
     * spread. The first letter keeps the two apart.
     */
    public String groupingKey() {
        return hasKey ? "k" + new String(keyBytes, StandardCharsets.ISO_8859_1) : "i" + id;
    }

    public Optional<byte[]> key() {
        return hasKey ? Optional.of(keyBytes) : Optional.empty();
    }

    public Optional<byte[]> value() {
        return hasValue ? Optional.of(valueBytes) : Optional.empty();
    }

    /** The same record, counted. */
    public QueueRecord counted(long count) {
        return new QueueRecord(
                split, offset, timestampMillis, id, hasKey, keyBytes, hasValue, valueBytes, count);
    }

    @Override
    public String toString() {
        return "%s@%s id=%s %s"
                .formatted(
                        split,
                        offset,
                        id,
                        hasValue ? new String(valueBytes, StandardCharsets.UTF_8) : "(no value)");
    }
}
