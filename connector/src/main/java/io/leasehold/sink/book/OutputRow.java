package io.leasehold.sink.book;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of prepared output, in the lease table and in Flink's state: a version, the number of
 * pieces, and of each its checkpoint, its subtask, its number, the length of its committable and
 * the committable.
 *
 * <p>Jobs of a group may run different versions of this library. Bytes of a newer version are
 * refused, and not read as something else.
 */
public final class OutputRow {

    /** What is written. */
    static final int VERSION = 1;

    private OutputRow() {}

    public static byte[] write(List<StoredPiece> pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(VERSION);
            out.writeInt(pieces.size());
            for (StoredPiece piece : pieces) {
                out.writeLong(piece.id().checkpoint());
                out.writeInt(piece.id().subtask());
                out.writeInt(piece.id().number());
                out.writeInt(piece.committable().length);
                out.write(piece.committable());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws IOException if the bytes are of a newer version or of another format: a sentence for
     *     people
     */
    public static List<StoredPiece> read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            int version = in.readInt();
            if (version != VERSION) {
                throw new IOException(
                        "Prepared output is written in version %s; this library reads version %s. Commit it with the library that wrote it, or a later one."
                                .formatted(version, VERSION));
            }
            int count = in.readInt();
            List<StoredPiece> pieces = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pieces.add(readPiece(in));
            }
            if (in.available() > 0) {
                throw new IOException(
                        "Prepared output has %s bytes too many: not of this format."
                                .formatted(in.available()));
            }
            return List.copyOf(pieces);
        } catch (EOFException e) {
            throw new IOException("Prepared output is cut short: not of this format.", e);
        }
    }

    private static StoredPiece readPiece(DataInputStream in) throws IOException {
        Piece.Id id = new Piece.Id(in.readLong(), in.readInt(), in.readInt());
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new EOFException();
        }
        return new StoredPiece(id, in.readNBytes(length));
    }
}
