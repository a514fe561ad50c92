package io.leasehold.source.event;

import org.apache.flink.api.common.functions.AggregateFunction;

/**
 * Takes what a reader has to say to the {@link GrantMailbox} of the JobManager that runs its job.
 *
 * <p>It travels as an update of a global aggregate of the job. Flink has no other request from a
 * task to its JobManager whose time-out does not fail the task; an event does so after {@code
 * pekko.ask.timeout}. The request itself is text, since Flink reads it without the job's classes.
 *
 * <p>Runs on the JobManager, on the thread that runs the job.
 */
public final class GrantCall implements AggregateFunction<String, Long, Long> {

    private static final long serialVersionUID = 1L;

    /** The name of the aggregate. */
    public static final String NAME = "leasehold-grants";

    private static final String CLOSES = "closes";

    /** The request of a reader attempt, made at that time of its clock. */
    public static String ask(String readerId, long askedAt) {
        return readerId + " " + askedAt;
    }

    /** The word of a reader attempt that it emits nothing any more. */
    public static String closing(String readerId) {
        return readerId + " " + CLOSES;
    }

    @Override
    public Long createAccumulator() {
        return GrantMailbox.PENDING;
    }

    /** Returns what {@link GrantMailbox} says to it; what it said to others does not matter. */
    @Override
    public Long add(String request, Long former) {
        int space = request.lastIndexOf(' ');
        String readerId = request.substring(0, space);
        String what = request.substring(space + 1);
        GrantMailbox mailbox = GrantMailbox.inThisProcess();
        return what.equals(CLOSES)
                ? mailbox.closing(readerId)
                : mailbox.ask(readerId, Long.parseLong(what));
    }

    @Override
    public Long getResult(Long accumulator) {
        return accumulator;
    }

    @Override
    public Long merge(Long one, Long other) {
        return other;
    }
}
