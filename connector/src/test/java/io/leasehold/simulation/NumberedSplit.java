package io.leasehold.simulation;

import io.leasehold.lease.Progress;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

/** A simulated split as the enumerator that ships sees it: what Flink gives to its reader. */
record NumberedSplit(String splitId, long position) implements SourceSplit {

    static LeasedSplit<NumberedSplit> leased(String splitId, Held at, boolean finished) {
        return new LeasedSplit<>(
                new NumberedSplit(splitId, at.position()),
                at.epoch(),
                at.tenure(),
                finished,
                Optional.empty());
    }

    static Held held(LeasedSplit<NumberedSplit> split) {
        return new Held(split.inner().position(), split.tenure(), split.epoch());
    }

    /**
     * The position first, as {@link Positions#of} reads it, so that tables are told alike.
     *
     * @param canRead whether it can read what the table says of that split
     */
    record Serializer(Predicate<String> canRead)
            implements SimpleVersionedSerializer<NumberedSplit> {

        @Override
        public int getVersion() {
            return Positions.as(0, 0).serializerVersion();
        }

        @Override
        public byte[] serialize(NumberedSplit split) {
            Progress position = Positions.as(split.position(), 0);
            byte[] id = split.splitId().getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(position.bytes().length + id.length)
                    .put(position.bytes())
                    .put(id)
                    .array();
        }

        @Override
        public NumberedSplit deserialize(int version, byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            long position = buffer.getLong();
            String splitId = StandardCharsets.UTF_8.decode(buffer).toString();
            if (!canRead.test(splitId)) {
                throw new IOException("This job cannot read " + splitId + ".");
            }
            return new NumberedSplit(splitId, position);
        }
    }
}
