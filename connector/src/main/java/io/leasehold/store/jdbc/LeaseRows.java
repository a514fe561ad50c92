package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.SplitRequest.Exclude.Excluded;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the rows of a result say. */
final class LeaseRows {

    private static final String LINE_SEPARATOR = "\n";

    private LeaseRows() {}

    /** Names, one a line, as {@link #lines(String)} reads them; names have no line breaks. */
    static String lines(Set<String> names) {
        return String.join(LINE_SEPARATOR, names);
    }

    private static Set<String> lines(String names) {
        return names.isEmpty() ? Set.of() : Set.copyOf(List.of(names.split(LINE_SEPARATOR, -1)));
    }

    private static Set<String> parents(String lines) {
        Set<String> parents = lines(lines);
        parents.forEach(parent -> Names.require("parent's split id", parent));
        return parents;
    }

    /** As {@link #excluded(String)} reads it back: a line for each member. */
    static String excluded(Excluded split) {
        return new TreeMap<>(split.excluded())
                .entrySet().stream()
                        .map(member -> member.getValue().name() + ' ' + member.getKey())
                        .collect(Collectors.joining("\n"));
    }

    private static Map<String, Exclusion> excluded(String lines) {
        if (lines.isEmpty()) {
            return Map.of();
        }
        Map<String, Exclusion> excluded = new HashMap<>();
        for (String line : lines.split("\n", -1)) {
            int end = Math.max(line.indexOf(' '), 0);
            String member = line.substring(end).stripLeading();
            Names.require("id of an excluded member", member);
            excluded.put(
                    member,
                    constant(Exclusion.class, "reason of an exclusion", line.substring(0, end)));
        }
        return excluded;
    }

    /** A group, with one of its members if it has any. */
    record GroupRow(
            long changeNumber, int schemaVersion, boolean seenInLine, Optional<Member> member) {}

    static GroupRow group(ResultSet row) throws SQLException {
        return new GroupRow(
                row.getLong("change_number"),
                row.getInt("schema_version"),
                row.getBoolean("seen_in_line"),
                member(row));
    }

    static Membership membership(List<GroupRow> rows, LeaseSchema schema)
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
    static Membership membership(List<GroupRow> rows, LeaseSchema schema, long seen)
            throws LeaseStoreException, OtherHistoryException {
        Membership read = membership(rows, schema);
        requireSameHistory(seen, read.changeNumber(), rows.stream().anyMatch(GroupRow::seenInLine));
        return read;
    }

    private static void requireSameHistory(long seen, long found, boolean inLine)
            throws OtherHistoryException {
        if (ChangeNumber.wentBack(seen, found, inLine)) {
            throw new OtherHistoryException(seen, found);
        }
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
                            constant(MemberState.class, "state", row.getString("state")),
                            share(row),
                            orders(row),
                            Duration.ofNanos(row.getLong("duration_nanos")),
                            Duration.ofNanos(row.getLong("emits_for_nanos")),
                            Duration.ofNanos(row.getLong("held_for_nanos")),
                            lines(row.getString("sink_prefixes")),
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
                constant(Balance.class, "balance", row.getString("balance")));
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

    /** What became of a lease row: a lease, or why it is none. */
    private record LeaseRow(String splitId, Optional<Lease> lease, String why) {}

    /** A group, with one of the leases that have changed if any has. */
    record ChangeRow(
            long changeNumber, int schemaVersion, boolean seenInLine, Optional<LeaseRow> lease) {}

    static ChangeRow change(ResultSet row) throws SQLException {
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
    static LeaseChanges changes(List<ChangeRow> rows, LeaseSchema schema, long seen)
            throws LeaseStoreException, OtherHistoryException {
        if (rows.isEmpty()) {
            requireSameHistory(seen, 0, false);
            return new LeaseChanges(0, List.of(), Map.of());
        }
        schema.requireKnown(rows.get(0).schemaVersion());
        requireSameHistory(seen, rows.get(0).changeNumber(), rows.get(0).seenInLine());
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

    /** A lease with its progress, unless it cannot be decoded. */
    static Optional<Acquire.Taken> taken(ResultSet row) throws SQLException {
        Optional<Lease> lease = lease(row).lease();
        return lease.isEmpty()
                ? Optional.empty()
                : Optional.of(new Acquire.Taken(lease.get(), progress(row)));
    }

    static Progress progress(ResultSet row) throws SQLException {
        return new Progress(
                row.getBytes("progress"),
                row.getInt("serializer_version"),
                row.getString("progress_text"),
                row.getLong("progress_checkpoint"));
    }

    /** Empty where the group has no member. */
    static Optional<Inspection.SeenMember> seenMember(ResultSet row, SqlDialect dialect)
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

    /** A split with all there is, or why it cannot be decoded. */
    record SeenRow(String splitId, Optional<Inspection.SeenSplit> split, String why) {}

    /** Empty where the group has no split. */
    static Optional<SeenRow> seenSplit(ResultSet row, SqlDialect dialect) throws SQLException {
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
                                    excluded(row.getString("excluded_members")),
                                    rate(row.getDouble("rate")),
                                    row.getLong("version"))),
                    "");
        } catch (IllegalArgumentException e) {
            return new LeaseRow(splitId, Optional.empty(), e.getMessage());
        }
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
                                constant(
                                        Claim.Kind.class,
                                        "claim_kind",
                                        row.getString("claim_kind"))))
                : Optional.empty();
    }

    /** What else it may be is said to whoever changed it by hand. */
    private static <E extends Enum<E>> E constant(Class<E> type, String column, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "The %s is '%s'; it may be one of %s."
                                                .formatted(
                                                        column,
                                                        text,
                                                        Arrays.toString(type.getEnumConstants()))));
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
