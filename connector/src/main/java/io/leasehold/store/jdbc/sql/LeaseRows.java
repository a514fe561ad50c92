package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OwnershipRequest.Acquire;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the rows of leases say. */
public final class LeaseRows {

    private LeaseRows() {}

    /** What became of a lease row: a lease, or why it is none. */
    private record LeaseRow(String splitId, Optional<Lease> lease, String why) {}

    /** A group, with one of the leases that have changed if any has. */
    public record ChangeRow(
            long changeNumber, int schemaVersion, boolean seenInLine, Optional<LeaseRow> lease) {}

    public static ChangeRow change(ResultSet row) throws SQLException {
        return new ChangeRow(
                row.getLong("change_number"),
                row.getInt("schema_version"),
                row.getBoolean("seen_in_line"),
                row.getString("split_id") == null ? Optional.empty() : Optional.of(lease(row)));
    }

    /**
     * @param seen the change number that the sender saw last
     * @throws OtherHistoryException if the group should remember that number and does not
     */
    public static LeaseChanges changes(List<ChangeRow> rows, LeaseSchema schema, long seen)
            throws LeaseStoreException, OtherHistoryException {
        if (rows.isEmpty()) {
            OtherHistoryException.unless(seen, 0, false);
            return new LeaseChanges(0, List.of(), Map.of());
        }
        schema.requireKnown(rows.get(0).schemaVersion());
        OtherHistoryException.unless(seen, rows.get(0).changeNumber(), rows.get(0).seenInLine());
        List<Lease> leases = new ArrayList<>();
        Map<String, String> unreadable = new HashMap<>();
        for (ChangeRow row : rows) {
            row.lease()
                    .ifPresent(
                            read ->
                                    read.lease()
                                            .ifPresentOrElse(
                                                    leases::add,
                                                    () ->
                                                            unreadable.put(
                                                                    read.splitId(), read.why())));
        }
        return new LeaseChanges(rows.get(0).changeNumber(), leases, unreadable);
    }

    /** A lease with its position, unless it cannot be decoded. */
    public static Optional<Acquire.Taken> taken(ResultSet row) throws SQLException {
        Optional<Lease> lease = lease(row).lease();
        return lease.isEmpty()
                ? Optional.empty()
                : Optional.of(new Acquire.Taken(lease.get(), progress(row)));
    }

    public static Progress progress(ResultSet row) throws SQLException {
        return new Progress(
                row.getBytes("progress"),
                row.getInt("serializer_version"),
                row.getString("progress_text"),
                row.getLong("progress_checkpoint"));
    }

    /** A split with all there is, or why it cannot be decoded. */
    public record SeenRow(String splitId, Optional<Inspection.SeenSplit> split, String why) {}

    /** Empty where the group has no split. */
    public static Optional<SeenRow> seenSplit(ResultSet row, SqlDialect dialect)
            throws SQLException {
        if (row.getString("split_id") == null) {
            return Optional.empty();
        }
        LeaseRow lease = lease(row);
        Optional<Acquire.Taken> taken = taken(row);
        Instant progressAt = dialect.instant(row, "progress_at");
        return Optional.of(
                new SeenRow(
                        lease.splitId(),
                        taken.map(
                                it ->
                                        new Inspection.SeenSplit(
                                                it.lease(), it.progress(), progressAt)),
                        lease.why()));
    }

    private static LeaseRow lease(ResultSet row) throws SQLException {
        String splitId = row.getString("split_id");
        try {
            return new LeaseRow(
                    splitId,
                    Optional.of(
                            new Lease(
                                    splitId,
                                    owner(row),
                                    notNegative("epoch", row.getLong("epoch")),
                                    row.getLong("tenure"),
                                    claim(row),
                                    row.getBoolean("finished"),
                                    parents(row.getString("parents")),
                                    StoredText.excluded(row.getString("excluded_members")),
                                    rate(row.getDouble("rate")),
                                    row.getLong("version"))),
                    "");
        } catch (IllegalArgumentException e) {
            return new LeaseRow(splitId, Optional.empty(), e.getMessage());
        }
    }

    private static Set<String> parents(String lines) {
        Set<String> parents = StoredText.lines(lines);
        parents.forEach(parent -> Names.require("parent's split id", parent));
        return parents;
    }

    private static Optional<Incarnation> owner(ResultSet row) throws SQLException {
        return bothOrNeither(row, "owner", "owner_incarnation")
                ? Optional.of(
                        new Incarnation(row.getString("owner"), row.getString("owner_incarnation")))
                : Optional.empty();
    }

    private static Optional<Claim> claim(ResultSet row) throws SQLException {
        return bothOrNeither(row, "claimant", "claim_kind")
                ? Optional.of(
                        new Claim(
                                row.getString("claimant"),
                                StoredText.constant(
                                        Claim.Kind.class,
                                        "claim_kind",
                                        row.getString("claim_kind"))))
                : Optional.empty();
    }

    private static boolean bothOrNeither(ResultSet row, String one, String other)
            throws SQLException {
        boolean first = row.getString(one) != null;
        if (first != (row.getString(other) != null)) {
            throw new IllegalArgumentException(
                    "Of %s and %s only one is there.".formatted(one, other));
        }
        return first;
    }

    private static long notNegative(String what, long number) {
        if (number < 0) {
            throw new IllegalArgumentException("The " + what + " " + number + " is negative.");
        }
        return number;
    }

    private static double rate(double rate) {
        if (!(rate >= 0)) {
            throw new IllegalArgumentException("The rate " + rate + " is none.");
        }
        return rate;
    }
}
