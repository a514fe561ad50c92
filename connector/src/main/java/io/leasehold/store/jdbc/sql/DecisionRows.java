package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the rows of members and of output say about decided checkpoints. */
public final class DecisionRows {

    private DecisionRows() {}

    /** Output, or why its row cannot be decoded. */
    public record OutputRow(Optional<DecidedOutput> output, String why) {}

    /** What a row of {@link DecisionSql#LAST} says: without output. */
    public static Decisions last(ResultSet row) throws SQLException {
        Optional<String> unsealed = Optional.ofNullable(row.getString("unsealed"));
        if (row.getString("decided_incarnation") == null) {
            return new Decisions(Optional.empty(), unsealed);
        }
        try {
            return new Decisions(
                    Optional.of(
                            checkpoint(
                                    row,
                                    "decided_incarnation",
                                    "decided_line",
                                    "decided_checkpoint")),
                    unsealed);
        } catch (IllegalArgumentException e) {
            return new Decisions(
                    Optional.empty(),
                    unsealed,
                    List.of(),
                    List.of(
                            "The row of member '%s' does not say what it decided last. %s"
                                    .formatted(row.getString("member_id"), e.getMessage())));
        }
    }

    /** The same decisions, with their output. */
    public static Decisions with(List<OutputRow> rows, Decisions last) {
        List<String> unreadable = new ArrayList<>(last.unreadable());
        rows.stream()
                .filter(row -> row.output().isEmpty())
                .forEach(row -> unreadable.add(row.why()));
        return new Decisions(
                last.last(),
                last.unsealed(),
                rows.stream().map(OutputRow::output).flatMap(Optional::stream).toList(),
                unreadable);
    }

    /** A row of {@link DecisionSql#OUTPUT}. */
    public static OutputRow output(ResultSet row) throws SQLException {
        try {
            return new OutputRow(
                    Optional.of(new DecidedOutput(readKey(row), row.getBytes("output"))), "");
        } catch (IllegalArgumentException e) {
            return new OutputRow(
                    Optional.empty(),
                    "Decided output of member '%s', incarnation '%s', checkpoint %s, sink '%s' cannot be read. %s"
                            .formatted(
                                    row.getString("member_id"),
                                    row.getString("incarnation"),
                                    row.getLong("checkpoint_id"),
                                    row.getString("sink_id"),
                                    e.getMessage()));
        }
    }

    /** A row of {@link DecisionSql#OUTPUT_KEYS}; empty if it cannot be decoded. */
    public static Optional<DecidedOutput.Key> key(ResultSet row) throws SQLException {
        try {
            return Optional.of(readKey(row));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static DecidedOutput.Key readKey(ResultSet row) throws SQLException {
        return new DecidedOutput.Key(
                checkpoint(row, "incarnation", "state_line", "checkpoint_id"),
                row.getString("sink_id"));
    }

    private static DecidedCheckpoint checkpoint(
            ResultSet row, String incarnation, String line, String checkpoint) throws SQLException {
        return new DecidedCheckpoint(
                new Incarnation(row.getString("member_id"), row.getString(incarnation)),
                new StateLine(row.getString(line)),
                row.getLong(checkpoint));
    }
}
