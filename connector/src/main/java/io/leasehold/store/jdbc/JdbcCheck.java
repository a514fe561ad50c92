package io.leasehold.store.jdbc;

import io.leasehold.lease.store.StoreCheck;
import io.leasehold.lease.store.StoreCheck.Right;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.OperatorSql;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a database lets this user do: every right is tried on no row at all, in a transaction that
 * is undone.
 */
final class JdbcCheck {

    private static final List<String> TABLES = List.of("lease_group", "lease_member", "lease");

    private JdbcCheck() {}

    /**
     * @throws SQLException if anything else than a missing right is in the way
     */
    static StoreCheck of(JdbcSession session) throws SQLException {
        List<Right> rights = new ArrayList<>();
        for (String table : TABLES) {
            String none = " WHERE 1 = 0";
            rights.add(right(session, "SELECT", table, "SELECT * FROM " + table + none));
            rights.add(
                    right(
                            session,
                            "INSERT",
                            table,
                            "INSERT INTO " + table + " SELECT * FROM " + table + none));
            rights.add(
                    right(
                            session,
                            "UPDATE",
                            table,
                            "UPDATE " + table + " SET group_id = group_id" + none));
        }
        for (String table : TABLES) {
            rights.add(right(session, "DELETE", table, "DELETE FROM " + table + " WHERE 1 = 0"));
        }
        List<Instant> clock =
                session.query(
                        OperatorSql.CLOCK,
                        Values.of(""),
                        row -> session.dialect().instant(row, "read_at"));
        return new StoreCheck(
                session.product(),
                LeaseSql.SCHEMA_VERSION,
                clock.get(0),
                rights,
                Durability.warnings(session));
    }

    private static Right right(JdbcSession session, String verb, String table, String statement)
            throws SQLException {
        String refusal = "";
        session.begin();
        try {
            session.run(statement);
        } catch (SQLException e) {
            if (!session.dialect().isForbidden(e)) {
                throw e;
            }
            refusal = SqlDialect.said(e);
        }
        session.rollback();
        boolean forMembers = !verb.equals("DELETE");
        return new Right(verb + " " + table, forMembers, neededBy(forMembers, table), refusal);
    }

    private static String neededBy(boolean forMembers, String table) {
        if (forMembers) {
            return "jobs need";
        }
        return table.equals("lease_member")
                ? "forget --member and lease.retention need"
                : "forget needs";
    }
}
