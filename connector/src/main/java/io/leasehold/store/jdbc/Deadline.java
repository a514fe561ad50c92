package io.leasehold.store.jdbc;

import java.sql.SQLTimeoutException;
import java.time.Duration;

/**
 * When a request must have been answered.
 *
 * @param nanos of this machine's monotonic clock
 */
record Deadline(long nanos) {

    static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /**
     * How many milliseconds are left, at least one.
     *
     * @throws SQLTimeoutException if none are
     */
    int millisLeft() throws SQLTimeoutException {
        long left = Duration.ofNanos(nanos - System.nanoTime()).toMillis();
        if (left <= 0) {
            throw new SQLTimeoutException("the time-out of the request is over");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
