package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;
import io.leasehold.source.split.LeasedSplitSerializer;
import io.leasehold.source.split.StateVersion;
import io.leasehold.source.split.VersionedBytes;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes a {@link LeasedEnumeratorState} around the bytes of the wrapped source's own serializers.
 *
 * <p>It also reads what the wrapped source's own serializer wrote before the source was wrapped.
 *
 * <p>Version 1 and 2: the inner state, the number of withheld splits and each, the number of
 * discovered splits and each; every one with the version and the length of its bytes. Version 3
 * adds whether it is known what was found, and if so, the number of splits found and the id of
 * each, in order. Version 4 adds what {@link OutputStateFormat} says.
 */
public final class LeasedEnumeratorStateSerializer<SplitT extends SourceSplit, InnerT>
        implements SimpleVersionedSerializer<LeasedEnumeratorState<SplitT, InnerT>> {

    private final SimpleVersionedSerializer<InnerT> innerState;
    private final SimpleVersionedSerializer<SplitT> innerSplit;
    private final LeasedSplitSerializer<SplitT> leasedSplit;

    public LeasedEnumeratorStateSerializer(
            SimpleVersionedSerializer<InnerT> innerState,
            SimpleVersionedSerializer<SplitT> innerSplit) {
        this.innerState = innerState;
        this.innerSplit = innerSplit;
        this.leasedSplit = new LeasedSplitSerializer<>(innerSplit);
    }

    @Override
    public int getVersion() {
        return StateVersion.CURRENT;
    }

    @Override
    public byte[] serialize(LeasedEnumeratorState<SplitT, InnerT> state) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        VersionedBytes.write(innerState, state.inner(), out);
        writeAll(leasedSplit, state.withheld(), out);
        writeAll(innerSplit, state.discovered(), out);
        writeFound(state.found(), out);
        OutputStateFormat.write(state.output(), out);
        return out.getCopyOfBuffer();
    }

    @Override
    public LeasedEnumeratorState<SplitT, InnerT> deserialize(int version, byte[] bytes)
            throws IOException {
        return StateVersion.read(
                "leased enumerator's state",
                version,
                bytes,
                all -> read(version, all),
                innerState,
                inner ->
                        new LeasedEnumeratorState<>(inner, List.of(), List.of(), Optional.empty()));
    }

    private LeasedEnumeratorState<SplitT, InnerT> read(int version, byte[] bytes)
            throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        InnerT inner = VersionedBytes.read(innerState, in);
        List<LeasedSplit<SplitT>> withheld = readAll(leasedSplit, in);
        List<SplitT> discovered = readAll(innerSplit, in);
        Optional<Set<String>> found =
                StateVersion.tellsWhatWasFound(version) ? readFound(in) : Optional.empty();
        Optional<OutputState> output =
                StateVersion.tellsOfOutput(version) ? OutputStateFormat.read(in) : Optional.empty();
        VersionedBytes.requireEnd("leased enumerator's state", in);
        return new LeasedEnumeratorState<>(inner, withheld, discovered, found, output);
    }

    private static void writeFound(Optional<Set<String>> found, DataOutputSerializer out)
            throws IOException {
        out.writeBoolean(found.isPresent());
        if (found.isPresent()) {
            out.writeInt(found.get().size());
            for (String splitId : new TreeSet<>(found.get())) {
                out.writeUTF(splitId);
            }
        }
    }

    private static Optional<Set<String>> readFound(DataInputDeserializer in) throws IOException {
        if (!in.readBoolean()) {
            return Optional.empty();
        }
        int size = in.readInt();
        Set<String> found = new HashSet<>();
        for (int i = 0; i < size; i++) {
            found.add(in.readUTF());
        }
        return Optional.of(found);
    }

    private static <X> void writeAll(
            SimpleVersionedSerializer<X> serializer, List<X> values, DataOutputSerializer out)
            throws IOException {
        out.writeInt(values.size());
        for (X value : values) {
            VersionedBytes.write(serializer, value, out);
        }
    }

    private static <X> List<X> readAll(
            SimpleVersionedSerializer<X> serializer, DataInputDeserializer in) throws IOException {
        int size = in.readInt();
        List<X> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add(VersionedBytes.read(serializer, in));
        }
        return values;
    }
}
