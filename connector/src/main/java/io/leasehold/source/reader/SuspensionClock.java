package io.leasehold.source.reader;

import java.util.function.LongSupplier;

/**
 * A monotonic clock that also counts the time for which the machine was suspended. While a machine
 * sleeps or its virtual machine is paused, the monotonic clock may stand still, and a grant would
 * seem to run on. So where the wall clock has run ahead by more than a margin between two looks,
 * this clock jumps ahead by as much: what was granted before is over then.
 *
 * <p>It is never behind the monotonic clock, so that a wall clock that is set costs a pause at
 * most. It is no clock for those who wait for others to fall silent: they would wait too briefly.
 *
 * <p>What remains assumed: a suspension shorter than the margin is not seen, nor is one that the
 * wall clock does not show yet.
 *
 * <p>Any thread.
 */
public final class SuspensionClock implements LongSupplier {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** More than the wall clock's resolution, and less than what grants are rounded down by. */
    private static final long MARGIN = 250 * NANOS_PER_MILLI;

    /** Time servers slow a clock down or speed it up by one in 2,000 at most. */
    private static final long ONE_IN = 1_000;

    private final LongSupplier nanoClock;
    private final LongSupplier wallMillis;

    private long nanos;
    private long wall;
    private long suspended;

    /**
     * @param nanoClock this machine's monotonic clock
     * @param wallMillis its wall clock, milliseconds
     */
    public SuspensionClock(LongSupplier nanoClock, LongSupplier wallMillis) {
        this.nanoClock = nanoClock;
        this.wallMillis = wallMillis;
        this.nanos = nanoClock.getAsLong();
        this.wall = wallMillis.getAsLong();
    }

    @Override
    public synchronized long getAsLong() {
        long nanosNow = nanoClock.getAsLong();
        long wallNow = wallMillis.getAsLong();
        long passed = nanosNow - nanos;
        long ahead = (wallNow - wall) * NANOS_PER_MILLI - passed;
        if (ahead > MARGIN + passed / ONE_IN) {
            suspended += ahead;
        }
        nanos = nanosNow;
        wall = wallNow;
        return nanosNow + suspended;
    }
}
