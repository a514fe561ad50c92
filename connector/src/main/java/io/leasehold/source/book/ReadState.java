package io.leasehold.source.book;

import java.util.Optional;

/**
 * Where one split of a reader is. All of them are in the reader's state; a split that is in none of
 * these states is not this reader's.
 *
 * <pre>
 * state     what happens                                       next
 * --------  -------------------------------------------------  --------
 * (none)    restored                                           Withheld
 * (none)    assigned                                           Reading
 * Withheld  assigned                                           Reading
 * Reading   asked for, and a barrier comes or it is to stop    Frozen
 * Reading   at its end when positions are taken                Finished
 * Frozen    not asked for any more                             Reading
 * any       released, or on its way to another reader         (none)
 * Withheld  recorded as finished                               (none)
 * Finished  recorded as finished                               (none)
 * </pre>
 */
sealed interface ReadState<S> {

    PositionedSplit<S> at();

    /** Restored, and not granted again yet: somebody else may read it by now. */
    record Withheld<S>(PositionedSplit<S> at) implements ReadState<S> {}

    /**
     * The wrapped reader has it.
     *
     * @param asked the number of the request for which it is to stand still, if it is to
     */
    record Reading<S>(PositionedSplit<S> at, Optional<Long> asked) implements ReadState<S> {}

    /**
     * It is emitted no more, and stays in the state until it is dropped: no other state has it
     * before that.
     *
     * @param request the number of the request that it stands still for
     */
    record Frozen<S>(PositionedSplit<S> at, long request) implements ReadState<S> {}

    /** Read to its end, which is not in the table yet. */
    record Finished<S>(PositionedSplit<S> at) implements ReadState<S> {}
}
