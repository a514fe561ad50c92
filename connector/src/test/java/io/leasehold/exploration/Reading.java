package io.leasehold.exploration;

/**
 * What a reader does with one split.
 *
 * @param epoch the epoch it was assigned in
 * @param asked whether the job was told of a claim that stands
 * @param until when the longest grant is over that could have been given for it
 */
record Reading(long epoch, State state, boolean asked, long until) {

    enum State {
        /** It emits, and asks for more time. */
        READS,
        /** It gets no more time, and emits until then; it has not heard that it is to stop. */
        FORCED,
        /** The same, and its job has forgotten it. */
        LEFT,
        /** It stands still, as of a completed checkpoint. */
        FROZEN
    }

    boolean mayEmit(long now) {
        return state != State.FROZEN && until - now > 0;
    }

    /** Whether nothing of it is left. */
    boolean isForgotten(long now) {
        return state == State.LEFT && !mayEmit(now);
    }

    Reading in(State other) {
        return new Reading(epoch, other, asked, until);
    }

    Reading asked(boolean is) {
        return new Reading(epoch, state, is, until);
    }

    /** With a grant, if that lasts longer. */
    Reading granted(long end) {
        return state == State.READS && end - until > 0
                ? new Reading(epoch, state, asked, end)
                : this;
    }
}
