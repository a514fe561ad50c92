package io.leasehold.sink.output;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A connection to the system where prepared output waits, to commit it, ask for its fate, or abort
 * it. Independent of any writer or committer of the sink: output of another job is adopted on a
 * thread of its own, beside a running writer.
 *
 * <p>For one thread at a time. Each method blocks, at most a few times the patience that the
 * session was opened with; interrupting the thread ends that.
 *
 * @param <CommT> the sink's committables
 */
public interface OutputSession<CommT> extends AutoCloseable {

    /**
     * Commits decided output. What is committed already stays so.
     *
     * <p>Only decided output may be given. If the system does not answer for one, the rest is not
     * tried and is {@link Fate#UNKNOWN}.
     *
     * @param decided in the order of their checkpoints
     * @return what became of each, in the same order. {@link Fate#OPEN} and {@link Fate#UNKNOWN}
     *     are to be committed again later
     * @throws InterruptedException if the thread was interrupted; then nothing is known of any
     */
    List<FateAnswer> commit(List<CommT> decided) throws InterruptedException;

    /**
     * Asks what became of prepared output; changes nothing.
     *
     * @return the fate of each, in the same order; {@link Fate#UNKNOWN} if the system does not
     *     answer
     */
    List<FateAnswer> fates(List<CommT> prepared) throws InterruptedException;

    /**
     * Aborts what closed members left open, so that readers of committed output need not wait for
     * its time-out. Looks first what is open, asks then whether the members are still closed, and
     * aborts exactly what it saw before that. So it never aborts what a member that has come back
     * writes.
     *
     * @param stillClosed asked once, after looking and only if something is to be aborted. Must be
     *     true only if each of the members is closed in the incarnation it was closed in, <em>and
     *     sealed</em>: of a member that is closed but not sealed, a checkpoint may yet be decided
     *     late. What it throws is passed on, and nothing is aborted
     * @throws OutputSystemException if the system does not answer; some may be aborted then. The
     *     caller tries again later
     */
    AbortedOutput abort(OpenOutput<CommT> open, BooleanSupplier stillClosed)
            throws OutputSystemException, InterruptedException;

    /** Ends the connection; waits for nothing. Callable more than once. */
    @Override
    void close();
}
