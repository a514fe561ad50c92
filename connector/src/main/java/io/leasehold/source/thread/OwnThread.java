package io.leasehold.source.thread;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A thread of an enumerator's or a reader's own. An executor keeps what its tasks throw in a future
 * that nobody asks, so each task is run here: whatever it throws, an {@link Error} too, is logged
 * and reported. This is the only class that gives tasks to an executor.
 *
 * <p>Safe for use by several threads.
 */
public final class OwnThread {

    private static final Logger LOG = LoggerFactory.getLogger(OwnThread.class);

    private final ScheduledExecutorService executor;
    private final Consumer<Throwable> failure;

    /**
     * @param executor one thread, that nobody else uses
     * @param failure told on that thread of what a task has thrown; it fails the job
     */
    public OwnThread(ScheduledExecutorService executor, Consumer<Throwable> failure) {
        this.executor = executor;
        this.failure = failure;
    }

    /** Runs a task when those before it are done. */
    public void run(Runnable task) {
        executor.execute(reporting(task));
    }

    /** Runs a task after a time, at once if that is not positive. */
    public Future<?> runAfter(Duration delay, Runnable task) {
        return executor.schedule(reporting(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs a task now, and again whenever the interval has passed since it ended. */
    public void runEvery(Duration interval, Runnable task) {
        executor.scheduleWithFixedDelay(
                reporting(task), 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private Runnable reporting(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable thrown) {
                LOG.error("The thread '{}' failed.", Thread.currentThread().getName(), thrown);
                failure.accept(thrown);
            }
        };
    }

    /**
     * Takes no more tasks and waits for those it has; interrupts what is not done in time.
     *
     * @return whether all were done. If the waiting thread is interrupted, they were not, and the
     *     interrupt is kept
     */
    public boolean end(Duration wait) {
        executor.shutdown();
        try {
            if (executor.awaitTermination(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
        return false;
    }
}
