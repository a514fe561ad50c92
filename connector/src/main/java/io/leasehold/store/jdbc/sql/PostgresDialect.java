package io.leasehold.store.jdbc.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** PostgreSQL 12 or later, and what speaks its protocol and SQL. */
final class PostgresDialect extends SqlDialect {

    /** How PgBouncer says that it, or the server behind it, refuses a login. */
    private static final Pattern BY_POOLER =
            Pattern.compile("authentication failed|login failed|no such user");

    /**
     * Locks the leases that a statement names, in the order in which it names them, and returns no
     * row.
     */
    private static final String LOCK =
            """
            SELECT CAST(NULL AS text) AS split_id
              FROM (SELECT count(*) AS leases
                      FROM (SELECT 1
                              FROM (SELECT CAST(:group AS text) AS group_id, named.*
                                      FROM unnest(:splits)
                                           WITH ORDINALITY AS named (split_id, place)
                                    OFFSET 0) AS r
                              JOIN lease AS l
                                ON l.group_id = r.group_id AND l.split_id = r.split_id
                             ORDER BY r.place
                               FOR NO KEY UPDATE OF l) AS locked) AS counted
             WHERE leases < 0;
            """;

    private static final Sql BEAT =
            // The rows of the others are those of the statement's snapshot; its own row is the one
            // it has become, after waiting for whoever was changing it.
            Sql.of(
                    """
                    WITH beaten AS (
                        %2$s
                        RETURNING *
                    ), members AS (
                        SELECT * FROM beaten
                        UNION ALL
                        SELECT * FROM lease_member
                         WHERE group_id = :group AND member_id <> :member
                    )
                    SELECT %1$s
                      FROM lease_group g LEFT JOIN members m ON m.group_id = g.group_id
                     WHERE g.group_id = :group
                    """
                            .formatted(LeaseSql.GROUP_COLUMNS, LeaseSql.RENEW));

    private static final Sql DISCOVER =
            Sql.of(
                    """
                    INSERT INTO lease %s
                    SELECT %s
                      FROM %s
                    ON CONFLICT (group_id, split_id) DO NOTHING
                    """
                            .formatted(
                                    LeaseSql.NEW_LEASE,
                                    LeaseSql.NEW_LEASE_VALUES,
                                    named(LeaseSql.NEW_SPLIT, "r")));

    PostgresDialect() {
        super("postgresql", new LeaseSchema("postgresql", 1), new UrlForm('?', '&', true));
    }

    /**
     * A client that is cut off within a transaction must not keep the group's lock from the others.
     * And a plan for any number of splits reads the whole table even for a few of them; so each
     * statement is planned for as many as it names.
     */
    @Override
    public String transactionSettings(Duration timeout) {
        return """
               SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
               SET LOCAL statement_timeout = %1$s;
               SET LOCAL lock_timeout = %1$s;
               SET LOCAL idle_in_transaction_session_timeout = %1$s;
               SET LOCAL plan_cache_mode = force_custom_plan;
               """
                .formatted(Math.max(1, timeout.toMillis()));
    }

    /**
     * A statement that is prepared under a name belongs to one connection of the server, and behind
     * a pooler the next transaction may have another one.
     */
    @Override
    public Map<String, String> requiredDriverSettings() {
        return Map.of("prepareThreshold", "0");
    }

    /** Or else a connection that falls silent while it is made would never be given up. */
    @Override
    public Map<String, String> driverSettings(Duration timeout) {
        String seconds = String.valueOf(Math.max(1, timeout.plusMillis(999).toSeconds()));
        return Map.of(
                "connectTimeout",
                seconds,
                "loginTimeout",
                seconds,
                "socketTimeout",
                seconds,
                "tcpKeepAlive",
                "true",
                // A standby answers too, but cannot be written to.
                "targetServerType",
                "primary",
                // The application's name then goes with the start of the connection.
                "assumeMinServerVersion",
                "12");
    }

    @Override
    public String typeName(Column.Type type) {
        return switch (type) {
            case NAME, TEXT -> "text";
            case NUMBER -> "int8";
            case INTEGER -> "int4";
            case REAL -> "float8";
            case BYTES -> "bytea";
        };
    }

    @Override
    public Sql beat() {
        return BEAT;
    }

    @Override
    public Sql discover() {
        return DISCOVER;
    }

    /**
     * An update of the leases that the statement names, after a statement that locks them in the
     * order in which they are named: in which order an update of joined tables would lock them by
     * itself is up to its plan. Both are sent together, and are within one transaction.
     *
     * <p>That the join finds a lease by group and split id must be all that the database believes
     * to know of how many leases it will find. Statistics are of some minutes ago, when there may
     * have been neither this group nor this owner: it would take it for one lease, and compare
     * every lease with every split that is named. Of what is within a CASE it assumes nothing, and
     * OFFSET keeps the group a value that it learns only by reading it.
     */
    @Override
    public String text(SplitChange change) {
        return LOCK
                + """
                  UPDATE lease AS l
                     SET %s
                    FROM (SELECT CAST(:group AS text) AS group_id, named.*
                            FROM %s
                          OFFSET 0) AS r
                   WHERE l.group_id = r.group_id AND l.split_id = r.split_id
                     AND CASE WHEN %s THEN TRUE ELSE FALSE END
                  """
                        .formatted(
                                String.join(", ", change.assignments()),
                                named(change.named(), "named"),
                                change.condition())
                        .replace("was.", "l.")
                + (change == SplitChange.RECORD ? "RETURNING l.split_id" : "");
    }

    /** Planned, and locked if so, as {@link #text(SplitChange)} says. */
    @Override
    public String text(SplitQuery query) {
        return (query.locks() ? LOCK : "")
                + """
                SELECT %s
                  FROM (SELECT CAST(:group AS text) AS group_id, named.*
                          FROM %s
                        OFFSET 0) AS r
                  JOIN lease AS l ON l.group_id = r.group_id AND l.split_id = r.split_id
                 WHERE CASE WHEN %s THEN TRUE ELSE FALSE END
                """
                        .formatted(
                                query.columns(), named(query.named(), "named"), query.condition());
    }

    private static String named(List<Named> named, String alias) {
        return "unnest(%s) AS %s (%s)"
                .formatted(
                        Named.list(named, one -> ":" + one.parameter()),
                        alias,
                        Named.list(named, Named::column));
    }

    @Override
    public boolean isForbidden(SQLException failure) {
        return isOneOf(Set.of("42501"), failure);
    }

    @Override
    public Set<String> tableMissing() {
        return Set.of("42P01");
    }

    @Override
    public Set<String> columnMissing() {
        return Set.of("42703");
    }

    /** PgBouncer has one state for all that it says itself, that of a broken protocol. */
    @Override
    public boolean isLoginRefused(SQLException failure) {
        return super.isLoginRefused(failure)
                || (isOneOf(Set.of("08P01"), failure) && BY_POOLER.matcher(said(failure)).find());
    }

    /** No such database; a schema that does not exist. */
    @Override
    public boolean isHopeless(SQLException failure) {
        return isOneOf(Set.of("3D000", "3F000"), failure);
    }
}
