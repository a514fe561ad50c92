package io.leasehold.sink.book;

import java.io.Serializable;
import java.util.Objects;

/**
 * A piece of prepared output as it travels and as it is stored.
 *
 * @param committable in the bytes of the sink's serializer, with that serializer's version; not
 *     copied, not to be changed
 */
public record StoredPiece(Piece.Id id, byte[] committable) implements Serializable {

    private static final long serialVersionUID = 1L;

    public StoredPiece {
        Objects.requireNonNull(id);
        Objects.requireNonNull(committable);
    }

    @Override
    public String toString() {
        return "%s, %s bytes".formatted(id, committable.length);
    }
}
