package io.leasehold.store.jdbc.sql;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * MariaDB 10.6 or later; and what {@link MySqlDialect} says, MySQL. There are no arrays: all
 * columns of a request are bound as one JSON text, {@code :rows}, that is read first, so that each
 * split is then found by its key. And an update cannot return what it has done: it is followed by a
 * query in the same transaction, and they are sent together.
 */
class MariaDbDialect extends SqlDialect {

    /**
     * The member's own row is in the answer only if it may write and has that beat. This is the
     * same as whether the update held. If it did, the row is locked until the answer is made, which
     * shows it as it was written. If it did not, the incarnation is closed or replaced, and stays
     * so; or it joins at this very moment, and a row that has this beat by then needs no other.
     */
    private static final Sql BEAT =
            Sql.of(
                    alone(
                            """
                            %2$s;
                            SELECT %1$s
                              FROM lease_group g
                              LEFT JOIN lease_member m
                                     ON m.group_id = g.group_id
                                    AND (m.member_id <> :member
                                         OR m.incarnation = :incarnation AND m.state <> 'CLOSED'
                                            AND m.beat >= :beat)
                             WHERE g.group_id = :group
                            """
                                    .formatted(LeaseSql.GROUP_COLUMNS, LeaseSql.RENEW)));

    private static final Sql DISCOVER =
            Sql.of(
                    """
                    INSERT INTO lease %s
                    SELECT %s
                      FROM %s AS r
                      LEFT JOIN lease l ON l.group_id = :group AND l.split_id = r.split_id
                     WHERE l.split_id IS NULL
                    """
                            .formatted(
                                    LeaseSql.NEW_LEASE,
                                    decoded(LeaseSql.NEW_LEASE_VALUES),
                                    rows(LeaseSql.NEW_SPLIT)));

    private static final Sql RECORD_ALONE = Sql.of(alone(recordAndRead()));

    private static final int SMALLEST_PAGE = 16384;
    private static final Sql SMALL_PAGES =
            Sql.of(
                    """
                    SELECT CAST(@@innodb_page_size AS CHAR) AS setting
                      FROM DUAL WHERE @@innodb_page_size < %s
                    """
                            .formatted(SMALLEST_PAGE));

    private static final Set<Integer> HOPELESS_ERRORS =
            Set.of(
                    1044, // no right to the database
                    1049, // no such database
                    1142, // no right to a table
                    1143); // no right to a column

    MariaDbDialect() {
        this("mariadb", false);
    }

    MariaDbDialect(String name, boolean decodesParameters) {
        super(name, new LeaseSchema("mariadb", 2), new UrlForm('?', '&', decodesParameters));
    }

    private static String rows(List<Named> named) {
        return "JSON_TABLE(:rows, '$[*]' COLUMNS (%s))"
                .formatted(
                        Named.list(
                                named,
                                one ->
                                        "%s %s PATH '$.%s'"
                                                .formatted(
                                                        one.column(),
                                                        inJson(one.type()),
                                                        one.parameter())));
    }

    private static String inJson(Column.Type type) {
        return switch (type) {
            case NAME -> "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
            case TEXT -> "MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
            case NUMBER -> "BIGINT";
            case INTEGER -> "INTEGER";
            case REAL -> "DOUBLE";
            case BYTES -> "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
        };
    }

    /** Bytes are in JSON as {@link JsonRows} writes them. */
    private static String decoded(String expressions) {
        return expressions.replaceAll("\\br\\.progress\\b", "FROM_BASE64(r.progress)");
    }

    @Override
    public final String text(SplitChange change) {
        return change == SplitChange.RECORD ? recordAndRead() : update(change);
    }

    private static String update(SplitChange change) {
        return "UPDATE %s SET %s WHERE %s"
                .formatted(
                        joined(change),
                        change.assignments().stream()
                                .map(assignment -> "l." + decoded(assignment))
                                .collect(Collectors.joining(", ")),
                        change.condition());
    }

    @Override
    public final String text(SplitQuery query) {
        return "SELECT %s FROM %s WHERE %s%s"
                .formatted(
                        query.columns(),
                        joined(query.named()),
                        query.condition(),
                        query.locks() ? " FOR UPDATE" : "");
    }

