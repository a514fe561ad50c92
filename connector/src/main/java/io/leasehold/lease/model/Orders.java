package io.leasehold.lease.model;

import java.util.OptionalInt;

/**
 * What an operator has told a member. It outlives the member's restarts, until it is told
 * otherwise.
 *
 * @param drain whether it is to give all its splits away, and take none
 * @param weight in place of the one it brings itself
 */
public record Orders(boolean drain, OptionalInt weight) {

    /** Nothing was ordered. */
    public static final Orders NONE = new Orders(false, OptionalInt.empty());

    public Orders {
        if (weight.isPresent() && weight.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "The weight " + weight.getAsInt() + " is negative; it must be 0 or more.");
        }
    }
}
