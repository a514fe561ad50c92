package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;

/** The members after a transaction that was to change one of them. */
final class ChangedMember {

    private ChangedMember() {}

    /** Carries out a statement that changes a member, if its condition holds. */
    static LeaseOutcome<Membership> by(JdbcSession session, Sql sql, Values values, String group)
            throws SQLException, LeaseStoreException {
        return new Applied<>(after(session, group, session.update(sql, values) > 0));
    }

    static LeaseOutcome<Membership> committed(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        return new Applied<>(after(session, group, true));
    }

    static LeaseOutcome<Membership> undone(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        return new Applied<>(after(session, group, false));
    }

    /** The members once the transaction is committed, if it changed one, or undone. */
    static Membership after(JdbcSession session, String group, boolean changed)
            throws SQLException, LeaseStoreException {
        if (!changed) {
            session.rollback();
            return GroupLock.read(session, group);
        }
        Membership now = GroupLock.read(session, group);
        session.commit();
        return now;
    }
}
