package io.leasehold.sink.book;

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
     * @param number counts what that subtask prepared for that checkpoint, from 0
     */
    public record Id(long checkpoint, int subtask, int number) {}
}
