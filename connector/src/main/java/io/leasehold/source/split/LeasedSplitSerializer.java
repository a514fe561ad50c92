package io.leasehold.source.split;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

import java.io.IOException;
import java.util.Optional;

/**
 * Writes a {@link LeasedSplit} around the bytes of the wrapped source's own serializer.
 *
 * <p>It also reads what the wrapped source's own serializer wrote before the source was wrapped: a
 * split that was never read under a lease. See {@link StateVersion}.
 *
 * <p>Version 1 and 2: inner version (int), length and bytes of the inner split, epoch (long),
 * tenure (long), finished (boolean), whether and to whom it is granted (boolean, UTF). The grant is
 * for the way from the enumerator to the reader, which uses this serializer too; state has none.
 */
public final class LeasedSplitSerializer<SplitT extends SourceSplit>
        implements SimpleVersionedSerializer<LeasedSplit<SplitT>> {

    private final SimpleVersionedSerializer<SplitT> inner;

    public LeasedSplitSerializer(SimpleVersionedSerializer<SplitT> inner) {
        this.inner = inner;
    }

    @Override
    public int getVersion() {
        return StateVersion.CURRENT;
    }

    @Override
    public byte[] serialize(LeasedSplit<SplitT> split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(128);
        VersionedBytes.write(inner, split.inner(), out);
        out.writeLong(split.epoch());
        out.writeLong(split.tenure());
        out.writeBoolean(split.finished());
        out.writeBoolean(split.grantedTo().isPresent());
        if (split.grantedTo().isPresent()) {
            out.writeUTF(split.grantedTo().get());
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public LeasedSplit<SplitT> deserialize(int version, byte[] bytes) throws IOException {
        return StateVersion.read(
                "leased split", version, bytes, this::read, inner, LeasedSplit::fromBefore);
    }

    private LeasedSplit<SplitT> read(byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        SplitT split = VersionedBytes.read(inner, in);
        long epoch = in.readLong();
        long tenure = in.readLong();
        boolean finished = VersionedBytes.readBoolean(in);
        Optional<String> grantedTo =
                VersionedBytes.readBoolean(in) ? Optional.of(in.readUTF()) : Optional.empty();
        VersionedBytes.requireEnd("leased split", in);
        return new LeasedSplit<>(split, epoch, tenure, finished, grantedTo);
    }
}
