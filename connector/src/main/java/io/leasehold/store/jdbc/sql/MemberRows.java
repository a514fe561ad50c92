package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStoreException;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the rows of a group and its members say. */
public final class MemberRows {

    private MemberRows() {}

    /** A group, with one of its members if it has any. */
    public record GroupRow(
            long changeNumber, int schemaVersion, boolean seenInLine, Optional<Member> member) {}

    public static GroupRow group(ResultSet row) throws SQLException {
        return new GroupRow(
                row.getLong("change_number"),
                row.getInt("schema_version"),
                row.getBoolean("seen_in_line"),
                member(row));
    }

    public static Membership membership(List<GroupRow> rows, LeaseSchema schema)
            throws LeaseStoreException {
        if (rows.isEmpty()) {
            return new Membership(0, List.of());
        }
        schema.requireKnown(rows.get(0).schemaVersion());
        return new Membership(
                rows.get(0).changeNumber(),
                rows.stream().map(GroupRow::member).flatMap(Optional::stream).toList());
    }

    /**
     * As {@link #membership(List, LeaseSchema)}, for a sender that saw this change number last.
     *
     * @throws OtherHistoryException if the group should remember that number and does not
     */
    public static Membership membership(List<GroupRow> rows, LeaseSchema schema, long seen)
            throws LeaseStoreException, OtherHistoryException {
        Membership read = membership(rows, schema);
        OtherHistoryException.unless(
                seen, read.changeNumber(), rows.stream().anyMatch(GroupRow::seenInLine));
        return read;
    }

    private static Optional<Member> member(ResultSet row) throws SQLException {
        String id = row.getString("member_id");
        // No lease can be read that belongs to a member whose name is none.
        if (id == null || !isName(id)) {
            return Optional.empty();
        }
        String incarnation = row.getString("incarnation");
        long beat = row.getLong("beat");
        try {
            return Optional.of(
                    new Member(
                            new Incarnation(id, incarnation),
                            beat,
                            StoredText.constant(MemberState.class, "state", row.getString("state")),
                            share(row),
                            orders(row),
                            Duration.ofNanos(row.getLong("duration_nanos")),
                            Duration.ofNanos(row.getLong("emits_for_nanos")),
                            Duration.ofNanos(row.getLong("held_for_nanos")),
                            StoredText.lines(row.getString("sink_prefixes")),
                            row.getString("description"),
                            row.getString("notice")));
        } catch (IllegalArgumentException e) {
            return Optional.of(
                    Membership.unreadable(
                            new Incarnation(id, isName(incarnation) ? incarnation : "unreadable"),
                            beat,
                            e.getMessage()));
        }
    }

    private static Share share(ResultSet row) throws SQLException {
        return new Share(
                row.getInt("weight"),
                row.getInt("most_splits"),
                StoredText.constant(Balance.class, "balance", row.getString("balance")));
    }

    private static Orders orders(ResultSet row) throws SQLException {
        int weight = row.getInt("ordered_weight");
        OptionalInt ordered = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(weight);
        return new Orders(row.getBoolean("ordered_drain"), ordered);
    }

    private static boolean isName(String name) {
        try {
            Names.require("name", name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Empty where the group has no member. */
    public static Optional<Inspection.SeenMember> seenMember(ResultSet row, SqlDialect dialect)
            throws SQLException {
        Optional<Member> member = member(row);
        return member.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Inspection.SeenMember(
                                member.get(),
                                dialect.instant(row, "joined_at"),
                                dialect.instant(row, "beat_at")));
    }
}
