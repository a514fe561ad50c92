package io.leasehold.source.book;

import java.util.OptionalInt;

/**
 * Where one split of this job is. A split that the book has no state of is the table's alone.
 *
 * <pre>
 * state     what happens                            next
 * --------  --------------------------------------  ----------------------------------------
 * (none)    acquired                                Waiting
 * (none)    a reader's state holds it               Withheld
 * Withheld  acquired                                Waiting, or Withheld if read to its end
 * Waiting   a reader can have it                    Reading: it is assigned
 * Reading   claimed, or to move                     Reading: its reader is asked for it
 * Reading   it stands still as of a checkpoint:
 *             another member claimed it             Releasing: it is released
 *             another reader is to have it          Withheld: it is acquired anew
 * Reading   its attempt is gone                     (none): missing, until it comes back or the
 *                                                   next attempt, which does not have it, is there
 * any       released, lost, finished                (none)
 * </pre>
 */
sealed interface SplitState<S> {

    /** The epoch that it is in, or was in last as far as this job knows. */
    long epoch();

    /** The subtask whose reader has it, if one has. */
    default OptionalInt reader() {
        return OptionalInt.empty();
    }

    /** The subtask whose state holds it, if one does. */
    OptionalInt inStateOf();

    /**
     * Its position belongs into this enumerator's checkpoints, since nobody else remembers it; it
     * is to be acquired anew.
     *
     * @param inStateOf the one subtask that may have it, where its state holds it too
     */
    record Withheld<S>(PositionedSplit<S> at, OptionalInt inStateOf) implements SplitState<S> {
        @Override
        public long epoch() {
            return at.epoch();
        }
    }

    /**
     * It is acquired, in the epoch of the position, and waits for a reader. Its position belongs
     * into this enumerator's checkpoints.
     *
     * @param inStateOf as for {@link Withheld}
     */
    record Waiting<S>(PositionedSplit<S> at, OptionalInt inStateOf, Wanted wanted)
            implements SplitState<S> {
        @Override
        public long epoch() {
            return at.epoch();
        }

        Waiting<S> wanted(Wanted by) {
            return new Waiting<>(at, inStateOf, by);
        }
    }

    /** A reader has it. */
    record Reading<S>(int subtask, long epoch, Wanted wanted) implements SplitState<S> {
        @Override
        public OptionalInt reader() {
            return OptionalInt.of(subtask);
        }

        @Override
        public OptionalInt inStateOf() {
            return reader();
        }

        Reading<S> wanted(Wanted by) {
            return new Reading<>(subtask, epoch, by);
        }
    }

    /** A reader has it, and it stands still for good in this epoch: it is being released. */
    record Releasing<S>(int subtask, long epoch) implements SplitState<S> {
        @Override
        public OptionalInt reader() {
            return OptionalInt.of(subtask);
        }

        @Override
        public OptionalInt inStateOf() {
            return reader();
        }
    }
}
