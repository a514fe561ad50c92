package io.leasehold.lease.member;

import io.leasehold.lease.model.Lease;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which position to go on from with splits that a job's state holds: protocol section 7.
 *
 * <p>A tenure tells more than one line of state apart only where somebody started from the table.
 * Two jobs that start from one savepoint begin in the same tenure. What tells them apart is the
 * epoch: if it is not the one in the state, somebody was granted the split since, and if the row
 * does not name this member as the last one, then that may have been another.
 *
 * <p>Why the owner's own restarts never take that for another's doing: a split without an owner was
 * released as of a completed checkpoint, which holds it in the epoch that it was released in.
 */
final class RestoredPositions {

    /** Where a split starts, and whether in the tenure it is in. */
    enum Start {
        /** From the state's position, which is of the lease's tenure. */
        STATE,
        /** From the state's position, though it is of another tenure: in a new one. */
        STATE_ANEW,
        /** From the table's progress: in a new tenure. */
        TABLE,
        /** Not at all: the job is to fail. */
        REFUSED
    }

    private final String memberId;
    private Map<String, RestoredPosition> restored = new HashMap<>();
    private boolean historyWasLost;

    /** What was decided for splits that are being acquired. */
    private final Map<String, Start> decided = new HashMap<>();

    RestoredPositions(String memberId) {
        this.memberId = memberId;
    }

    void restored(String splitId, RestoredPosition at) {
        RestoredPosition before = restored.put(splitId, at);
        if (before == null || before.tenure() != at.tenure()) {
            decided.remove(splitId);
        }
    }

    /** Returns whether there was one. */
    boolean forget(String splitId) {
        decided.remove(splitId);
        boolean was = restored.remove(splitId) != null;
        if (was && restored.isEmpty()) {
            // A map that was large stays so inside, for ever.
            restored = new HashMap<>();
        }
        return was;
    }

    void historyWasLost() {
        historyWasLost = true;
    }

    /** The epoch that the state's position was reached in; 0 if there is none. */
    long epochOf(String splitId) {
        RestoredPosition at = restored.get(splitId);
        return at == null ? 0 : at.epoch();
    }

    boolean has(String splitId) {
        return restored.containsKey(splitId);
    }

    /** The splits that the job's state holds and that are not granted yet. */
    List<String> splitIds() {
        return List.copyOf(restored.keySet());
    }

    /** Where the split of this lease starts, as the row was read. */
    Start of(Lease lease) {
        RestoredPosition at = restored.get(lease.splitId());
        if (at == null) {
            return Start.TABLE;
        }
        if (lease.epoch() == 0 && lease.tenure() == 0) {
            // Neither granted nor reset by an operator, ever.
            return Start.STATE;
        }
        boolean unbroken = isUnbroken(lease, at);
        return switch (at.rule()) {
            case AUTO -> unbroken ? Start.STATE : Start.TABLE;
            case STATE -> unbroken ? Start.STATE : Start.STATE_ANEW;
            case TABLE -> Start.TABLE;
            case FAIL -> unbroken ? Start.STATE : Start.REFUSED;
        };
    }

    /** Where history was lost, the same epoch may have been given twice, to different owners. */
    private boolean isUnbroken(Lease lease, RestoredPosition at) {
        boolean sameEpoch = lease.epoch() == at.epoch() && !historyWasLost;
        return lease.tenure() == at.tenure()
                && (sameEpoch || lease.ownerId().equals(Optional.of(memberId)));
    }

    /** Decides where the split of this lease starts, and returns the tenure to acquire it in. */
    long tenureToAcquire(Lease lease) {
        Start start = of(lease);
        decided.put(lease.splitId(), start);
        // Where the table was lost, a position of a later tenure than the row's may be there.
        long known =
                Optional.ofNullable(restored.get(lease.splitId()))
                        .map(at -> Math.max(at.tenure(), lease.tenure()))
                        .orElse(lease.tenure());
        return start == Start.STATE ? known : known + 1;
    }

    /** A split was acquired, where it starts having been decided. */
    Start acquired(String splitId) {
        Start start = decided.getOrDefault(splitId, Start.TABLE);
        forget(splitId);
        return start;
    }
}
