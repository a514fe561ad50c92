package io.leasehold.sink.event;

import org.apache.flink.runtime.operators.coordination.CoordinationRequest;

/**
 * What a subtask of a leased sink asks its coordinator. Each may be asked again: the coordinator
 * answers within a few seconds that there is no answer yet, since Flink gives a request up after
 * {@code pekko.ask.timeout}.
 *
 * <p>All but the first name the incarnation that the subtask works under.
 */
public sealed interface SinkRequest extends CoordinationRequest {

    /** How does the sink's output stand in the lease table? */
    record AskStanding(int subtask) implements SinkRequest {}

    /** Have all subtasks committed what must be before a writer exists? */
    record AskAllRowsCommitted(String incarnation, int subtask) implements SinkRequest {}

    /** Is the checkpoint decided, or void? */
    record AskDecision(String incarnation, long checkpoint) implements SinkRequest {}

    /** May the checkpoint be acknowledged? */
    record AskToAcknowledge(String incarnation, int subtask, long checkpoint)
            implements SinkRequest {}

    /** What is there to do for closed members? */
    record AskAdoption(String incarnation, int subtask) implements SinkRequest {}

    /** Is the member still closed in this incarnation, and sealed? */
    record AskSealed(String incarnation, String closed) implements SinkRequest {}
}
