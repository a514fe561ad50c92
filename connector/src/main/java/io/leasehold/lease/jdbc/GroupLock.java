package io.leasehold.lease.jdbc;

import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.Membership;

import java.sql.SQLException;

/** The row of a group: made once, read often, and locked by whoever changes the group. */
final class GroupLock {

    /** The class of SQL states for a row that is there already. */
    private static final String ALREADY_THERE = "23";

    private GroupLock() {}

    /** Makes the row if it is missing, and reads the group. */
    static Membership open(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        if (session.query(LeaseSql.GROUP, Values.of(group), LeaseRows::group).isEmpty()) {
            create(session, group);
        }
        return read(session, group);
    }

    static Membership read(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        return LeaseRows.membership(
                session.query(LeaseSql.GROUP, Values.of(group), LeaseRows::group),
                session.dialect().schema());
    }

    /**
     * Begins a transaction that has the group for itself, and reads it under its next change
     * number. That number is taken only if the transaction is committed.
     */
    static Membership take(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        session.begin();
        if (session.update(LeaseSql.NEXT_CHANGE, Values.of(group)) == 0) {
            session.rollback();
            create(session, group);
            session.begin();
            session.update(LeaseSql.NEXT_CHANGE, Values.of(group));
        }
        return read(session, group);
    }

    private static void create(JdbcSession session, String group) throws SQLException {
        try {
            session.update(
                    LeaseSql.CREATE_GROUP,
                    Values.of(group).with("schema_version", LeaseSql.SCHEMA_VERSION));
        } catch (SQLException e) {
            // Two members that open a new group at the same time both come here; one is first.
            if (!String.valueOf(e.getSQLState()).startsWith(ALREADY_THERE)) {
                throw e;
            }
        }
    }
}
