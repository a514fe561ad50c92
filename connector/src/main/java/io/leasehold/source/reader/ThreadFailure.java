package io.leasehold.source.reader;

import org.apache.flink.util.FlinkRuntimeException;

import java.util.concurrent.CompletableFuture;

/**
 * What a thread of a reader's own has thrown: brought to the task thread, where it fails the task.
 * Reported on any thread; all else is for the task thread.
 */
final class ThreadFailure {

    private final CompletableFuture<Throwable> thrown = new CompletableFuture<>();

    /** The first one counts. */
    void report(Throwable failure) {
        thrown.complete(failure);
    }

    /**
     * @throws FlinkRuntimeException if a thread has failed
     */
    void rethrow() {
        if (thrown.isDone()) {
            Throwable failure = thrown.join();
            throw new FlinkRuntimeException(
                    "A thread of the leased source's reader failed: " + failure, failure);
        }
    }

    /** Completes as the other future does, or when a thread fails, so that the task is polled. */
    CompletableFuture<Void> orFailed(CompletableFuture<Void> other) {
        return other.isDone()
                ? other
                : CompletableFuture.anyOf(other, thrown).thenAccept(any -> {});
    }
}
