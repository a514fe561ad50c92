package io.leasehold.testkit.queue;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A split of a {@link MemoryQueue}.
 *
 * @param position index of the next record
 * @param end index behind the last record to read; {@link Integer#MAX_VALUE} in an unbounded read
 */
public record MemoryQueueSplit(String splitId, int position, int end) implements SourceSplit {

    MemoryQueueSplit at(int position) {
        return new MemoryQueueSplit(splitId, position, end);
    }

    /** Text, so that a test can read what is in the lease table. */
    public static final class Serializer implements SimpleVersionedSerializer<MemoryQueueSplit> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(MemoryQueueSplit split) {
            return (split.position() + " " + split.end() + " " + split.splitId())
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public MemoryQueueSplit deserialize(int version, byte[] bytes) throws IOException {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", 3);
            if (version != 1 || parts.length != 3) {
                throw new IOException("Not a split of a memory queue.");
            }
            return new MemoryQueueSplit(
                    parts[2], Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }
}
