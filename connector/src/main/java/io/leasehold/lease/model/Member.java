package io.leasehold.lease.model;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * The row of one member.
 *
 * @param incarnation the life that writes this row
 * @param beat counter that the incarnation adds one to at every renewal
 * @param state what the member says of itself
 * @param share what part of the queue it wants
 * @param orders what it was told by an operator, whatever its incarnation
 * @param duration the lease duration it lives by; observers judge it by this, never by their own
 * @param emitsFor how long, counted from when an observer first saw this row, readers of this
 *     incarnation (if CLOSED) or of the one it replaced may still emit
 * @param heldFor if CLOSED: for how long, counted likewise, other members leave its leases to its
 *     next incarnation
 * @param sinkPrefixes what the transactions of its sinks begin with, as far as it was said: no two
 *     members may have the same
 * @param description who that is, for people: host, job, version
 * @param notice what its operators should know now; empty if nothing
 */
public record Member(
        Incarnation incarnation,
        long beat,
        MemberState state,
        Share share,
        Orders orders,
        Duration duration,
        Duration emitsFor,
        Duration heldFor,
        Set<String> sinkPrefixes,
        String description,
        String notice) {

    /** The longest {@link #description}; longer ones are cut. */
    public static final int LONGEST_DESCRIPTION = 500;

    public Member {
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(state);
        Objects.requireNonNull(share);
        Objects.requireNonNull(orders);
        sinkPrefixes = Set.copyOf(sinkPrefixes);
        sinkPrefixes.forEach(prefix -> Names.requirePrintable("sink prefix", prefix));
        description = Names.readable(description, LONGEST_DESCRIPTION);
        notice = Names.readable(notice, LONGEST_DESCRIPTION);
        if (heldFor.isNegative()) {
            throw new IllegalArgumentException(
                    "Member %s holds its leases for %s; it must not be negative."
                            .formatted(incarnation, heldFor));
        }
        if (duration.isNegative() || duration.isZero() || emitsFor.isNegative()) {
            throw new IllegalArgumentException(
                    "Member %s has the duration %s and emits for %s; the first must be positive, the second not negative."
                            .formatted(incarnation, duration, emitsFor));
        }
    }

    /** The row of a member whose sinks are not known. */
    public Member(
            Incarnation incarnation,
            long beat,
            MemberState state,
            Share share,
            Orders orders,
            Duration duration,
            Duration emitsFor,
            String description) {
        this(incarnation, beat, state, share, orders, duration, emitsFor, Set.of(), description);
    }

    /** A row that says nothing more, and holds nothing when it is closed. */
    public Member(
            Incarnation incarnation,
            long beat,
            MemberState state,
            Share share,
            Orders orders,
            Duration duration,
            Duration emitsFor,
            Set<String> sinkPrefixes,
            String description) {
        this(
                incarnation,
                beat,
                state,
                share,
                orders,
                duration,
                emitsFor,
                Duration.ZERO,
                sinkPrefixes,
                description,
                "");
    }

    public String id() {
        return incarnation.memberId();
    }

    /** The weight that counts: the ordered one, if there is one. */
    public int weight() {
        return orders.weight().orElse(share.weight());
    }

    /** Whether this incarnation may write as the member: the row carries it and is not CLOSED. */
    public boolean mayBeWrittenBy(Incarnation by) {
        return incarnation.equals(by) && state != MemberState.CLOSED;
    }

    /** Whether it takes part in the plan only to give away what it has. */
    public boolean leaves() {
        return orders.drain() || state == MemberState.AWAY;
    }

    /** The same row, closed, with readers that may emit, and leases that it holds, for so long. */
    public Member closed(Duration emitsFor, Duration heldFor) {
        return with(beat, MemberState.CLOSED, orders, emitsFor, heldFor, notice);
    }

    /** The same row after one more renewal. */
    public Member beaten(long beat) {
        return with(beat, state, orders, emitsFor, heldFor, notice);
    }

    /** The same row, saying something else of itself. */
    public Member in(MemberState state, String notice) {
        return with(beat, state, orders, emitsFor, heldFor, notice);
    }

    /** The same row, told something else. */
    public Member with(Orders orders) {
        return with(beat, state, orders, emitsFor, heldFor, notice);
    }

    private Member with(
            long beat,
            MemberState state,
            Orders orders,
            Duration emitsFor,
            Duration heldFor,
            String notice) {
        return new Member(
                incarnation,
                beat,
                state,
                share,
                orders,
                duration,
                emitsFor,
                heldFor,
                sinkPrefixes,
                description,
                notice);
    }
}
