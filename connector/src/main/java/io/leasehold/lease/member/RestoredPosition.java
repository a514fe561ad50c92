package io.leasehold.lease.member;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.RestoreRule;

import java.util.Objects;
import java.util.Optional;

/**
 * What a job's state says of a split, but for where it stands, and which position is gone on from:
 * protocol section 7.
 *
 * <p>A tenure tells more than one line of state apart only where somebody started from the table.
 * Two jobs that start from one savepoint begin in the same tenure. What tells them apart is the
 * epoch: if it is not the one in the state, somebody was granted the split since, and if the row
 * does not name this member as the last one, then that may have been another.
 *
 * <p>Why the owner's own restarts never take that for another's doing: a split without an owner was
 * released as of a completed checkpoint, which holds it in the epoch that it was released in.
 *
 * @param tenure the tenure that its position was reached in; 0 if it was never read under a lease
 * @param epoch the epoch that it was granted in; 0 if it never was
 * @param rule how to decide between that position and the table's
 */
public record RestoredPosition(long tenure, long epoch, RestoreRule rule) {

    /** Where a split starts, and whether in the tenure it is in. */
    enum Start {
        /** From the state's position, which is of the lease's tenure. */
        STATE,
        /** From the state's position, though it is of another tenure: in a new one. */
        STATE_ANEW,
        /** From the recorded position: in a new tenure. */
        TABLE,
        /**
         * From the recorded position, in the lease's tenure: what is decided is recorded, and the
         * state says the same unless its checkpoint is void or an older one.
         */
        DECIDED,
        /** Not at all: the job is to fail. */
        REFUSED
    }

    public RestoredPosition {
        Objects.requireNonNull(rule);
    }

    /**
     * Where the split of this lease starts, as the row was read.
     *
     * @param historyWasLost whether the table lost changes: then the same epoch may have been given
     *     twice, to different owners
     * @param rowsAreDecided whether what the table says of positions is what is decided
     */
    Start startOf(Lease lease, String memberId, boolean historyWasLost, boolean rowsAreDecided) {
        if (lease.epoch() == 0 && lease.tenure() == 0) {
            // Neither granted nor reset by an operator, ever.
            return Start.STATE;
        }
        boolean sameEpoch = lease.epoch() == epoch && !historyWasLost;
        boolean unbroken =
                lease.tenure() == tenure
                        && (sameEpoch || lease.ownerId().equals(Optional.of(memberId)));
        return switch (rule) {
            case AUTO -> !unbroken ? Start.TABLE : rowsAreDecided ? Start.DECIDED : Start.STATE;
            case STATE -> unbroken ? Start.STATE : Start.STATE_ANEW;
            case TABLE -> Start.TABLE;
            case FAIL -> unbroken ? Start.STATE : Start.REFUSED;
        };
    }

    /** The tenure to acquire this lease in, if the split starts there. */
    long tenureIn(Lease lease, Start start) {
        // Where the table was lost, a position of a later tenure than the row's may be there.
        long known = Math.max(tenure, lease.tenure());
        return start == Start.STATE || start == Start.DECIDED ? known : known + 1;
    }
}
