package io.leasehold.source.reader;

import org.apache.flink.api.common.eventtime.WatermarkOutput;

import java.util.Optional;

/**
 * Whether a reader without splits is marked idle in Flink, so that it does not hold the watermark
 * back.
 *
 * <p>Flink drops the last watermark of an idle source, with which windows are closed: at the end of
 * the input, and when a savepoint drains the job, which no reader is told of beforehand. So the
 * mark is taken back at the end, and while a barrier is ahead.
 *
 * <p>Task thread only.
 */
final class IdleMark {

    private static final long NONE = Long.MIN_VALUE;

    private boolean marked;

    /** Whether it was marked when the mark was taken back for a barrier. */
    private boolean wasMarked;

    /** The last checkpoint whose barrier is ahead. */
    private long ahead = NONE;

    /** Whether the mark was taken back for a barrier that is not ahead any more. */
    private boolean barrierOver;

    /**
     * The reader is to take part in this checkpoint, or is drained with it.
     *
     * @param output if it was polled before
     */
    void barrierAhead(long checkpointId, Optional<? extends WatermarkOutput> output) {
        ahead = Math.max(ahead, checkpointId);
        barrierOver = false;
        wasMarked |= marked;
        marked = false;
        output.ifPresent(WatermarkOutput::markActive);
    }

    /** The barrier has come, or never will. */
    void barrierOver(long checkpointId) {
        if (ahead != NONE && checkpointId >= ahead) {
            ahead = NONE;
            barrierOver = true;
        }
    }

    /** Whether it is to be {@link #polled} for what was done for a barrier. */
    boolean awaitsPoll() {
        return barrierOver;
    }

    /**
     * Marks the reader where it may be, and takes back what was done for a barrier that is over. If
     * splits came meanwhile that takes none of them for idle: what is marked then is the output
     * without a split.
     *
     * @param mayBeIdle whether the reader has no split, and none is on its way to it
     */
    void polled(WatermarkOutput output, boolean mayBeIdle) {
        boolean idle = mayBeIdle && ahead == NONE;
        if ((barrierOver && wasMarked) || (idle && !marked)) {
            output.markIdle();
        }
        if (barrierOver) {
            barrierOver = false;
            wasMarked = false;
        }
        marked = idle;
    }

    /** The input is at its end. */
    void ends(WatermarkOutput output) {
        output.markActive();
    }
}
