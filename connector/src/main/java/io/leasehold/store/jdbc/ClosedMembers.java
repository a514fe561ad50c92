package io.leasehold.store.jdbc;

import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.store.jdbc.sql.DecisionSql;
import io.leasehold.store.jdbc.sql.OperatorSql;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.Values;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows of members that are closed and own nothing. How long they have been closed is a difference
 * of two times of the database's clock.
 */
final class ClosedMembers {

    private static final Logger LOG = LoggerFactory.getLogger(ClosedMembers.class);

    private record Closed(
            String memberId,
            String incarnation,
            boolean hasDecided,
            Instant closedAt,
            Instant readAt) {

        boolean isOneOf(Map<String, String> incarnations) {
            return incarnation.equals(incarnations.get(memberId));
        }

        boolean hasBeenFor(Duration time) {
            return time.isZero() || Duration.between(closedAt, readAt).compareTo(time) >= 0;
        }
    }

    private boolean saidThatItMayNot;

    /** Within the transaction that has the group for itself, which it commits. */
    Set<String> forget(JdbcSession session, ForgetMembers forget) throws SQLException {
        if (forget.by().isPresent() && !mayDelete(session)) {
            return Set.of();
        }
        List<Closed> closed = closed(session, forget);
        if (closed.isEmpty()) {
            return Set.of();
        }
        Values group = Values.of(forget.group());
        Set<String> owners =
                Set.copyOf(session.query(OperatorSql.OWNERS, group, row -> row.getString("owner")));
        Set<String> undelivered = undelivered(session, group, closed);
        List<Closed> forgotten =
                closed.stream()
                        .filter(member -> !owners.contains(member.memberId()))
                        .filter(member -> !undelivered.contains(member.memberId()))
                        .toList();
        if (!forgotten.isEmpty()) {
            session.updateEach(
                    OperatorSql.DELETE_MEMBER,
                    forgotten.stream()
                            .map(
                                    member ->
                                            Values.of(forget.group())
                                                    .with("member", member.memberId())
                                                    .with("incarnation", member.incarnation()))
                            .toList());
            session.commit();
        }
        return forgotten.stream().map(Closed::memberId).collect(Collectors.toSet());
    }

    /** Those whose decided output is not committed for certain. */
    private static Set<String> undelivered(JdbcSession session, Values group, List<Closed> closed)
            throws SQLException {
        return closed.stream().anyMatch(Closed::hasDecided)
                ? Set.copyOf(
                        session.query(
                                DecisionSql.OUTPUT_MEMBERS,
                                group,
                                row -> row.getString("member_id")))
                : Set.of();
    }

    /** Those that are named, and closed for so long. */
    private static List<Closed> closed(JdbcSession session, ForgetMembers forget)
            throws SQLException {
        Map<String, String> named = new HashMap<>();
        forget.members().forEach(member -> named.put(member.memberId(), member.id()));
        return session
                .query(
                        OperatorSql.CLOSED_MEMBERS,
                        Values.of(forget.group()),
                        row ->
                                new Closed(
                                        row.getString("member_id"),
                                        row.getString("incarnation"),
                                        row.getString("decided_incarnation") != null,
                                        session.dialect().instant(row, "closed_at"),
                                        session.dialect().instant(row, "read_at")))
                .stream()
                .filter(member -> member.isOneOf(named))
                .filter(member -> member.hasBeenFor(forget.closedFor()))
                .toList();
    }

    /** A job's user need not have that right. */
    private boolean mayDelete(JdbcSession session) throws SQLException {
        try {
            session.update(OperatorSql.DELETE_NO_MEMBER, Values.of(""));
            return true;
        } catch (SQLException e) {
            if (!session.dialect().isForbidden(e)) {
                throw e;
            }
            if (!saidThatItMayNot) {
                saidThatItMayNot = true;
                LOG.info(
                        "This user may not delete rows of lease_member: closed members stay in the lease table for ever. {}",
                        SqlDialect.said(e));
            }
            return false;
        }
    }
}
