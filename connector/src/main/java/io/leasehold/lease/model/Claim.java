package io.leasehold.lease.model;

import java.util.Objects;

/**
 * A member's request to get a split from its live owner.
 *
 * @param claimant id of the member that asks
 * @param kind how it asks
 */
public record Claim(String claimant, Kind kind) {

    /** How a split is claimed. */
    public enum Kind {
        /** The owner releases it at its next completed checkpoint. */
        ASK,
        /** The owner stops extending; the claimant acquires when its validity is over. */
        FORCE
    }

    public Claim {
        Names.require("claimant", claimant);
        Objects.requireNonNull(kind);
    }
}
