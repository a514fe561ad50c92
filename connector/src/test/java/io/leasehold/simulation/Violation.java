package io.leasehold.simulation;

/**
 * A promise that a history breaks.
 *
 * @param at true time
 * @param about the split or member that it is about; empty if it is not known
 */
public record Violation(Promise promise, long at, String about, String what) {

    /** The promises that are judged, by their names in the protocol where they have one. */
    public enum Promise {
        S1_EXCLUSIVE,
        S2_FENCED,
        S3_FORWARD,
        S4_NOTHING_LOST,
        S5_PLANNED_MOVES_REPLAY_NOTHING,
        S6_STATE_AND_SOURCE_AGREE,
        /** No reader of committed output sees a record twice. */
        OUTPUT_ONCE,
        /** Readers of committed output see every record below the decided position. */
        OUTPUT_WHOLE,
        /** Only decided output is committed. */
        OUTPUT_IS_DECIDED,
        /** What a member that is over left open is soon aborted, so that others are read on. */
        OUTPUT_IS_NOT_HELD_BACK,
        L1_TAKEN_OVER,
        L2_CLAIMS_END,
        L3_SETTLED,
        TWINS_END,
        /** Who closes keeps its splits for its next incarnation, for as long as it says. */
        RESTART_IS_AWAITED,
        /** A member reads only what its source finds or its state holds. */
        READS_ITS_OWN,
        /** A member is drained when all that it emitted is committed, not before. */
        DRAINED_IS_COMMITTED,
        /** After an outage of the store nobody looks dead because nobody could write. */
        OUTAGE_MOVES_NOTHING,
        /** Nobody is closed by others who had no trouble but one lost message. */
        NO_CLOSE_WITHOUT_CAUSE,
        /** In a job that would fail it. */
        NOTHING_IS_THROWN
    }

    @Override
    public String toString() {
        return "%s at %.6f s, %s: %s".formatted(promise, at / 1e9, about, what);
    }
}
