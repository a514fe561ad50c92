package io.leasehold.source.event;

import org.apache.flink.api.connector.source.SourceEvent;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the enumerator and the readers of one job say to each other. Every event names the reader
 * attempt it is from or for: late ones of an earlier attempt are told by that and ignored.
 *
 * <p>Events carry no safety: they are delayed by checkpoints and busy task threads. Only the
 * deadline that a reader keeps for itself does.
 */
public sealed interface LeaseSourceEvent extends SourceEvent {

    /** The reader attempt that says it, or that it is for. */
    String readerId();

    /** What a reader says to the enumerator. */
    sealed interface FromReader extends LeaseSourceEvent {

        /** Hears readers; one method per event, so that none can be forgotten. */
        interface Listener {
            void heard(ReaderStarted event);

            void heard(GrantRequested event);

            void heard(Positions event);

            void heard(Stopped event);

            void heard(Closed event);

            void heard(TaskFinished event);
        }

        void reach(Listener listener);
    }

    /** What the enumerator says to a reader. */
    sealed interface ToReader extends LeaseSourceEvent {

        /** Hears the enumerator; one method per event, so that none can be forgotten. */
        interface Listener {
            void told(GrantExtended event);

            void told(GrantWithdrawn event);

            void told(FreezeRequested event);

            void told(BarrierAhead event);

            void told(FreezeWithdrawn event);

            void told(StopRequested event);

            void told(DropRequested event);

            void told(FinishRecorded event);
        }

        void reach(Listener listener);
    }

    /**
     * A reader attempt is there.
     *
     * @param restored what it found in its own state and holds back until it is granted; empty
     *     where Flink reports restored splits to the enumerator itself
     */
    record ReaderStarted(String readerId, List<Position> restored) implements FromReader {
        @Override
        public void reach(Listener listener) {
            listener.heard(this);
        }
    }

    /**
     * A reader asks to extend its grant.
     *
     * @param askedAt the reader's own monotonic time, nanoseconds; only it can make sense of that
     */
    record GrantRequested(String readerId, long askedAt) implements FromReader {
        @Override
        public void reach(Listener listener) {
            listener.heard(this);
        }
    }

    /**
     * A reader may emit everything it was assigned.
     *
     * @param askedAt as the request said
     * @param nanos for how long from then
     */
    record GrantExtended(String readerId, long askedAt, long nanos) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** A reader has lost a lease and must not emit anything more; its job is about to fail. */
    record GrantWithdrawn(String readerId, String why) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /**
     * Where a reader is as of a checkpoint that is not complete yet.
     *
     * @param splits all that the reader's state holds of granted splits, finished and frozen ones
     *     too
     * @param frozen of those that the reader emits no more, the number of the request it stopped
     *     for
     * @param emitted how many records of a split this attempt has emitted so far, where it knows
     */
    record Positions(
            String readerId,
            long checkpointId,
            List<Position> splits,
            Map<String, Long> frozen,
            Map<String, Long> emitted)
            implements FromReader {
        @Override
        public void reach(Listener listener) {
            listener.heard(this);
        }
    }

    /**
     * A reader is to emit these splits up to the next checkpoint's barrier and nothing behind it,
     * and to keep them in its state.
     *
     * @param requests by split id, the number under which the reader reports it as frozen: a
     *     checkpoint may complete that is older than the last request
     */
    record FreezeRequested(String readerId, Map<String, Long> requests) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /**
     * A checkpoint or savepoint begins, which may drain the job. For readers that hold no split:
     * these are idle, and Flink would drop the last watermark of an idle source.
     */
    record BarrierAhead(String readerId, long checkpointId) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** These splits need not be frozen any more: their reader resumes them. */
    record FreezeWithdrawn(String readerId, Set<String> splitIds) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /**
     * A reader is to emit nothing more of these splits from now on; until it says that it {@link
     * Stopped} its grant is not extended.
     *
     * @param requests as in {@link FreezeRequested}
     */
    record StopRequested(String readerId, Map<String, Long> requests) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** What these requests named is not emitted by this reader any more. */
    record Stopped(String readerId, Set<Long> requests) implements FromReader {
        @Override
        public void reach(Listener listener) {
            listener.heard(this);
        }
    }

    /**
     * These reader attempts emit nothing any more, however long their grants would run: the one
     * that says so, or ones that were closed in the same process before it was started.
     */
    record Closed(String readerId, Set<String> closed) implements FromReader {
        @Override
        public void reach(Listener listener) {
            listener.heard(this);
        }
    }

    /**
     * A reader was not polled again after its part in this checkpoint, which it knows to be
     * complete, and never will be: where it stood then is where it ended.
     */
    record TaskFinished(String readerId, long checkpointId) implements FromReader {
        @Override
        public void reach(Listener listener) {
            listener.heard(this);
        }
    }

    /**
     * These splits are another member's now, or the enumerator's until another reader has them: a
     * reader's state need not hold them any more.
     */
    record DropRequested(String readerId, Set<String> splitIds) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /** The lease table says that these splits are finished: a reader's state need not any more. */
    record FinishRecorded(String readerId, Set<String> splitIds) implements ToReader {
        @Override
        public void reach(Listener listener) {
            listener.told(this);
        }
    }

    /**
     * A split with its position, in the bytes of the wrapped source's serializer.
     *
     * @param splitId the id in the group
     * @param epoch the epoch it was granted under
     * @param tenure the tenure the position was reached in
     * @param finished whether the split has been read to its end
     * @param text the same for people
     */
    record Position(
            String splitId,
            long epoch,
            long tenure,
            boolean finished,
            byte[] bytes,
            int serializerVersion,
            String text)
            implements Serializable {}
}
