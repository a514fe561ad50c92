package io.leasehold.sink.book;

/**
 * A piece of output and the subtask that is to commit it.
 *
 * @param subtask the one that has reported it, which need not be the one that prepared it
 */
record HeldPiece(int subtask, StoredPiece piece) {

    Piece.Id id() {
        return piece.id();
    }
}
