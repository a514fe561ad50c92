package io.leasehold.admin;

import java.time.Duration;

/** The time of who waits: this machine's monotonic clock, or a test's. */
public interface Pace {

    /** Nanoseconds of a monotonic clock; only differences mean anything. */
    long nanoTime();

    /** Lets so much time pass. */
    void sleep(Duration time) throws InterruptedException;
}
