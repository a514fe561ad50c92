package io.leasehold.source.metrics;

import java.util.function.LongSupplier;

/**
 * For how long a reader had splits to read and no grant. Told on one thread, asked on any. All
 * times are nanoseconds of the reader's monotonic clock.
 */
final class PausedTime {

    /**
     * @param before for how long until the times that follow
     * @param granted whether there has been a grant
     * @param deadline when it is over
     * @param reading whether there are splits to read
     * @param since since when
     */
    private record State(long before, boolean granted, long deadline, boolean reading, long since) {

        long paused(long now) {
            if (!reading) {
                return before;
            }
            long from = granted && deadline - since > 0 ? deadline : since;
            return before + Math.max(0, now - from);
        }

        State grantedUntil(long until, long now) {
            return new State(paused(now), true, until, reading, now);
        }

        State reading(boolean any, long now) {
            return new State(paused(now), granted, deadline, any, now);
        }
    }

    private final LongSupplier nanoClock;
    private volatile State state;

    PausedTime(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.state = new State(0, false, 0, false, nanoClock.getAsLong());
    }

    /** There are splits to read, or none. */
    void reading(boolean any) {
        if (any != state.reading()) {
            state = state.reading(any, nanoClock.getAsLong());
        }
    }

    /** The grant is over then, whatever was said before. */
    void grantedUntil(long until) {
        state = state.grantedUntil(until, nanoClock.getAsLong());
    }

    /** For how long it may emit if it is not granted more. */
    long remainingGrant() {
        State now = state;
        return now.granted() ? Math.max(0, now.deadline() - nanoClock.getAsLong()) : 0;
    }

    long total() {
        return state.paused(nanoClock.getAsLong());
    }
}
