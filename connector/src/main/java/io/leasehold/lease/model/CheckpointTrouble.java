package io.leasehold.lease.model;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * For how long checkpoints of a job have failed: while none completes, no split can be handed over.
 * A job without a checkpoint for long is not in trouble if none has failed: its interval is long.
 *
 * <p>It outlives the enumerators of a job that each failed checkpoint restarts. On any thread; all
 * times are nanoseconds of one monotonic clock.
 */
public final class CheckpointTrouble {

    /** From when on it is worth telling. */
    public static final Duration WORTH_TELLING = Duration.ofMinutes(2);

    private OptionalLong failingSince = OptionalLong.empty();

    public synchronized void completed() {
        failingSince = OptionalLong.empty();
    }

    public synchronized void failed(long now) {
        if (failingSince.isEmpty()) {
            failingSince = OptionalLong.of(now);
        }
    }

    /** Since the first that failed after the last that completed; zero if none has. */
    public synchronized Duration lasts(long now) {
        return failingSince.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, now - failingSince.getAsLong()));
    }

    /** What operators should know; empty if nothing. */
    public String notice(long now) {
        Duration lasts = lasts(now);
        return lasts.compareTo(WORTH_TELLING) < 0
                ? ""
                : "no checkpoint for %s min: handoffs wait".formatted(lasts.toMinutes());
    }
}
