package io.leasehold.sink.book;

import java.io.Serializable;
import java.util.List;

/** What the coordinator of a sink says to a subtask that has asked. */
public sealed interface SinkAnswer extends Serializable {

    /** Ask again. */
    record NotYet() implements SinkAnswer {}

    /**
     * The subtask works under an incarnation that is over. It starts over, or fails if its writer
     * exists.
     *
     * @param now the incarnation that the job is in
     */
    record Outdated(String now) implements SinkAnswer {}

    /**
     * How the sink's output stands in the lease table.
     *
     * @param incarnation what the subtask works under from now on
     * @param decided as in {@link Standing}
     * @param restoredIsVoid as in {@link Standing}
     * @param rows decided output that this subtask is to commit before its writer exists
     */
    record Stands(
            String group,
            String memberId,
            String incarnation,
            String line,
            long decided,
            boolean restoredIsVoid,
            List<StoredPiece> rows)
            implements SinkAnswer {

        public Stands {
            rows = List.copyOf(rows);
        }
    }

    /** The job must not run. */
    record Refused(String why) implements SinkAnswer {}

    /** All subtasks have committed what had to be before a writer exists. */
    record AllRowsCommitted() implements SinkAnswer {}

    /** This checkpoint is decided, and all before it. */
    record Decided(long checkpoint) implements SinkAnswer {}

    /** This checkpoint was never decided and never can be, nor one before it that is not yet. */
    record Void(long checkpoint, String why) implements SinkAnswer {}

    /** The checkpoint may be acknowledged. */
    record MayAcknowledge() implements SinkAnswer {}

    /** The checkpoint must not be acknowledged. */
    record MustNotAcknowledge(String why) implements SinkAnswer {}

    /**
     * What a subtask is to do for closed members.
     *
     * @param rows their decided output that is to be committed. What is still there when the
     *     subtask asks again is not known to be committed
     * @param sealed members whose open output is to be aborted
     */
    record Adoption(List<StoredPiece> rows, List<SealedMember> sealed) implements SinkAnswer {

        public Adoption {
            rows = List.copyOf(rows);
            sealed = List.copyOf(sealed);
        }
    }

    /** Whether a member is still closed in that incarnation, and sealed. */
    record IsSealed(boolean sealed) implements SinkAnswer {}

    /**
     * A member that is closed in this incarnation, and sealed.
     *
     * @param decided its decided output that is not known to be committed: nothing with the name of
     *     one of these is aborted
     */
    record SealedMember(String memberId, String incarnation, List<StoredPiece> decided)
            implements Serializable {

        public SealedMember {
            decided = List.copyOf(decided);
        }
    }
}
