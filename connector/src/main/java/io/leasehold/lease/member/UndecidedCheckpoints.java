package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The completed checkpoints of one incarnation that are not in a request yet. One decision covers
 * all of them.
 *
 * <pre>
 * state      what happens                                  next
 * ---------  --------------------------------------------  ------------------------------------
 * (none)     a checkpoint is complete                      Collecting
 * Collecting a later one is complete                       Collecting, for the later one, with
 *                                                          the splits of both
 * Collecting its output is known                           Collected
 * Collected  a later one is complete                       Collecting, as above
 * Collected  it is put into a request                      (none)
 * any        the output of an earlier checkpoint is known  unchanged: the later one's has it too
 * </pre>
 */
final class UndecidedCheckpoints {

    /**
     * A completed checkpoint with all that its decision says.
     *
     * @param splits the splits whose records may be in its output
     * @param output by the id of the sink
     */
    record Collected(
            DecidedCheckpoint checkpoint, List<DecidedSplit> splits, Map<String, byte[]> output) {}

    private Optional<DecidedCheckpoint> last = Optional.empty();
    private final Map<String, DecidedSplit> splits = new LinkedHashMap<>();
    private Optional<Map<String, byte[]>> output = Optional.empty();

    boolean isEmpty() {
        return last.isEmpty();
    }

    void completed(DecidedCheckpoint checkpoint, Collection<DecidedSplit> asOfThen) {
        last = Optional.of(checkpoint);
        output = Optional.empty();
        for (DecidedSplit split : asOfThen) {
            splits.merge(split.splitId(), split, UndecidedCheckpoints::later);
        }
    }

    /** What was released or finished in an epoch stays so. */
    private static DecidedSplit later(DecidedSplit before, DecidedSplit now) {
        return before.then() != Then.OWNED && before.epoch() == now.epoch() ? before : now;
    }

    /** The sinks have prepared this for checkpoints up to that one. */
    void prepared(long checkpointId, Map<String, byte[]> prepared) {
        if (last().equals(OptionalLong.of(checkpointId))) {
            output = Optional.of(prepared);
        }
    }

    /** The latest of them. */
    OptionalLong last() {
        return last.map(checkpoint -> OptionalLong.of(checkpoint.checkpointId()))
                .orElse(OptionalLong.empty());
    }

    /** Takes out what can be decided now. */
    Optional<Collected> next() {
        if (last.isEmpty() || output.isEmpty()) {
            return Optional.empty();
        }
        Collected next = new Collected(last.get(), List.copyOf(splits.values()), output.get());
        clear();
        return Optional.of(next);
    }

    void clear() {
        last = Optional.empty();
        splits.clear();
        output = Optional.empty();
    }
}
