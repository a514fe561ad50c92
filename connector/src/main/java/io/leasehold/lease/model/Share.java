package io.leasehold.lease.model;

import java.io.Serializable;
import java.util.Objects;

/**
 * What part of the queue a member wants, as it says in its row: everybody plans with it.
 *
 * @param weight relative to the other members' weights; 0 is a standby, which takes only what no
 *     member of positive weight is left for
 * @param mostSplits the most splits it takes; what nobody has room for stays unowned
 * @param balance what the plan is to share evenly
 */
public record Share(int weight, int mostSplits, Balance balance) implements Serializable {

    /** More than there can be. */
    public static final int ANY_NUMBER = Integer.MAX_VALUE;

    private static final long serialVersionUID = 1L;

    public Share {
        Objects.requireNonNull(balance);
        if (weight < 0) {
            throw new IllegalArgumentException(
                    "The weight " + weight + " is negative; it must be 0 or more.");
        }
        if (mostSplits < 1) {
            throw new IllegalArgumentException(
                    "At most %s splits are none; it must be 1 or more.".formatted(mostSplits));
        }
    }

    /** Of so much weight, as many splits as it gets, by their number. */
    public static Share of(int weight) {
        return new Share(weight, ANY_NUMBER, Balance.COUNT);
    }
}
