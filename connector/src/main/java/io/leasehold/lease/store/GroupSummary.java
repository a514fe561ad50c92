package io.leasehold.lease.store;

import java.time.Instant;
import java.util.Objects;

/**
 * One group among those in a store.
 *
 * @param schemaVersion of its rows
 * @param changeNumber grows with every change to ownership, membership and claims
 * @param members how many rows of members there are, CLOSED ones too
 * @param splits how many rows of splits there are
 * @param createdAt by the store's clock; for people
 */
public record GroupSummary(
        String id,
        int schemaVersion,
        long changeNumber,
        int members,
        int splits,
        Instant createdAt) {

    public GroupSummary {
        Objects.requireNonNull(createdAt);
    }
}
