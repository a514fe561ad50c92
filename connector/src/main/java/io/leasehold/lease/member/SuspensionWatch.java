package io.leasehold.lease.member;

import java.time.Duration;

/**
 * Whether a machine was suspended between two looks at its clocks (rule T8). While it is, its
 * monotonic clock may stand still, and what is valid until a time of that clock would seem to run
 * on. Its wall clock shows it: that has run ahead of the monotonic clock then, by more than a
 * margin.
 *
 * <p>A wall clock that is set forward looks the same. What follows from a suspension must therefore
 * only ever come earlier by it: it is no reason to believe that others have fallen silent.
 *
 * <p>What remains assumed: a suspension shorter than the margin is not seen, nor is one that the
 * wall clock does not show yet.
 *
 * <p>Not thread-safe.
 */
public final class SuspensionWatch {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** More than the wall clock's resolution, and less than what grants are rounded down by. */
    private static final long MARGIN = 250 * NANOS_PER_MILLI;

    /** Time servers slow a clock down or speed it up by one in 2,000 at most. */
    private static final long ONE_IN = 1_000;

    private long nanos;
    private long wall;

    /**
     * @param nanos what the monotonic clock shows at the first look
     * @param wallMillis what the wall clock shows then
     */
    public SuspensionWatch(long nanos, long wallMillis) {
        this.nanos = nanos;
        this.wall = wallMillis;
    }

    /**
     * Takes in one look at the clocks, the monotonic one first: a suspension between the two is
     * seen by this look then, and else by none.
     *
     * @return for how long the machine was suspended since the last look; zero if it was not
     */
    public Duration looked(long nanosNow, long wallMillisNow) {
        long passed = nanosNow - nanos;
        long ahead = (wallMillisNow - wall) * NANOS_PER_MILLI - passed;
        nanos = nanosNow;
        wall = wallMillisNow;
        return ahead > MARGIN + passed / ONE_IN ? Duration.ofNanos(ahead) : Duration.ZERO;
    }
}
