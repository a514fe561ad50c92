package io.leasehold.lease.member;

import io.leasehold.lease.model.RestoreRule;

import java.util.Objects;

/**
 * What a job's state says of a split, but for where it stands.
 *
 * @param tenure the tenure that its position was reached in; 0 if it was never read under a lease
 * @param epoch the epoch that it was granted in; 0 if it never was
 * @param rule how to decide between that position and the table's
 */
public record RestoredPosition(long tenure, long epoch, RestoreRule rule) {

    public RestoredPosition {
        Objects.requireNonNull(rule);
    }
}
