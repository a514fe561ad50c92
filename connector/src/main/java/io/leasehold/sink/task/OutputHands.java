package io.leasehold.sink.task;

import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.book.SinkAnswer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What the other system does for a subtask. For the task's thread; each may block for a while.
 *
 * @param <C> the sink's committables
 */
interface OutputHands<C> {

    /** The subtask works under another incarnation, and maybe with another prefix, from now on. */
    void worksUnder(SinkAnswer.Stands standing) throws IOException;

    /** Commits output of lives that are over; what became of each, in the same order. */
    List<FateAnswer> commitRows(List<C> decided) throws InterruptedException;

    /** The same for output of this life. */
    List<FateAnswer> commit(List<C> decided) throws InterruptedException;

    /** Why output that waits for a decision can never be committed; empty if it can. */
    Optional<String> lost(List<C> prepared) throws InterruptedException;
}
