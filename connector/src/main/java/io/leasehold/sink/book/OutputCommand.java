package io.leasehold.sink.book;

import java.util.List;

/**
 * What a subtask's {@link OutputBook} wants done. Commands are carried out in order, before the
 * next event.
 */
public sealed interface OutputCommand<C> {

    /**
     * The JobManager is to know what was prepared, before it knows that the checkpoint is
     * acknowledged.
     *
     * @param last whether this subtask takes part in no later checkpoint
     */
    record Report<C>(long checkpoint, List<Piece<C>> prepared, boolean last)
            implements OutputCommand<C> {}

    /** The JobManager is to answer once the checkpoint is decided, or void. */
    record AskDecision<C>(long checkpoint) implements OutputCommand<C> {}

    /** The writer may be created. */
    record StartWriter<C>() implements OutputCommand<C> {}

    /**
     * This output of lives that are over is to be committed, and the book told its fates in the
     * same order.
     */
    record CommitRows<C>(List<Piece<C>> decided) implements OutputCommand<C> {}

    /** The same for output of this life. */
    record Commit<C>(List<Piece<C>> decided) implements OutputCommand<C> {}

    /** The JobManager is to know that these are certainly committed. */
    record TellCommitted<C>(List<Piece.Id> committed) implements OutputCommand<C> {}

    /** These are not committed by this subtask; for the log. */
    record Drop<C>(List<Piece<C>> dropped, String why) implements OutputCommand<C> {}

    /** The book is to be told the time then, at the latest. */
    record CallAt<C>(long at) implements OutputCommand<C> {}

    /** The task fails. */
    record Fail<C>(String why) implements OutputCommand<C> {}
}
