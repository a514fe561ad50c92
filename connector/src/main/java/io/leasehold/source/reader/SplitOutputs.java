package io.leasehold.source.reader;

import io.leasehold.source.split.LeasedSplit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The outputs of this reader's splits: by which ids Flink knows them, and which are to be released.
 *
 * <p>An output that is released is marked idle first, since it would hold the watermark back for
 * ever. The last one is released only when the reader holds no split at all: Flink takes a reader
 * without an active output for idle, and drops the last watermark of an idle one.
 *
 * <p>The output of a split that stands still stays until the split is dropped: its records may
 * still come, here if it is thawed, and must not be late then.
 *
 * <p>Outputs are released when there is no snapshot under way: a chained operator may have taken
 * its part of it already, and would emit what no checkpoint covers.
 *
 * <p>Task thread only.
 */
final class SplitOutputs {

    /** Of the splits that the wrapped reader has. */
    private final Map<String, String> flinkIds = new HashMap<>();

    /** Splits that the wrapped reader has, and has no use for the output of any more. */
    private final Set<String> unused = new HashSet<>();

    /** Of the splits that stand still. */
    private final Map<String, String> standing = new HashMap<>();

    /** Flink's ids of outputs that stay in use under another id, and are still to be created. */
    private final List<String> toCreate = new ArrayList<>();

    private final List<String> toRelease = new ArrayList<>();

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
    void resumes(LeasedSplit<?> split) {
        String flinkId = split.splitId() + "~" + ++thawed;
        flinkIds.put(split.leaseId(), flinkId);
        toCreate.add(flinkId);
        drop(split.leaseId());
    }

    /** The wrapped reader asks for the output of a split, under the id returned. */
    String uses(String splitId) {
        unused.remove(splitId);
        return flinkId(splitId);
    }

    /** The wrapped reader has no use for the output of a split any more. */
    void usesNoMore(String splitId) {
        if (flinkIds.containsKey(splitId)) {
            unused.add(splitId);
        }
    }

    /** The wrapped reader has come to the end of a split. */
    void ends(String splitId) {
        unused.remove(splitId);
        String flinkId = flinkIds.remove(splitId);
        if (flinkId != null) {
            toRelease.add(flinkId);
        }
    }

    /** The wrapped reader does not have the split any more, though it had not come to its end. */
    void stops(String splitId) {
        unused.remove(splitId);
        standing.put(splitId, flinkId(splitId));
        flinkIds.remove(splitId);
    }

    /** A split that stood still is not this reader's any more, or resumes. */
    void drop(String splitId) {
        String flinkId = standing.remove(splitId);
        if (flinkId != null) {
            toRelease.add(flinkId);
        }
    }

    /** The output that Flink knows by this id is not used any more. */
    void forget(String flinkId) {
        toRelease.add(flinkId);
    }

    /** Whether {@link #releaseIn} would do something. */
    boolean hasToRelease(boolean holdsNothing) {
        return !(toRelease.isEmpty() && unused.isEmpty())
                && (holdsNothing || flinkIds.size() > unused.size() || !standing.isEmpty());
    }

    /**
     * Releases what is not used any more; at every poll, so that it must cost nothing where there
     * is none.
     *
     * @param holdsNothing whether the reader may be idle
     */
    void releaseIn(GatedOutput<?> output, boolean holdsNothing) {
        if (hasToRelease(holdsNothing)) {
            Set.copyOf(unused).forEach(this::ends);
            // First, so that event time does not pass by a split that resumes.
            toCreate.forEach(output::create);
            toCreate.clear();
            toRelease.forEach(output::release);
            toRelease.clear();
        }
    }

    private String flinkId(String splitId) {
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
