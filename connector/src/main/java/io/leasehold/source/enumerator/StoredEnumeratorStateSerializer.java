package io.leasehold.source.enumerator;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;

/**
 * Reads and writes as {@link LeasedEnumeratorStateSerializer} does, but throws nothing when it
 * reads: what goes wrong there is a value, and is thrown when the enumerator starts.
 */
public final class StoredEnumeratorStateSerializer<SplitT extends SourceSplit, InnerT>
        implements SimpleVersionedSerializer<StoredEnumeratorState<SplitT, InnerT>> {

    private final LeasedEnumeratorStateSerializer<SplitT, InnerT> readable;

    public StoredEnumeratorStateSerializer(
            SimpleVersionedSerializer<InnerT> innerState,
            SimpleVersionedSerializer<SplitT> innerSplit) {
        this.readable = new LeasedEnumeratorStateSerializer<>(innerState, innerSplit);
    }

    @Override
    public int getVersion() {
        return readable.getVersion();
    }

    /**
     * @throws IOException also for a state that could not be read: it must not replace the one that
     *     is stored
     */
    @Override
    public byte[] serialize(StoredEnumeratorState<SplitT, InnerT> state) throws IOException {
        LeasedEnumeratorState<SplitT, InnerT> known;
        try {
            known = state.orThrow();
        } catch (Throwable why) {
            throw new IOException("A state that cannot be read cannot be written.", why);
        }
        return readable.serialize(known);
    }

    @Override
    public StoredEnumeratorState<SplitT, InnerT> deserialize(int version, byte[] bytes) {
        try {
            return readable.deserialize(version, bytes);
        } catch (Throwable why) {
            return new UnreadableEnumeratorState<>(why);
        }
    }
}
