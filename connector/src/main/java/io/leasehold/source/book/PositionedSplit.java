package io.leasehold.source.book;

import io.leasehold.lease.model.Lease;

import java.util.Objects;

/**
 * A split at a position that this job knows.
 *
 * @param splitId its id in the group
 * @param split as the wrapped source knows it, with the position
 * @param epoch the epoch of the lease it was granted under; 0 if it never was
 * @param tenure the tenure in which the position was reached; 0 if it was reached without a lease
 * @param finished whether it has been read to its end
 */
public record PositionedSplit<S>(
        String splitId, S split, long epoch, long tenure, boolean finished) {

    public PositionedSplit {
        Objects.requireNonNull(splitId);
        Objects.requireNonNull(split);
    }

    /**
     * At the position that the table holds: of no tenure, until it is acquired.
     *
     * @param splitId the object that is kept: splits make theirs anew each time they are asked
     */
    static <S> PositionedSplit<S> inTable(String splitId, S split) {
        return new PositionedSplit<>(splitId, split, 0, 0, false);
    }

    /** Read under this lease. */
    PositionedSplit<S> grantedBy(Lease lease) {
        return new PositionedSplit<>(
                lease.splitId(), split, lease.epoch(), lease.tenure(), finished);
    }

    /** Where a reader has come to. */
    PositionedSplit<S> at(S position) {
        return new PositionedSplit<>(splitId, position, epoch, tenure, false);
    }

    /** Read to its end. */
    PositionedSplit<S> asFinished() {
        return new PositionedSplit<>(splitId, split, epoch, tenure, true);
    }
}
