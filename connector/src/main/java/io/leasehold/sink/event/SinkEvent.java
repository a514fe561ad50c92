package io.leasehold.sink.event;

import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.StoredPiece;

import org.apache.flink.runtime.operators.coordination.OperatorEvent;

import java.util.List;

/**
 * What a subtask of a leased sink tells its coordinator. Flink delivers an event before it counts
 * the acknowledgement of a checkpoint that was begun before, or fails the task.
 */
public sealed interface SinkEvent extends OperatorEvent {

    /** The incarnation that the subtask works under. */
    String incarnation();

    /**
     * The subtask has prepared this for the checkpoint, and for earlier ones that it is restored
     * with.
     *
     * @param last whether the subtask takes part in no later checkpoint
     * @param lost why some of it can never be committed; empty if it can, as far as is known
     */
    record Prepared(
            String incarnation,
            int subtask,
            long checkpoint,
            List<StoredPiece> pieces,
            boolean last,
            String lost)
            implements SinkEvent {

        private static final long serialVersionUID = 1L;

        public Prepared {
            pieces = List.copyOf(pieces);
        }
    }

    /** These are certainly committed. */
    record Committed(String incarnation, List<Piece.Id> pieces) implements SinkEvent {

        private static final long serialVersionUID = 1L;

        public Committed {
            pieces = List.copyOf(pieces);
        }
    }

    /** What a closed member left open in that incarnation is aborted, or is not to be any more. */
    record Aborted(String incarnation, String closed) implements SinkEvent {

        private static final long serialVersionUID = 1L;
    }
}
