package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.store.jdbc.sql.LeaseRows;
import io.leasehold.store.jdbc.sql.MemberRows;
import io.leasehold.store.jdbc.sql.OperatorSql;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a store holds, for people. */
final class JdbcInspection {

    private record MemberRow(
            Instant readAt, MemberRows.GroupRow group, Optional<Inspection.SeenMember> member) {}

    private record SplitRow(long changeNumber, Optional<LeaseRows.SeenRow> split) {}

    private JdbcInspection() {}

    static List<GroupSummary> groups(JdbcSession session) throws SQLException {
        return session
                .query(
                        OperatorSql.GROUPS,
                        Values.of(""),
                        row ->
                                new GroupSummary(
                                        row.getString("group_id"),
                                        row.getInt("schema_version"),
                                        row.getLong("change_number"),
                                        row.getInt("members"),
                                        row.getInt("splits"),
                                        session.dialect().instant(row, "created_at")))
                .stream()
                .sorted(Comparator.comparing(GroupSummary::id))
                .toList();
    }

    /** Empty if there is no such group. */
    static Optional<Inspection> of(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        Values values = Values.of(group);
        SqlDialect dialect = session.dialect();
        List<MemberRow> members =
                session.query(
                        OperatorSql.INSPECT_MEMBERS,
                        values,
                        row ->
                                new MemberRow(
                                        dialect.instant(row, "read_at"),
                                        MemberRows.group(row),
                                        MemberRows.seenMember(row, dialect)));
        // Fails where the rows are of another version.
        Membership known =
                MemberRows.membership(
                        members.stream().map(MemberRow::group).toList(), dialect.schema());
        if (members.isEmpty()) {
            return Optional.empty();
        }
        List<SplitRow> splits =
                session.query(
                        OperatorSql.INSPECT_SPLITS,
                        values,
                        row ->
                                new SplitRow(
                                        row.getLong("change_number"),
                                        LeaseRows.seenSplit(row, dialect)));
        Map<String, String> unreadable = new HashMap<>();
        for (SplitRow row : splits) {
            row.split()
                    .filter(it -> it.split().isEmpty())
                    .ifPresent(it -> unreadable.put(it.splitId(), it.why()));
        }
        return Optional.of(
                new Inspection(
                        members.get(0).readAt(),
                        splits.stream()
                                .mapToLong(SplitRow::changeNumber)
                                .findFirst()
                                .orElse(known.changeNumber()),
                        members.stream()
                                .map(MemberRow::member)
                                .flatMap(Optional::stream)
                                .sorted(Comparator.comparing(member -> member.row().id()))
                                .toList(),
                        splits.stream()
                                .map(SplitRow::split)
                                .flatMap(Optional::stream)
                                .map(LeaseRows.SeenRow::split)
                                .flatMap(Optional::stream)
                                .sorted(Comparator.comparing(split -> split.lease().splitId()))
                                .toList(),
                        unreadable));
    }
}
