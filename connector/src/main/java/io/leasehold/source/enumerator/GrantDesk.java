package io.leasehold.source.enumerator;

import io.leasehold.source.event.GrantMailbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Brings what readers put into the {@link GrantMailbox} to the coordinator thread, and puts the
 * answers in.
 *
 * <p>Coordinator thread only, but for {@link #close()}.
 */
final class GrantDesk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GrantDesk.class);

    /** The enumerator's side. */
    interface Decisions {

        /** For how long a reader attempt may emit, if it asks now; zero if it may not. */
        Duration granted(int subtask, String readerId);

        /** A reader attempt emits nothing any more; nothing more is to be sent to it. */
        void closed(int subtask, String readerId);
    }

    private final GrantMailbox mailbox = GrantMailbox.inThisProcess();
    private final Executor coordinator;
    private final Decisions decisions;

    /** The attempts that are there, by subtask. */
    private final Map<Integer, String> readers = new HashMap<>();

    private boolean closed;

    /**
     * @param coordinator runs on the coordinator thread
     */
    GrantDesk(Executor coordinator, Decisions decisions) {
        this.coordinator = coordinator;
        this.decisions = decisions;
    }

    /** A reader attempt is there; an earlier one of the same subtask is gone. */
    synchronized void started(int subtask, String readerId) {
        gone(subtask);
        if (!closed) {
            readers.put(subtask, readerId);
            mailbox.open(
                    readerId,
                    askedAt -> inCoordinator(() -> answer(subtask, readerId, askedAt)),
                    () -> inCoordinator(() -> close(subtask, readerId)));
        }
    }

    /** The reader attempt of this subtask is gone. */
    synchronized void gone(int subtask) {
        String readerId = readers.remove(subtask);
        if (readerId != null) {
            mailbox.close(readerId);
        }
    }

    private void answer(int subtask, String readerId, long askedAt) {
        mailbox.answer(readerId, askedAt, decisions.granted(subtask, readerId).toNanos());
    }

    private void close(int subtask, String readerId) {
        decisions.closed(subtask, readerId);
        // The reader waits for this. What was sent to it before has left by then.
        mailbox.close(readerId);
    }

    private void inCoordinator(Runnable action) {
        try {
            coordinator.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("The coordinator is closed; a reader's request is not answered.", e);
        }
    }

    /** No request is answered any more. Any thread. */
    @Override
    public synchronized void close() {
        closed = true;
        readers.values().forEach(mailbox::close);
        readers.clear();
    }
}
