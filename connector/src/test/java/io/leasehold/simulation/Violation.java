package io.leasehold.simulation;

/**
 * A promise that a history breaks.
 *
 * @param at true time
 * @param about the split or member that it is about
 */
record Violation(Promise promise, long at, String about, String what) {

    /** The promises that are judged, by their names in the protocol where they have one. */
    enum Promise {
        S1_EXCLUSIVE,
        S2_FENCED,
        S3_FORWARD,
        S4_NOTHING_LOST,
        S6_STATE_AND_SOURCE_AGREE,
        L1_TAKEN_OVER,
        L3_SETTLED,
        TWINS_END,
        /** After an outage of the store nobody looks dead because nobody could write. */
        OUTAGE_MOVES_NOTHING,
        /** Nobody is closed by others who had no trouble but one lost message. */
        NO_CLOSE_WITHOUT_CAUSE
    }

    @Override
    public String toString() {
        return "%s at %.6f s, %s: %s".formatted(promise, at / 1e9, about, what);
    }
}
