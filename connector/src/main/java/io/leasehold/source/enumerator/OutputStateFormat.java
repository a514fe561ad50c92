package io.leasehold.source.enumerator;

import io.leasehold.lease.member.RestoredCheckpoint;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How an {@link OutputState} is written: whether there is one, and if so, the checkpoint, the
 * number of splits owned and the id and epoch of each, whether a checkpoint was decided before and
 * that one, the number of sinks and the id of each; ids in order. A checkpoint is the id of the
 * member, of the incarnation and of the line, and its own.
 */
final class OutputStateFormat {

    private OutputStateFormat() {}

    static void write(Optional<OutputState> state, DataOutput out) throws IOException {
        out.writeBoolean(state.isPresent());
        if (state.isEmpty()) {
            return;
        }
        RestoredCheckpoint taken = state.get().taken();
        write(taken.checkpoint(), out);
        out.writeInt(taken.owned().size());
        for (Map.Entry<String, Long> split : new TreeMap<>(taken.owned()).entrySet()) {
            out.writeUTF(split.getKey());
            out.writeLong(split.getValue());
        }
        out.writeBoolean(taken.lastDecided().isPresent());
        if (taken.lastDecided().isPresent()) {
            write(taken.lastDecided().get(), out);
        }
        out.writeInt(state.get().sinkIds().size());
        for (String sinkId : new TreeSet<>(state.get().sinkIds())) {
            out.writeUTF(sinkId);
        }
    }

    private static void write(DecidedCheckpoint checkpoint, DataOutput out) throws IOException {
        out.writeUTF(checkpoint.incarnation().memberId());
        out.writeUTF(checkpoint.incarnation().id());
        out.writeUTF(checkpoint.line().id());
        out.writeLong(checkpoint.checkpointId());
    }

    static Optional<OutputState> read(DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return Optional.empty();
        }
        DecidedCheckpoint checkpoint = checkpoint(in);
        Map<String, Long> owned = new HashMap<>();
        int splits = in.readInt();
        for (int i = 0; i < splits; i++) {
            owned.put(in.readUTF(), in.readLong());
        }
        Optional<DecidedCheckpoint> last =
                in.readBoolean() ? Optional.of(checkpoint(in)) : Optional.empty();
        Set<String> sinkIds = new TreeSet<>();
        int sinks = in.readInt();
        for (int i = 0; i < sinks; i++) {
            sinkIds.add(in.readUTF());
        }
        return Optional.of(
                new OutputState(new RestoredCheckpoint(checkpoint, owned, last), sinkIds));
    }

    private static DecidedCheckpoint checkpoint(DataInput in) throws IOException {
        return new DecidedCheckpoint(
                new Incarnation(in.readUTF(), in.readUTF()),
                new StateLine(in.readUTF()),
                in.readLong());
    }
}
