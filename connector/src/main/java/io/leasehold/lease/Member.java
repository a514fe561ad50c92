package io.leasehold.lease;

import java.time.Duration;
import java.util.Objects;

/**
 * The row of one member.
 *
 * @param incarnation the life that writes this row
 * @param beat counter that the incarnation adds one to at every renewal
 * @param state what the member is doing
 * @param weight its share relative to the others; 0 takes only what no other member is left for
 * @param duration the lease duration it lives by; observers judge it by this, never by their own
 * @param emitsFor how long, counted from when an observer first saw this row, readers of this
 *     incarnation (if CLOSED) or of the one it replaced may still emit
 * @param description who that is, for people: host, job, version
 */
public record Member(
        Incarnation incarnation,
        long beat,
        MemberState state,
        int weight,
        Duration duration,
        Duration emitsFor,
        String description) {

    /** The longest {@link #description}; longer ones are cut. */
    public static final int LONGEST_DESCRIPTION = 500;

    public Member {
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(state);
        description = Names.readable(description, LONGEST_DESCRIPTION);
        if (weight < 0) {
            throw new IllegalArgumentException("The weight " + weight + " is negative.");
        }
        if (duration.isNegative() || duration.isZero() || emitsFor.isNegative()) {
            throw new IllegalArgumentException(
                    "Member %s has the duration %s and emits for %s; the first must be positive, the second not negative."
                            .formatted(incarnation, duration, emitsFor));
        }
    }

    public String id() {
        return incarnation.memberId();
    }

    /** The same row, closed, with readers that may emit for so long. */
    public Member closed(Duration emitsFor) {
        return new Member(
                incarnation, beat, MemberState.CLOSED, weight, duration, emitsFor, description);
    }

    /** The same row after one more renewal. */
    public Member beaten(long beat) {
        return new Member(incarnation, beat, state, weight, duration, emitsFor, description);
    }
}
