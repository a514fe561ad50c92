package io.leasehold.sink.book;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Objects;

/**
 * One piece of prepared output.
 *
 * @param id which piece of its job's line it is
 * @param committable what commits it
 */
public record Piece<C>(Id id, C committable) {

    public Piece {
        Objects.requireNonNull(id);
        Objects.requireNonNull(committable);
    }

    /** The checkpoint that it was prepared for. */
    public long checkpoint() {
        return id.checkpoint();
    }

    /**
     * Which piece, within one sink of one line.
     *
     * @param subtask the subtask that prepared it, which may be another than the one that has it
     *     now
     * @param number counts what that subtask prepared for that checkpoint, from 0. Output of lives
     *     that are over is given a number below 0: two of these may have the same checkpoint
     */
    public record Id(long checkpoint, int subtask, int number)
            implements Comparable<Id>, Serializable {

        private static final long serialVersionUID = 1L;

        private static final Comparator<Id> ORDER =
                Comparator.comparingLong(Id::checkpoint)
                        .thenComparingInt(Id::subtask)
                        .thenComparingInt(Id::number);

        @Override
        public int compareTo(Id other) {
            return ORDER.compare(this, other);
        }
    }
}
