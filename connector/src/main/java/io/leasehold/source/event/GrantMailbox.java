package io.leasehold.source.event;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * What the readers of the jobs in this JobManager process ask for, and what their enumerators
 * answer. A reader puts a request in with one call, and takes the answer out with a later one: no
 * call waits, since they are made by the thread that runs the job.
 *
 * <p>Of each reader attempt one request is known, the last one. Any thread.
 */
public final class GrantMailbox {

    /** No answer yet. */
    public static final long PENDING = -1;

    /** No enumerator in this process knows the reader attempt, or knows it any more. */
    public static final long UNKNOWN = -2;

    private static final GrantMailbox IN_THIS_PROCESS = new GrantMailbox();

    private static final class Box {
        final LongConsumer asked;
        final Runnable closed;
        OptionalLong askedAt = OptionalLong.empty();
        long answer = PENDING;
        boolean closing;

        Box(LongConsumer asked, Runnable closed) {
            this.asked = asked;
            this.closed = closed;
        }
    }

    private final Map<String, Box> boxes = new HashMap<>();

    public static GrantMailbox inThisProcess() {
        return IN_THIS_PROCESS;
    }

    /**
     * An enumerator knows this reader attempt from now on.
     *
     * @param asked told once of each request, of when it was made by the reader's clock; must not
     *     wait
     * @param closed told once that the reader attempt emits nothing any more; must not wait
     */
    public synchronized void open(String readerId, LongConsumer asked, Runnable closed) {
        boxes.put(readerId, new Box(asked, closed));
    }

    /** The reader attempt is gone, or its enumerator is. */
    public synchronized void close(String readerId) {
        boxes.remove(readerId);
    }

    /** Answers a request. If the reader has made another since, it is told nothing. */
    public synchronized void answer(String readerId, long askedAt, long nanos) {
        Box box = boxes.get(readerId);
        if (box != null && box.askedAt.equals(OptionalLong.of(askedAt))) {
            box.answer = nanos;
        }
    }

    /**
     * Puts a request in, or asks again for the answer to it.
     *
     * @param askedAt when the reader made it, by its own clock
     * @return for how many nanoseconds from then it may emit, 0 if it may not; or {@link #PENDING}
     *     or {@link #UNKNOWN}
     */
    synchronized long ask(String readerId, long askedAt) {
        Box box = boxes.get(readerId);
        if (box == null) {
            return UNKNOWN;
        }
        if (!box.askedAt.equals(OptionalLong.of(askedAt))) {
            box.askedAt = OptionalLong.of(askedAt);
            box.answer = PENDING;
            box.asked.accept(askedAt);
        }
        return box.answer;
    }

    /**
     * Says that the reader attempt emits nothing any more.
     *
     * @return {@link #UNKNOWN} once its enumerator has heard that, and sends it nothing more; else
     *     {@link #PENDING}
     */
    synchronized long closing(String readerId) {
        Box box = boxes.get(readerId);
        if (box == null) {
            return UNKNOWN;
        }
        if (!box.closing) {
            box.closing = true;
            box.closed.run();
        }
        return PENDING;
    }
}
