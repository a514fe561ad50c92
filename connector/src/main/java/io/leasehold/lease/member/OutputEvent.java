package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import java.util.List;

/** What a {@link LeaseKeeper} has learnt of output that is decided: protocol section 9. */
public sealed interface OutputEvent {

    /** Takes events in; one method per event, so that none can be forgotten. */
    interface Listener {
        void learnt(Stands event);

        void learnt(Decided event);

        void learnt(IsVoid event);

        void learnt(Adopt event);

        void learnt(Sealed event);

        void learnt(SealRead event);
    }

    void reach(Listener listener);

    /**
     * What this member has decided is read, and what that means for the checkpoint that its job is
     * restored from.
     *
     * @param rows decided output of this member that may not be committed yet
     * @param unreadable as for {@link Adopt}
     */
    record Stands(
            StateLine line,
            RestoredVerdict verdict,
            List<DecidedOutput> rows,
            List<String> unreadable)
            implements OutputEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * A checkpoint is decided, and all that its incarnation completed before it.
     *
     * @param late whether an earlier incarnation of this member had completed it
     */
    record Decided(DecidedCheckpoint checkpoint, boolean late) implements OutputEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * A completed checkpoint can never be decided.
     *
     * @param restored whether the job is restored from it: then its splits resume from the table.
     *     Else the job is to fail
     * @param why a sentence for people
     */
    record IsVoid(DecidedCheckpoint checkpoint, boolean restored, String why)
            implements OutputEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * Decided output of a closed member may not be committed yet.
     *
     * @param unreadable rows that cannot be read, a sentence for each
     */
    record Adopt(List<DecidedOutput> rows, List<String> unreadable) implements OutputEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** A member is closed in this incarnation, and nothing of it can be decided any more. */
    record Sealed(Incarnation closed) implements OutputEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** The answer to {@link MemberOutput#readSeal}. */
    record SealRead(Incarnation closed, boolean isSealed) implements OutputEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }
}
