package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.SplitChange;
import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** Which splits a transaction has changed: those that have its change number. */
final class ChangedSplits {

    private ChangedSplits() {}

    /** Changes splits, and commits that if it changed any. */
    static LeaseOutcome<Set<String>> by(
            JdbcSession session, SplitChange change, Values values, Membership group)
            throws SQLException {
        return by(session, session.dialect().change(change), values, group);
    }

    /** As {@link #by(JdbcSession, SplitChange, Values, Membership)}, by any statement. */
    static LeaseOutcome<Set<String>> by(
            JdbcSession session, Sql sql, Values values, Membership group) throws SQLException {
        values.with("version", group.changeNumber());
        if (session.update(sql, values) == 0) {
            return new Applied<>(Set.of());
        }
        Set<String> changed = read(session, values);
        session.commit();
        return new Applied<>(changed);
    }

    /**
     * Carries out a statement for each split, sent together: operators change few, and need not be
     * quick.
     *
     * @param then what is done with the splits changed, in the same transaction
     */
    static LeaseOutcome<Set<String>> byEach(
            JdbcSession session,
            Sql sql,
            List<Values> each,
            Membership group,
            String id,
            Sql... then)
            throws SQLException {
        each.forEach(values -> values.with("version", group.changeNumber()));
        session.updateEach(sql, each);
        Values all = Values.of(id).with("version", group.changeNumber());
        Set<String> changed = read(session, all);
        for (Sql statement : then) {
            session.update(statement, all);
        }
        if (!changed.isEmpty()) {
            session.commit();
        }
        return new Applied<>(changed);
    }

    private static Set<String> read(JdbcSession session, Values values) throws SQLException {
        return Set.copyOf(
                session.query(LeaseSql.CHANGED, values, row -> row.getString("split_id")));
    }
}
