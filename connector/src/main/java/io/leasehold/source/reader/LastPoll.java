package io.leasehold.source.reader;

import java.util.Optional;

/**
 * Which complete checkpoint covers all that a reader has emitted, if one does. Task thread only.
 */
final class LastPoll {

    /** The first checkpoint since which the wrapped reader was not polled, if it was not. */
    private long standsSince;

    private boolean polledSince;
    private long lastComplete = -1;

    void polled() {
        polledSince = true;
    }

    void snapshot(long checkpointId) {
        if (polledSince) {
            standsSince = checkpointId;
            polledSince = false;
        }
    }

    void complete(long checkpointId) {
        lastComplete = Math.max(lastComplete, checkpointId);
    }

    /** The last complete checkpoint, if nothing was emitted since. */
    Optional<Long> coveredBy() {
        return lastComplete >= standsSince && !polledSince
                ? Optional.of(lastComplete)
                : Optional.empty();
    }
}
