package io.leasehold.store.jdbc;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.store.jdbc.sql.DecisionSql;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.MemberRows;
import io.leasehold.store.jdbc.sql.OtherHistoryException;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.util.UUID;

/** The row of a group: made once, read often, and locked by whoever changes the group. */
final class GroupLock {

    /** The class of SQL states for a row that is there already. */
    private static final String ALREADY_THERE = "23";

    private GroupLock() {}

    /** Makes the row if it is missing, and reads the group. */
    static Membership open(JdbcSession session, String group, long seen)
            throws SQLException, LeaseStoreException, OtherHistoryException {
        if (session.query(LeaseSql.GROUP, Values.of(group), MemberRows::group).isEmpty()) {
            create(session, group);
        }
        return read(session, group, seen);
    }

    private static Membership read(JdbcSession session, String group, long seen)
            throws SQLException, LeaseStoreException, OtherHistoryException {
        return MemberRows.membership(
                session.query(LeaseSql.GROUP, Values.of(group).seen(seen), MemberRows::group),
                session.dialect().schema(),
                seen);
    }

    static Membership read(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        return MemberRows.membership(
                session.query(LeaseSql.GROUP, Values.of(group), MemberRows::group),
                session.dialect().schema());
    }

    /**
     * Begins a transaction that has the group for itself, and reads it under its next change
     * number. That number is taken only if the transaction is committed.
     *
     * @param seen the change number that the sender of the request saw last
     */
    static Membership take(JdbcSession session, String group, long seen)
            throws SQLException, LeaseStoreException, OtherHistoryException {
        session.begin();
        Values values = Values.of(group).with("chance", chance());
        if (session.update(LeaseSql.NEXT_CHANGE, values) == 0) {
            session.rollback();
            create(session, group);
            session.begin();
            session.update(LeaseSql.NEXT_CHANGE, values);
        }
        try {
            return read(session, group, seen);
        } catch (OtherHistoryException e) {
            // It has the number of this change, which is not made.
            throw new OtherHistoryException(seen, e.found() - ChangeNumber.CHANCE_BOUND);
        }
    }

    /**
     * Begins a transaction that has the group for itself, and reads it. Takes no change number.
     *
     * @param seen the change number that the sender of the request saw last
     */
    static Membership hold(JdbcSession session, String group, long seen)
            throws SQLException, LeaseStoreException, OtherHistoryException {
        session.begin();
        session.query(DecisionSql.LOCK_GROUP, Values.of(group), row -> group);
        return read(session, group, seen);
    }

    /** Takes the next change number within {@link #hold}. */
    static long nextChange(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        session.update(LeaseSql.NEXT_CHANGE, Values.of(group).with("chance", chance()));
        return read(session, group).changeNumber();
    }

    /** From what nobody can foresee, and no two processes share: as incarnations are named. */
    private static long chance() {
        long bits = UUID.randomUUID().getLeastSignificantBits();
        return 1 + Math.floorMod(bits, ChangeNumber.CHANCE_BOUND - 1);
    }

    private static void create(JdbcSession session, String group) throws SQLException {
        long first = chance();
        try {
            session.update(
                    LeaseSql.CREATE_GROUP,
                    Values.of(group)
                            .with("schema_version", LeaseSql.SCHEMA_VERSION)
                            .with("chance", first)
                            .with("line", "," + first + ","));
        } catch (SQLException e) {
            // Two members that open a new group at the same time both come here; one is first.
            if (!String.valueOf(e.getSQLState()).startsWith(ALREADY_THERE)) {
                throw e;
            }
        }
    }
}
