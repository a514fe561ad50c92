package io.leasehold.source.reader;

import io.leasehold.lease.member.SuspensionWatch;

import java.util.function.LongSupplier;

/**
 * A monotonic clock that also counts the time for which the machine was suspended. While a machine
 * sleeps or its virtual machine is paused, the monotonic clock may stand still, and a grant would
 * seem to run on. So where a {@link SuspensionWatch} sees a suspension, this clock jumps ahead by
 * as much: what was granted before is over then.
 *
 * <p>It is never behind the monotonic clock, so that a wall clock that is set costs a pause at
 * most. It is no clock for those who wait for others to fall silent: they would wait too briefly.
 *
 * <p>Any thread.
 */
public final class SuspensionClock implements LongSupplier {

    private final LongSupplier nanoClock;
    private final LongSupplier wallMillis;

    private final SuspensionWatch watch;
    private long suspended;

    /**
     * @param nanoClock this machine's monotonic clock
     * @param wallMillis its wall clock, milliseconds
     */
    public SuspensionClock(LongSupplier nanoClock, LongSupplier wallMillis) {
        this.nanoClock = nanoClock;
        this.wallMillis = wallMillis;
        this.watch = new SuspensionWatch(nanoClock.getAsLong(), wallMillis.getAsLong());
    }

    @Override
    public synchronized long getAsLong() {
        long nanosNow = nanoClock.getAsLong();
        suspended += watch.looked(nanosNow, wallMillis.getAsLong()).toNanos();
        return nanosNow + suspended;
    }
}
