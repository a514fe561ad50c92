package io.leasehold.source.book;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import java.util.List;
import java.util.OptionalLong;

/** What the enumerator's book says to the leased sinks of its job, or asks of them. */
public sealed interface SinkWord {

    /** Hears these words; one method per word, so that none can be forgotten. */
    interface Listener {
        void told(Stands word);

        void told(AskOutput word);

        void told(IsDecided word);

        void told(IsVoid word);

        void told(Adopt word);

        void told(IsSealed word);

        void told(SealRead word);
    }

    void reach(Listener listener);

    /**
     * How the output of this member stands in the lease table.
     *
     * @param decided the last checkpoint, up to the restored one, whose output only the rows speak
     *     for
     * @param restoredIsVoid whether output that waits for the restored checkpoint can never be
     *     decided
     * @param rows decided output of this member that may not be committed yet
     */
    record Stands(
            StateLine line, OptionalLong decided, boolean restoredIsVoid, List<DecidedOutput> rows)
            implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** What all sinks have prepared for checkpoints up to this one is to be collected. */
    record AskOutput(long checkpointId) implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** The checkpoint is decided, and all before it. */
    record IsDecided(DecidedCheckpoint checkpoint) implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** The checkpoint was never decided and never can be. */
    record IsVoid(long checkpointId, String why) implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** Decided output of closed members is to be committed. */
    record Adopt(List<DecidedOutput> rows) implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** A member is closed in this incarnation and sealed. */
    record IsSealed(Incarnation closed) implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** The answer to {@link CheckpointDecisions#readSeal}. */
    record SealRead(Incarnation closed, boolean isSealed) implements SinkWord {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }
}
