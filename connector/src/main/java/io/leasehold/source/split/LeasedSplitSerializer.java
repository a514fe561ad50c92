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
 * <p>Version 1: inner version (int), length and bytes of the inner split, epoch (long), tenure
 * (long), finished (boolean), whether and to whom it is granted (boolean, UTF). The grant is for
 * the way from the enumerator to the reader, which uses this serializer too; state has none.
 */
public final class LeasedSplitSerializer<SplitT extends SourceSplit>
        implements SimpleVersionedSerializer<LeasedSplit<SplitT>> {

    private static final int VERSION = 1;

    private final SimpleVersionedSerializer<SplitT> inner;

    public LeasedSplitSerializer(SimpleVersionedSerializer<SplitT> inner) {
        this.inner = inner;
    }

    @Override
    public int getVersion() {
        return VERSION;
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
        VersionedBytes.require("leased split", version, VERSION);
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        SplitT split = VersionedBytes.read(inner, in);
        long epoch = in.readLong();
        long tenure = in.readLong();
        boolean finished = in.readBoolean();
        Optional<String> grantedTo =
                in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
        VersionedBytes.requireEnd("leased split", in);
        return new LeasedSplit<>(split, epoch, tenure, finished, grantedTo);
    }
}