    /**
     * The lease is joined a second time only where what it was matters, and then last. What is only
     * read is locked in a weaker mode than what is changed: read first, it would be locked twice,
     * and a change by another that waits in between would be a deadlock.
     */
    private static String joined(SplitChange change) {
        return change.condition().contains("was.")
                ? """
                  %s STRAIGHT_JOIN lease AS was
                        ON was.group_id = l.group_id AND was.split_id = l.split_id
                  """
                        .formatted(joined(change.named()))
                : joined(change.named());
    }

    private static String joined(List<Named> named) {
        return "%s AS r STRAIGHT_JOIN lease AS l ON l.group_id = :group AND l.split_id = r.split_id"
                .formatted(rows(named));
    }

    /**
     * What was recorded has the epoch and checkpoint it was recorded with; what was not has another
     * owner, epoch or checkpoint. The rows recorded are locked until the answer is made.
     */
    private static String recordAndRead() {
        return """
               SET @recorded = :rows;
               %s;
               SELECT l.split_id
                 FROM %s
                WHERE l.owner = :member AND l.owner_incarnation = :incarnation AND l.epoch = r.epoch
                  AND l.progress_epoch = r.epoch AND l.progress_checkpoint = r.progress_checkpoint
               """
                .formatted(
                        update(SplitChange.RECORD).replace(":rows", "@recorded"),
                        joined(SplitChange.RECORD).replace(":rows", "@recorded"));
    }

    /** Several statements in one packet, that take effect together. */
    private static String alone(String statements) {
        return "START TRANSACTION;\n" + statements + ";\nCOMMIT";
    }

    /**
     * A client that is cut off within a transaction must not keep the group's lock from the others.
     * And what does not fit must fail instead of being cut.
     */
    @Override
    public String connectionSettings(Duration timeout) {
        return commonSettings(timeout)
                + ", max_statement_time = %s, idle_transaction_timeout = %s"
                        .formatted(
                                BigDecimal.valueOf(Math.max(1, timeout.toMillis()), 3)
                                        .toPlainString(),
                                seconds(timeout));
    }

    /** The keys of two names are longer than what smaller pages take. */
    @Override
    public Optional<Sql> unfitSettings() {
        return Optional.of(SMALL_PAGES);
    }

    @Override
    public String whyUnfit(String setting) {
        return "the innodb_page_size of the server is %s, but must be %s or more; it is set when a server is installed"
                .formatted(setting, SMALLEST_PAGE);
    }

    static String commonSettings(Duration timeout) {
        return "SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = %1$s, lock_wait_timeout = %1$s"
                .formatted(seconds(timeout));
    }

    private static long seconds(Duration timeout) {
        return Math.max(1, timeout.plusMillis(999).toSeconds());
    }

    /** Or else a connection that falls silent while it is made would never be given up. */
    @Override
    public Map<String, String> driverSettings(Duration timeout) {
        String millis = String.valueOf(Math.max(1, timeout.toMillis()));
        return Map.of("connectTimeout", millis, "socketTimeout", millis, "tcpKeepAlive", "true");
    }

    /** Several statements in one packet are a single round trip; the server prepares only one. */
    @Override
    public Map<String, String> requiredDriverSettings() {
        return Map.of("allowMultiQueries", "true", "useServerPrepStmts", "false");
    }

    @Override
    public String typeName(Column.Type type) {
        throw new UnsupportedOperationException("There are no arrays of " + type + " here.");
    }

    /** Its dates have no time zone: they are in that of the session, which is UTC. */
    @Override
    public Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    @Override
    public Sql beat() {
        return BEAT;
    }

    @Override
    public Sql discover() {
        return DISCOVER;
    }

    @Override
    public final Sql recordAlone() {
        return RECORD_ALONE;
    }

    @Override
    public boolean isForbidden(SQLException failure) {
        return Set.of(1142, 1143).contains(failure.getErrorCode());
    }

    @Override
    public Set<String> tableMissing() {
        return Set.of("42S02");
    }

    @Override
    public Set<String> columnMissing() {
        return Set.of("42S22");
    }

    /** By the number: the SQL state is the same as that of too many connections, which may pass. */
    @Override
    public boolean isHopeless(SQLException failure) {
        return HOPELESS_ERRORS.contains(failure.getErrorCode());
    }
}
