package io.leasehold.sink.task;

import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.StoredPiece;

import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes and reads pieces of output with a sink's serializer.
 *
 * @param <C> the sink's committables
 */
record PieceBytes<C>(SimpleVersionedSerializer<C> serializer) {

    List<StoredPiece> write(List<Piece<C>> pieces) throws IOException {
        List<StoredPiece> stored = new ArrayList<>();
        for (Piece<C> piece : pieces) {
            stored.add(
                    new StoredPiece(
                            piece.id(),
                            SimpleVersionedSerialization.writeVersionAndSerialize(
                                    serializer, piece.committable())));
        }
        return stored;
    }

    /**
     * @throws IOException if the sink's serializer cannot read one
     */
    List<Piece<C>> read(List<StoredPiece> stored) throws IOException {
        List<Piece<C>> pieces = new ArrayList<>();
        for (StoredPiece piece : stored) {
            pieces.add(read(piece));
        }
        return pieces;
    }

    /**
     * @throws IOException if the sink's serializer cannot read it
     */
    Piece<C> read(StoredPiece stored) throws IOException {
        try {
            return new Piece<>(
                    stored.id(),
                    SimpleVersionedSerialization.readVersionAndDeSerialize(
                            serializer, stored.committable()));
        } catch (RuntimeException e) {
            // Another job has written them: what a serializer throws of them fails nobody's task.
            throw new IOException(
                    "The bytes of %s are not of this sink: %s".formatted(stored, e.getMessage()),
                    e);
        }
    }
}
