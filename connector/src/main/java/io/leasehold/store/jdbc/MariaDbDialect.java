package io.leasehold.store.jdbc;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * MariaDB 10.6 or later; and what {@link MySqlDialect} says, MySQL. There are no arrays: all
 * columns of a request are bound as one JSON text, {@code :rows}, that is read first, so that each
 * split is then found by its key. And an update cannot return what it has done: it is followed by a
 * query in the same transaction, and they are sent together.
 */
class MariaDbDialect extends SqlDialect {

    private static final String NAME =
            " VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH ";
    private static final String TEXT =
            " MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH ";

    private static final String SPLIT = "split_id" + NAME + "'$.splits'";
    private static final String VERSION = "version BIGINT PATH '$.versions'";
    private static final String EPOCH = "epoch BIGINT PATH '$.epochs'";
    private static final String PROGRESS =
            """
            progress LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$.progresses',
            serializer_version INTEGER PATH '$.serializers',
            progress_text %s '$.texts',
            progress_checkpoint BIGINT PATH '$.checkpoints'
            """
                    .formatted(TEXT);

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
                            UPDATE lease_member
                               SET beat = GREATEST(beat, :beat), beat_at = CURRENT_TIMESTAMP(6)
                             WHERE group_id = :group AND member_id = :member
                               AND incarnation = :incarnation AND state <> 'CLOSED';
                            SELECT %s
                              FROM lease_group g
                              LEFT JOIN lease_member m
                                     ON m.group_id = g.group_id
                                    AND (m.member_id <> :member
                                         OR m.incarnation = :incarnation AND m.state <> 'CLOSED'
                                            AND m.beat >= :beat)
                             WHERE g.group_id = :group
                            """
                                    .formatted(LeaseSql.GROUP_COLUMNS)));

    private static final Sql DISCOVER =
            Sql.of(
                    """
                    INSERT INTO lease
                           (group_id, split_id, epoch, tenure, finished, parents, excluded_members, rate, version,
                            progress, serializer_version, progress_text, progress_checkpoint,
                            progress_epoch, created_at, changed_at, progress_at)
                    SELECT :group, s.split_id, 0, 0, FALSE, s.parents, '', 0, :version,
                           FROM_BASE64(s.progress), s.serializer_version, s.progress_text,
                           s.progress_checkpoint, 0, CURRENT_TIMESTAMP(6), CURRENT_TIMESTAMP(6),
                           CURRENT_TIMESTAMP(6)
                      FROM %s AS s
                      LEFT JOIN lease l ON l.group_id = :group AND l.split_id = s.split_id
                     WHERE l.split_id IS NULL
                    """
                            .formatted(rows(SPLIT, "parents" + TEXT + "'$.parents'", PROGRESS)));

    /**
     * In which order an update of joined tables sets its columns is not said: so what depends on
     * the owner before reads that from the row as it was, joined a second time.
     */
    private static final Sql ACQUIRE =
            Sql.of(
                    """
                    UPDATE %s AS w
                           STRAIGHT_JOIN lease AS was
                              ON was.group_id = :group AND was.split_id = w.split_id
                           STRAIGHT_JOIN lease AS l
                              ON l.group_id = was.group_id AND l.split_id = was.split_id
                       SET l.claimant = CASE WHEN was.owner = :member AND was.claimant <> :member
                                             THEN was.claimant END,
                           l.claim_kind = CASE WHEN was.owner = :member AND was.claimant <> :member
                                               THEN was.claim_kind END,
                           l.owner = :member, l.owner_incarnation = :incarnation,
                           l.epoch = GREATEST(was.epoch, w.beyond) + 1, l.tenure = w.tenure,
                           l.version = :version, l.changed_at = CURRENT_TIMESTAMP(6)
                     WHERE was.version = w.version AND NOT was.finished
                    """
                            .formatted(
                                    rows(
                                            SPLIT,
                                            VERSION,
                                            "tenure BIGINT PATH '$.tenures'",
                                            "beyond BIGINT PATH '$.beyonds'")));

    private static final String HELD =
            """
            l.owner = :member AND l.owner_incarnation = :incarnation AND l.epoch = r.epoch
            """;

    /**
     * What was recorded has the epoch and checkpoint it was recorded with; what was not has another
     * owner, epoch or checkpoint. The rows recorded are locked until the answer is made.
     */
    private static final String RECORD =
            """
            SET @recorded = :rows;
            UPDATE %1$s AS r
                   STRAIGHT_JOIN lease AS l ON l.group_id = :group AND l.split_id = r.split_id
               SET l.progress = FROM_BASE64(r.progress),
                   l.serializer_version = r.serializer_version,
                   l.progress_text = r.progress_text,
                   l.progress_checkpoint = r.progress_checkpoint,
                   l.progress_epoch = r.epoch, l.progress_at = CURRENT_TIMESTAMP(6)
             WHERE %2$s
               AND NOT (l.progress_epoch = r.epoch
                        AND l.progress_checkpoint > r.progress_checkpoint);
            SELECT l.split_id
              FROM %1$s AS r
                   STRAIGHT_JOIN lease AS l ON l.group_id = :group AND l.split_id = r.split_id
             WHERE %2$s
               AND l.progress_epoch = r.epoch AND l.progress_checkpoint = r.progress_checkpoint
            """
                    .formatted(rows(SPLIT, EPOCH, PROGRESS).replace(":rows", "@recorded"), HELD);

    private static final Sql RECORD_WITHIN = Sql.of(RECORD);
    private static final Sql RECORD_ALONE = Sql.of(alone(RECORD));

    private static final Sql LET_GO =
            Sql.of(
                    """
                    UPDATE %s AS r
                           STRAIGHT_JOIN lease AS l
                              ON l.group_id = :group AND l.split_id = r.split_id
                       SET l.owner = NULL, l.owner_incarnation = NULL, l.finished = :finished,
                           l.claimant = CASE WHEN :finished THEN NULL ELSE l.claimant END,
                           l.claim_kind = CASE WHEN :finished THEN NULL ELSE l.claim_kind END,
                           l.version = :version, l.changed_at = CURRENT_TIMESTAMP(6)
                     WHERE %s
                    """
                            .formatted(rows(SPLIT, EPOCH), HELD));

    private static final Sql CLAIM =
            Sql.of(
                    """
                    UPDATE %s AS c
                           STRAIGHT_JOIN lease AS l
                              ON l.group_id = :group AND l.split_id = c.split_id
                       SET l.claimant = :member, l.claim_kind = c.kind,
                           l.version = :version, l.changed_at = CURRENT_TIMESTAMP(6)
                     WHERE l.version = c.version AND NOT l.finished AND l.owner <> :member
                    """
                            .formatted(rows(SPLIT, VERSION, "kind" + NAME + "'$.kinds'")));

    private static final Sql EXCLUDE =
            Sql.of(
                    """
                    UPDATE %s AS c
                           STRAIGHT_JOIN lease AS l
                              ON l.group_id = :group AND l.split_id = c.split_id
                       SET l.excluded_members = c.excluded_members,
                           l.version = :version, l.changed_at = CURRENT_TIMESTAMP(6)
                     WHERE l.version = c.version
                    """
                            .formatted(
                                    rows(
                                            SPLIT,
                                            VERSION,
                                            "excluded_members" + TEXT + "'$.excluded'")));

    private static final Sql WITHDRAW =
            Sql.of(
                    """
                    UPDATE %s AS c
                           STRAIGHT_JOIN lease AS l
                              ON l.group_id = :group AND l.split_id = c.split_id
                       SET l.claimant = NULL, l.claim_kind = NULL,
                           l.version = :version, l.changed_at = CURRENT_TIMESTAMP(6)
                     WHERE l.claimant = :member
                    """
                            .formatted(rows(SPLIT)));

    private static final Sql RATE =
            Sql.of(
                    """
                    UPDATE %s AS r
                           STRAIGHT_JOIN lease AS l
                              ON l.group_id = :group AND l.split_id = r.split_id
                       SET l.rate = r.rate,
                           l.version = :version, l.changed_at = CURRENT_TIMESTAMP(6)
                     WHERE %s
                    """
                            .formatted(rows(SPLIT, EPOCH, "rate DOUBLE PATH '$.rates'"), HELD));

    private static final Sql PAGE_SIZE = Sql.of("SELECT @@innodb_page_size AS page_size");
    private static final int SMALLEST_PAGE = 16384;

    private static final Set<Integer> HOPELESS_ERRORS =
            Set.of(
                    1044, // no right to the database
                    1049, // no such database
                    1142, // no right to a table
                    1143); // no right to a column

    MariaDbDialect() {
        this("mariadb");
    }

    MariaDbDialect(String name) {
        super(name, new LeaseSchema("mariadb", 2));
    }

    private static String rows(String... columns) {
        return "JSON_TABLE(:rows, '$[*]' COLUMNS (" + String.join(", ", columns) + "))";
    }

    /** Several statements in one packet, that take effect together. */
    private static String alone(String statements) {
        return "START TRANSACTION;\n" + statements + ";\nCOMMIT";
    }

    @Override
    boolean createsSchema() {
        return false;
    }

    @Override
    char parametersBegin() {
        return '?';
    }

    @Override
    char parametersSeparator() {
        return '&';
    }

    @Override
    boolean decodesParameters() {
        return false;
    }

    /**
     * A client that is cut off within a transaction must not keep the group's lock from the others.
     * And what does not fit must fail instead of being cut.
     */
    @Override
    String connectionSettings(Duration timeout) {
        return commonSettings(timeout)
                + ", max_statement_time = %s, idle_transaction_timeout = %s"
                        .formatted(
                                BigDecimal.valueOf(Math.max(1, timeout.toMillis()), 3)
                                        .toPlainString(),
                                seconds(timeout));
    }

    /** The keys of two names are longer than what smaller pages take. */
    @Override
    Optional<String> unfit(JdbcSession session) throws SQLException {
        return session.query(PAGE_SIZE, Values.of(""), row -> row.getInt("page_size")).stream()
                .filter(size -> size < SMALLEST_PAGE)
                .findFirst()
                .map(
                        size ->
                                "the innodb_page_size of the server is %s, but must be %s or more; it is set when a server is installed"
                                        .formatted(size, SMALLEST_PAGE));
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
    Map<String, String> driverSettings(Duration timeout) {
        String millis = String.valueOf(Math.max(1, timeout.toMillis()));
        return Map.of("connectTimeout", millis, "socketTimeout", millis, "tcpKeepAlive", "true");
    }

    /** Several statements in one packet are a single round trip; the server prepares only one. */
    @Override
    Map<String, String> requiredDriverSettings() {
        return Map.of("allowMultiQueries", "true", "useServerPrepStmts", "false");
    }

    @Override
    String typeName(Column.Type type) {
        throw new UnsupportedOperationException("There are no arrays of " + type + " here.");
    }

    /** Its dates have no time zone: they are in that of the session, which is UTC. */
    @Override
    Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    @Override
    Sql beat() {
        return BEAT;
    }

    @Override
    Sql discover() {
        return DISCOVER;
    }

    @Override
    Sql acquire() {
        return ACQUIRE;
    }

    @Override
    Sql record() {
        return RECORD_WITHIN;
    }

    @Override
    Sql recordAlone() {
        return RECORD_ALONE;
    }

    @Override
    Sql letGo() {
        return LET_GO;
    }

    @Override
    Sql claim() {
        return CLAIM;
    }

    @Override
    Sql withdraw() {
        return WITHDRAW;
    }

    @Override
    Sql exclude() {
        return EXCLUDE;
    }

    @Override
    Sql rate() {
        return RATE;
    }

    @Override
    boolean isForbidden(SQLException failure) {
        return Set.of(1142, 1143).contains(failure.getErrorCode());
    }

    @Override
    Set<String> tableMissing() {
        return Set.of("42S02");
    }

    @Override
    Set<String> columnMissing() {
        return Set.of("42S22");
    }

    /** By the number: the SQL state is the same as that of too many connections, which may pass. */
    @Override
    boolean isHopeless(SQLException failure) {
        return HOPELESS_ERRORS.contains(failure.getErrorCode());
    }
}
