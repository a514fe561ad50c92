package io.leasehold.source.reader;

import java.util.function.LongSupplier;

/**
 * May this reader emit now?
 *
 * <p>Open until the deadline of the last grant. The clock is read only every {@link
 * #RECORDS_PER_LOOK} records, since reading it costs more than emitting: after the deadline at most
 * so many are emitted, minus one (S1). Once it is closed nothing passes at all, however long the
 * last grant would run.
 *
 * <p>Task thread only.
 */
final class LeaseGate {

    static final int RECORDS_PER_LOOK = 16;

    private final LongSupplier nanoClock;
    private long deadline;
    private boolean open;
    private boolean closed;
    private int sinceLook;

    LeaseGate(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * Moves the deadline to {@code nanos} after {@code askedAt}, which is a time of this gate's
     * clock. A grant that is over already, or ends before the present one, changes nothing; nor
     * does any if the gate is closed.
     *
     * @return whether the deadline was moved
     */
    boolean extend(long askedAt, long nanos) {
        long until = askedAt + nanos;
        boolean later =
                !closed && nanoClock.getAsLong() - until < 0 && (!open || until - deadline > 0);
        if (later) {
            deadline = until;
            open = true;
        }
        return later;
    }

    /** To be asked before each poll. */
    boolean open() {
        if (open && sinceLook >= RECORDS_PER_LOOK) {
            look();
        }
        return open;
    }

    /**
     * To be told of each record before it is emitted.
     *
     * @throws IllegalStateException if the gate is closed: others may emit the split by now
     */
    void emitted() {
        if (closed) {
            throw new IllegalStateException("A record was emitted after its reader was closed.");
        }
        sinceLook++;
    }

    /** Reads the clock at the next question: time may have passed since the last one. */
    void doubt() {
        sinceLook = RECORDS_PER_LOOK;
    }

    /** Shuts until extended again. */
    void shut() {
        open = false;
    }

    /** Shuts for good. */
    void close() {
        open = false;
        closed = true;
    }

    private void look() {
        sinceLook = 0;
        open = nanoClock.getAsLong() - deadline < 0;
    }
}
