package io.leasehold.source.reader;

import io.leasehold.source.split.LeasedSplit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * By which ids Flink knows the splits that the wrapped reader has, and which outputs it is to give
 * up.
 *
 * <p>Outputs are given up when there is no snapshot under way: one may be chained that has taken
 * its part of it already, and would emit what no checkpoint knows of.
 *
 * <p>Task thread only.
 */
final class SplitOutputs {

    private final Map<String, String> flinkIds = new HashMap<>();
    private final List<String> toGiveUp = new ArrayList<>();

    /** How many splits have gone on in the epoch in which they stood still. */
    private int thawed;

    /** The wrapped reader is given a split. */
    void begins(LeasedSplit<?> split) {
        flinkIds.put(split.leaseId(), split.splitId());
    }

    /**
     * The wrapped reader is given a split once more in the same epoch: what Flink kept for it under
     * its former id, such as that it is paused, does not stick.
     */
    void goesOn(LeasedSplit<?> split) {
        flinkIds.put(split.leaseId(), split.splitId() + "~" + ++thawed);
    }

    /** The wrapped reader has come to the end of a split, and has given up its output. */
    void ends(String splitId) {
        flinkIds.remove(splitId);
    }

    /** The wrapped reader does not have the split any more, though it had not come to its end. */
    void stops(String splitId) {
        giveUp(flinkId(splitId));
        flinkIds.remove(splitId);
    }

    /** The output that Flink knows by this id is not used any more. */
    void giveUp(String flinkId) {
        toGiveUp.add(flinkId);
    }

    /** Gives them up; at every poll, so that it must cost nothing where there are none. */
    void giveUpIn(GatedOutput<?> output) {
        if (!toGiveUp.isEmpty()) {
            toGiveUp.forEach(output::release);
            toGiveUp.clear();
        }
    }

    String flinkId(String splitId) {
        return flinkIds.getOrDefault(splitId, splitId);
    }

    /**
     * The splits that Flink knows by these ids. One that is gone, or came back under another id, is
     * not among them.
     */
    List<String> splitIds(Collection<String> ids) {
        return flinkIds.entrySet().stream()
                .filter(known -> ids.contains(known.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
