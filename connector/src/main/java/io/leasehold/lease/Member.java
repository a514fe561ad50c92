package io.leasehold.lease;

import java.time.Duration;
import java.util.Objects;

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
 * @param description who that is, for people: host, job, version
 */
public record Member(
        Incarnation incarnation,
        long beat,
        MemberState state,
        Share share,
        Orders orders,
        Duration duration,
        Duration emitsFor,
        String description) {

    /** The longest {@link #description}; longer ones are cut. */
    public static final int LONGEST_DESCRIPTION = 500;

    public Member {
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(state);
        Objects.requireNonNull(share);
        Objects.requireNonNull(orders);
        description = Names.readable(description, LONGEST_DESCRIPTION);
        if (duration.isNegative() || duration.isZero() || emitsFor.isNegative()) {
            throw new IllegalArgumentException(
                    "Member %s has the duration %s and emits for %s; the first must be positive, the second not negative."
                            .formatted(incarnation, duration, emitsFor));
        }
    }

    public String id() {
        return incarnation.memberId();
    }

    /** The weight that counts: the ordered one, if there is one. */
    public int weight() {
        return orders.weight().orElse(share.weight());
    }

    /** The same row, closed, with readers that may emit for so long. */
    public Member closed(Duration emitsFor) {
        return new Member(
                incarnation,
                beat,
                MemberState.CLOSED,
                share,
                orders,
                duration,
                emitsFor,
                description);
    }

    /** The same row after one more renewal. */
    public Member beaten(long beat) {
        return new Member(incarnation, beat, state, share, orders, duration, emitsFor, description);
    }

    /** The same row, saying something else of itself. */
    public Member in(MemberState state) {
        return new Member(incarnation, beat, state, share, orders, duration, emitsFor, description);
    }

    /** The same row, told something else. */
    public Member with(Orders orders) {
        return new Member(incarnation, beat, state, share, orders, duration, emitsFor, description);
    }
}
