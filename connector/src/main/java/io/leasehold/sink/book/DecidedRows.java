package io.leasehold.sink.book;

import io.leasehold.lease.model.DecidedOutput;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Decided output of one sink that is not known to be committed, by the row of the lease table it
 * stands in.
 */
final class DecidedRows {

    /** Whose output it is. */
    enum Of {
        /** Of this member, decided before the job has started or was restored. */
        EARLIER_LIFE,
        /** Of this member, decided since. */
        THIS_LIFE,
        /** Of members that are closed. */
        OTHERS
    }

    private record Row(Of of, Map<Piece.Id, HeldPiece> left) {}

    private final Map<DecidedOutput.Key, Row> rows = new TreeMap<>();
    private final Map<Piece.Id, DecidedOutput.Key> rowOf = new HashMap<>();
    private int numbers;

    /**
     * Adds a row as it is read from the table. Nothing happens if it is there.
     *
     * <p>Its pieces get numbers below 0: rows of two incarnations may have the same checkpoint, and
     * the same as one that is decided from now on.
     */
    void add(Of of, DecidedOutput.Key key, List<StoredPiece> pieces) {
        if (!rows.containsKey(key)) {
            put(of, key, pieces.stream().map(this::renumbered).toList());
        }
    }

    private HeldPiece renumbered(StoredPiece piece) {
        numbers--;
        Piece.Id id = new Piece.Id(piece.id().checkpoint(), piece.id().subtask(), numbers);
        return new HeldPiece(id.subtask(), new StoredPiece(id, piece.committable()));
    }

    /** Adds what this life has decided, which its subtasks know by the numbers it has. */
    void decided(DecidedOutput.Key key, List<HeldPiece> pieces) {
        if (!pieces.isEmpty()) {
            put(Of.THIS_LIFE, key, pieces);
        }
    }

    private void put(Of of, DecidedOutput.Key key, List<HeldPiece> pieces) {
        Map<Piece.Id, HeldPiece> left = new TreeMap<>();
        for (HeldPiece held : pieces) {
            left.put(held.id(), held);
            rowOf.put(held.id(), key);
        }
        rows.put(key, new Row(of, left));
    }

    /**
     * These are certainly committed. What is not known here is ignored.
     *
     * @return the rows of which nothing is left
     */
    List<DecidedOutput.Key> committed(Collection<Piece.Id> ids) {
        List<DecidedOutput.Key> over = new ArrayList<>();
        for (Piece.Id id : ids) {
            DecidedOutput.Key key = rowOf.remove(id);
            if (key != null) {
                Row row = rows.get(key);
                row.left().remove(id);
                if (row.left().isEmpty()) {
                    rows.remove(key);
                    over.add(key);
                }
            }
        }
        return List.copyOf(over);
    }

    /** Rows without a piece in them, which are committed as they are. */
    List<DecidedOutput.Key> takeEmpty() {
        List<DecidedOutput.Key> empty =
                rows.entrySet().stream()
                        .filter(row -> row.getValue().left().isEmpty())
                        .map(Map.Entry::getKey)
                        .toList();
        empty.forEach(rows::remove);
        return empty;
    }

    boolean isEmpty(Of of) {
        return rows.values().stream().noneMatch(row -> row.of() == of);
    }

    /** What this subtask is to commit before its writer exists. */
    List<StoredPiece> beforeTheWriterOf(int subtask, int parallelism) {
        return pieces(
                row ->
                        row.of() == Of.EARLIER_LIFE && isFor(subtask, parallelism, row.held())
                                || row.of() == Of.THIS_LIFE && row.held().subtask() == subtask);
    }

    /** What this subtask is to commit of closed members. */
    List<StoredPiece> ofOthers(int subtask, int parallelism) {
        return pieces(row -> row.of() == Of.OTHERS && isFor(subtask, parallelism, row.held()));
    }

    /** All of one member. */
    List<StoredPiece> of(String memberId) {
        return rows.entrySet().stream()
                .filter(row -> row.getKey().checkpoint().incarnation().memberId().equals(memberId))
                .flatMap(row -> row.getValue().left().values().stream())
                .map(HeldPiece::piece)
                .toList();
    }

    /** The jobs of a group need not have as many subtasks. */
    private static boolean isFor(int subtask, int parallelism, HeldPiece held) {
        return Math.floorMod(held.subtask(), parallelism) == subtask;
    }

    private record Left(Of of, HeldPiece held) {}

    private List<StoredPiece> pieces(Predicate<Left> which) {
        return rows.values().stream()
                .flatMap(row -> row.left().values().stream().map(held -> new Left(row.of(), held)))
                .filter(which)
                .map(left -> left.held().piece())
                .toList();
    }

    /** Drops these rows, which the table tells of again. */
    void forget(Set<Of> which) {
        rows.values().removeIf(row -> which.contains(row.of()));
        rowOf.values().removeIf(key -> !rows.containsKey(key));
    }

    /** Of this member, whichever life. */
    static final Set<Of> OWN = EnumSet.of(Of.EARLIER_LIFE, Of.THIS_LIFE);
}
