package io.leasehold.source.reader;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which reader attempts have been closed of late in this process: they emit nothing any more,
 * whatever they were granted.
 *
 * <p>A task that is cancelled cannot say so itself: the JobManager takes no event from a task that
 * it has told to end. But whoever is started next in the same process can say it for all that were
 * closed there, of whatever job.
 *
 * <p>Where the classes of a job are loaded anew the memory of it is lost, and the grants are waited
 * for. Any thread.
 */
final class ClosedReaders {

    /** Longer than nearly every grant; one that is not over by then is waited for. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private static final ClosedReaders IN_THIS_PROCESS = new ClosedReaders(System::nanoTime);

    private final LongSupplier nanoClock;

    /** When, by name of the attempt. */
    private final Map<String, Long> closedAt = new HashMap<>();

    ClosedReaders(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    static ClosedReaders inThisProcess() {
        return IN_THIS_PROCESS;
    }

    /** A reader attempt emits nothing from now on. */
    synchronized void closed(String readerId) {
        closedAt.put(readerId, nanoClock.getAsLong());
    }

    /** The names of those that were closed within the last minute. */
    synchronized Set<String> ofLate() {
        long now = nanoClock.getAsLong();
        closedAt.values().removeIf(at -> now - at > REMEMBERED.toNanos());
        return Set.copyOf(closedAt.keySet());
    }
}
