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
        return session.update(sql, values) > 0 ? committed(session, group) : undone(session, group);
    }

    static LeaseOutcome<Membership> committed(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        Membership now = GroupLock.read(session, group);
        session.commit();
        return new Applied<>(now);
    }

    static LeaseOutcome<Membership> undone(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        session.rollback();
        return new Applied<>(GroupLock.read(session, group));
    }
}
