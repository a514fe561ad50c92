package io.leasehold.lease.member;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Whether readers of a job have been missing for so long that its member is to give its splits up:
 * others may read them, and a member that only beats does not. All times are nanoseconds of one
 * monotonic clock.
 */
public final class ReaderAbsence {

    private final Duration atStart;
    private final Duration later;
    private boolean wereThere;
    private OptionalLong missingSince = OptionalLong.empty();

    /**
     * @param atStart how long readers may take until all have been there once
     * @param later how long one may be missing after that
     */
    public ReaderAbsence(Duration atStart, Duration later) {
        this.atStart = atStart;
        this.later = later;
    }

    /**
     * Takes in whether all readers are there now.
     *
     * @return whether one has been missing for too long
     */
    public boolean isTooLong(boolean allThere, long now) {
        if (allThere) {
            wereThere = true;
            missingSince = OptionalLong.empty();
            return false;
        }
        if (missingSince.isEmpty()) {
            missingSince = OptionalLong.of(now);
        }
        return now - missingSince.getAsLong() >= timeout().toNanos();
    }

    /** How long one may be missing now. */
    public Duration timeout() {
        return wereThere ? later : atStart;
    }
}
