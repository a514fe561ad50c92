package io.leasehold.source.reader;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * May this reader emit now?
 *
 * <p>Open until the deadline of the last grant. The clock is read before each poll, or where
 * records come faster than 100,000 in a second only every {@link #RECORDS_PER_LOOK} records, since
 * reading it costs more than emitting: after the deadline at most so many are emitted, minus one
 * (S1). Once it is closed nothing passes at all, however long the last grant would run.
 *
 * <p>Task thread only, but for {@link #offer}.
 */
final class LeaseGate {

    static final int RECORDS_PER_LOOK = 16;

    /** Where a record takes longer than this, a look before each poll costs next to nothing. */
    private static final long CHEAP_TO_LOOK = 10_000;

    private final LongSupplier nanoClock;

    /** When the clock was last read; of use while the gate is open. */
    private long lookedAt;

    /** Whether the last records came so slowly that the clock is read before each poll. */
    private boolean slow;

    /** Whether the clock is read at the next question, however many records came since. */
    private boolean doubtful;

    private long deadline;
    private boolean open;
    private boolean closed;
    private int sinceLook;

    /** Extensions asked for before then do not count, if it was shut. */
    private OptionalLong shutAt = OptionalLong.empty();

    private record Offer(long askedAt, long nanos) {}

    private final AtomicReference<Offer> offered = new AtomicReference<>();

    LeaseGate(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * Moves the deadline to {@code nanos} after {@code askedAt}, which is a time of this gate's
     * clock. A grant that is over already, ends before the present one, or was asked for before the
     * gate was shut changes nothing; nor does any if the gate is closed.
     *
     * @return whether the deadline was moved
     */
    boolean extend(long askedAt, long nanos) {
        if (shutAt.isPresent() && askedAt - shutAt.getAsLong() < 0) {
            return false;
        }
        long until = askedAt + nanos;
        long now = nanoClock.getAsLong();
        boolean later = !closed && now - until < 0 && (!open || until - deadline > 0);
        if (later) {
            if (!open) {
                looked(now);
            }
            deadline = until;
            open = true;
        }
        return later;
    }

    /** As {@link #extend}, but on any thread: it counts once it is taken. */
    void offer(long askedAt, long nanos) {
        offered.set(new Offer(askedAt, nanos));
    }

    boolean hasOffer() {
        return offered.get() != null;
    }

    /** Extends by what was last offered since. Returns whether the deadline was moved. */
    boolean takeOffer() {
        Offer offer = hasOffer() ? offered.getAndSet(null) : null;
        return offer != null && extend(offer.askedAt(), offer.nanos());
    }

    /** When the grant is over. */
    long deadline() {
        return deadline;
    }

    /** To be asked before each poll. */
    boolean open() {
        if (open && (sinceLook >= RECORDS_PER_LOOK || doubtful || (slow && sinceLook > 0))) {
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
        doubtful = true;
    }

    /** Shuts until extended again, by a grant that is asked for from now on. */
    void shut() {
        open = false;
        shutAt = OptionalLong.of(nanoClock.getAsLong());
    }

    /** Shuts for good. */
    void close() {
        open = false;
        closed = true;
    }

    private void look() {
        long now = nanoClock.getAsLong();
        open = now - deadline < 0;
        looked(now);
    }

    private void looked(long now) {
        slow = sinceLook == 0 || (now - lookedAt) / sinceLook > CHEAP_TO_LOOK;
        lookedAt = now;
        sinceLook = 0;
        doubtful = false;
    }
}
