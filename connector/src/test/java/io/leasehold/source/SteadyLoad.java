package io.leasehold.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Writes to a queue all the time, on a thread of its own, until it is told to end. */
final class SteadyLoad implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<String> written = new ArrayList<>();
    private final Future<?> writing;
    private volatile int rounds;

    /**
     * @param round writes the records of the n-th round, and returns them
     */
    SteadyLoad(IntFunction<List<String>> round) {
        this.writing =
                thread.scheduleWithFixedDelay(
                        () -> {
                            written.addAll(round.apply(rounds));
                            rounds = rounds + 1;
                        },
                        0,
                        PAUSE.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    /** How many rounds are written. On any thread. */
    int rounds() {
        return rounds;
    }

    /** Ends it, and returns all that was written. */
    List<String> end() throws ExecutionException, InterruptedException {
        writing.cancel(false);
        return thread.submit(() -> List.copyOf(written)).get();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
