package io.leasehold.lease.model;

import java.util.Objects;

/**
 * A completed checkpoint of a member that the lease table says is decided: its output may be
 * committed, by anybody.
 *
 * @param incarnation the incarnation during which the checkpoint was taken. Checkpoint ids are
 *     compared within one incarnation only: a job that resumes from an older savepoint uses ids
 *     again
 * @param line the line of Flink state that the checkpoint belongs to
 * @param checkpointId id that Flink gave the checkpoint; 1 or more
 */
public record DecidedCheckpoint(Incarnation incarnation, StateLine line, long checkpointId) {

    public DecidedCheckpoint {
        Objects.requireNonNull(line);
        DecidedOutput.requireShort("incarnation", incarnation.id());
        if (checkpointId < 1) {
            throw new IllegalArgumentException(
                    "The id of a decided checkpoint must be at least 1, but was %s."
                            .formatted(checkpointId));
        }
    }

    /** True if the other checkpoint is decided too when this one is. */
    public boolean covers(DecidedCheckpoint other) {
        return incarnation.equals(other.incarnation) && checkpointId >= other.checkpointId;
    }

    @Override
    public String toString() {
        return "checkpoint %s of %s".formatted(checkpointId, incarnation);
    }
}
