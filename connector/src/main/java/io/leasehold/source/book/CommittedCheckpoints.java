package io.leasehold.source.book;

import java.util.TreeMap;

/**
 * Which completed checkpoints the sinks of a job have surely committed.
 *
 * <p>Sinks are told to commit a checkpoint when it is complete, and before the barrier of one that
 * begins after that. So what belongs to a checkpoint is surely committed when one is complete that
 * began after it was: where checkpoints overlap that need not be the next one.
 */
final class CommittedCheckpoints {

    private static final long NONE = Long.MIN_VALUE;

    private final int mostUnderWay;

    /** By checkpoint that began and is not over, the last one that was complete then. */
    private final TreeMap<Long, Long> completeBefore = new TreeMap<>();

    private long lastComplete = NONE;
    private long committed = NONE;

    /**
     * @param mostUnderWay how many checkpoints may be under way
     */
    CommittedCheckpoints(int mostUnderWay) {
        this.mostUnderWay = mostUnderWay;
    }

    /** A checkpoint begins: sinks have been told of those that are complete before its barrier. */
    void begun(long checkpointId) {
        completeBefore.put(checkpointId, lastComplete);
        if (completeBefore.size() > mostUnderWay) {
            completeBefore.pollFirstEntry();
        }
    }

    void completed(long checkpointId) {
        committed = Math.max(committed, completeBefore.getOrDefault(checkpointId, NONE));
        completeBefore.headMap(checkpointId, true).clear();
        lastComplete = Math.max(lastComplete, checkpointId);
    }

    /** The newest one of which everything is surely committed; very small if there is none. */
    long last() {
        return committed;
    }
}
