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

    /** Jobs without leased sinks do not use it. */
    private static final String OUTPUT = "decided_output";

    private JdbcCheck() {}

    /**
     * @throws SQLException if anything else than a missing right is in the way
     */
    static StoreCheck of(JdbcSession session) throws SQLException {
        List<Right> rights = new ArrayList<>();
        for (String table : TABLES) {
            for (String verb : List.of("SELECT", "INSERT", "UPDATE")) {
                rights.add(right(session, verb, table));
            }
        }
        for (String table : TABLES) {
            rights.add(right(session, "DELETE", table));
        }
        for (String verb : List.of("SELECT", "INSERT", "DELETE")) {
            rights.add(right(session, verb, OUTPUT));
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

    /** A statement that changes no row, and takes the right to change any. */
    private static String statement(String verb, String table) {
        String none = " WHERE 1 = 0";
        return switch (verb) {
            case "INSERT" -> "INSERT INTO %1$s SELECT * FROM %1$s".formatted(table) + none;
            case "UPDATE" -> "UPDATE %s SET group_id = group_id".formatted(table) + none;
            case "DELETE" -> "DELETE FROM " + table + none;
            default -> "SELECT * FROM " + table + none;
        };
    }

    private static Right right(JdbcSession session, String verb, String table) throws SQLException {
        String refusal = "";
        session.begin();
        try {
            session.run(statement(verb, table));
        } catch (SQLException e) {
            if (!session.dialect().isForbidden(e)) {
                throw e;
            }
            refusal = SqlDialect.said(e);
        }
        session.rollback();
        boolean forMembers = !verb.equals("DELETE") && !table.equals(OUTPUT);
        return new Right(verb + " " + table, forMembers, neededBy(forMembers, table), refusal);
    }

    private static String neededBy(boolean forMembers, String table) {
        if (forMembers) {
            return "jobs need";
        }
        return switch (table) {
            case OUTPUT -> "jobs with leased sinks need";
            case "lease_member" -> "forget --member and lease.retention need";
            default -> "forget needs";
        };
    }
}
