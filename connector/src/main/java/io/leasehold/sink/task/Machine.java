package io.leasehold.sink.task;

import java.io.Serializable;

/** The clock and the threads that the subtasks of a sink are given. */
public interface Machine extends Serializable {

    /** Monotonic, nanoseconds. */
    long nanoTime();

    /** A daemon thread that runs the task once it is started. */
    Thread thread(String name, Runnable task);
}
