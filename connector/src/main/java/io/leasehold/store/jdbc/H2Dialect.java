package io.leasehold.store.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * H2 2.2 or later. Sets of splits are joined as a table, never by {@code = ANY(..)}: that takes the
 * square of their number.
 */
final class H2Dialect extends SqlDialect {

    /** Tables that were made under IGNORECASE stay so. */
    private static final Sql UNFIT =
            Sql.of(
                    """
                    SELECT setting_name AS setting FROM INFORMATION_SCHEMA.SETTINGS
                     WHERE setting_name = 'IGNORECASE' AND setting_value <> '0'
                        OR setting_name = 'MODE' AND setting_value = 'Oracle'
                    UNION ALL
                    SELECT setting_value FROM INFORMATION_SCHEMA.SETTINGS
                     WHERE setting_name = 'COLLATION'
                       AND setting_value NOT LIKE '%STRENGTH IDENTICAL'
                    UNION ALL
                    SELECT 'IGNORECASE' FROM INFORMATION_SCHEMA.COLUMNS
                     WHERE data_type = 'VARCHAR_IGNORECASE' AND UPPER(table_name) = 'LEASE'
                    """);

    private static final Sql BEAT =
            Sql.of(
                    """
                    SELECT %1$s
                      FROM FINAL TABLE (
                           UPDATE lease_member
                              SET beat = GREATEST(beat, :beat), beat_at = CURRENT_TIMESTAMP
                            WHERE group_id = :group AND member_id = :member
                              AND incarnation = :incarnation AND state <> 'CLOSED') m
                      JOIN lease_group g ON g.group_id = m.group_id
                    UNION ALL
                    SELECT %1$s
                      FROM lease_group g
                      LEFT JOIN lease_member m
                             ON m.group_id = g.group_id AND m.member_id <> :member
                     WHERE g.group_id = :group
                    """
                            .formatted(LeaseSql.GROUP_COLUMNS));

    private static final Sql DISCOVER =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:parents AS VARCHAR ARRAY),
                                 CAST(:progresses AS VARBINARY ARRAY),
                                 CAST(:serializers AS INTEGER ARRAY),
                                 CAST(:texts AS VARCHAR ARRAY), CAST(:checkpoints AS BIGINT ARRAY))
                          AS s (split_id, parents, progress, serializer_version, text, checkpoint)
                       ON l.group_id = :group AND l.split_id = s.split_id
                    WHEN NOT MATCHED THEN INSERT
                         (group_id, split_id, epoch, tenure, finished, parents, excluded_members, rate, version,
                          progress, serializer_version, progress_text, progress_checkpoint,
                          progress_epoch, created_at, changed_at, progress_at)
                    VALUES (:group, s.split_id, 0, 0, FALSE, s.parents, '', 0, :version,
                          s.progress, s.serializer_version, s.text, s.checkpoint,
                          0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)
                    """);

    private static final Sql ACQUIRE =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:versions AS BIGINT ARRAY),
                                 CAST(:tenures AS BIGINT ARRAY),
                                 CAST(:beyonds AS BIGINT ARRAY))
                          AS w (split_id, version, tenure, beyond)
                       ON l.group_id = :group AND l.split_id = w.split_id
                    WHEN MATCHED AND l.version = w.version AND NOT l.finished THEN UPDATE
                     SET owner = :member, owner_incarnation = :incarnation,
                         epoch = GREATEST(l.epoch, w.beyond) + 1, tenure = w.tenure,
                         claimant = CASE WHEN l.owner = :member AND l.claimant <> :member
                                         THEN l.claimant END,
                         claim_kind = CASE WHEN l.owner = :member AND l.claimant <> :member
                                           THEN l.claim_kind END,
                         version = :version, changed_at = CURRENT_TIMESTAMP
                    """);

    private static final Sql RECORD =
            Sql.of(
                    """
                    SELECT split_id FROM FINAL TABLE (
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:epochs AS BIGINT ARRAY),
                                 CAST(:progresses AS VARBINARY ARRAY),
                                 CAST(:serializers AS INTEGER ARRAY),
                                 CAST(:texts AS VARCHAR ARRAY), CAST(:checkpoints AS BIGINT ARRAY))
                          AS r (split_id, epoch, progress, serializer_version, text, checkpoint)
                       ON l.group_id = :group AND l.split_id = r.split_id
                    WHEN MATCHED AND l.owner = :member AND l.owner_incarnation = :incarnation
                         AND l.epoch = r.epoch
                         AND NOT (l.progress_epoch = r.epoch
                                  AND l.progress_checkpoint > r.checkpoint) THEN UPDATE
                     SET progress = r.progress, serializer_version = r.serializer_version,
                         progress_text = r.text, progress_checkpoint = r.checkpoint,
                         progress_epoch = r.epoch, progress_at = CURRENT_TIMESTAMP)
                    """);

    private static final Sql LET_GO =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:epochs AS BIGINT ARRAY))
                          AS r (split_id, epoch)
                       ON l.group_id = :group AND l.split_id = r.split_id
                    WHEN MATCHED AND l.owner = :member AND l.owner_incarnation = :incarnation
                         AND l.epoch = r.epoch THEN UPDATE
                     SET owner = NULL, owner_incarnation = NULL, finished = :finished,
                         claimant = CASE WHEN :finished THEN NULL ELSE l.claimant END,
                         claim_kind = CASE WHEN :finished THEN NULL ELSE l.claim_kind END,
                         version = :version, changed_at = CURRENT_TIMESTAMP
                    """);

    private static final Sql CLAIM =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:versions AS BIGINT ARRAY),
                                 CAST(:kinds AS VARCHAR ARRAY))
                          AS c (split_id, version, kind)
                       ON l.group_id = :group AND l.split_id = c.split_id
                    WHEN MATCHED AND l.version = c.version AND NOT l.finished
                         AND l.owner <> :member THEN UPDATE
                     SET claimant = :member, claim_kind = c.kind,
                         version = :version, changed_at = CURRENT_TIMESTAMP
                    """);

    private static final Sql EXCLUDE =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:versions AS BIGINT ARRAY),
                                 CAST(:excluded AS VARCHAR ARRAY))
                          AS c (split_id, version, excluded_members)
                       ON l.group_id = :group AND l.split_id = c.split_id
                    WHEN MATCHED AND l.version = c.version THEN UPDATE
                     SET excluded_members = c.excluded_members,
                         version = :version, changed_at = CURRENT_TIMESTAMP
                    """);

    private static final Sql WITHDRAW =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY)) AS c (split_id)
                       ON l.group_id = :group AND l.split_id = c.split_id
                    WHEN MATCHED AND l.claimant = :member THEN UPDATE
                     SET claimant = NULL, claim_kind = NULL,
                         version = :version, changed_at = CURRENT_TIMESTAMP
                    """);

    private static final Sql RATE =
            Sql.of(
                    """
                    MERGE INTO lease l
                    USING UNNEST(CAST(:splits AS VARCHAR ARRAY), CAST(:epochs AS BIGINT ARRAY),
                                 CAST(:rates AS DOUBLE PRECISION ARRAY))
                          AS r (split_id, epoch, rate)
                       ON l.group_id = :group AND l.split_id = r.split_id
                    WHEN MATCHED AND l.owner = :member AND l.owner_incarnation = :incarnation
                         AND l.epoch = r.epoch THEN UPDATE
                     SET rate = r.rate, version = :version, changed_at = CURRENT_TIMESTAMP
                    """);

    H2Dialect() {
        super("h2", new LeaseSchema("h2", 1));
    }

    @Override
    boolean createsSchema() {
        return true;
    }

    @Override
    char parametersBegin() {
        return ';';
    }

    @Override
    char parametersSeparator() {
        return ';';
    }

    @Override
    boolean decodesParameters() {
        return false;
    }

    @Override
    String connectionSettings(Duration timeout) {
        return "SET LOCK_TIMEOUT %1$s; SET QUERY_TIMEOUT %1$s"
                .formatted(Math.max(1, timeout.toMillis()));
    }

    /** Two names that it compares as the same would be one split, or one member. */
    @Override
    Optional<String> unfit(JdbcSession session) throws SQLException {
        return session.query(UNFIT, Values.of(""), row -> row.getString("setting")).stream()
                .findFirst()
                .map(H2Dialect::whyUnfit);
    }

    private static String whyUnfit(String setting) {
        return switch (setting) {
            case "IGNORECASE" ->
                    "it ignores case, so that the splits 'a' and 'A' would be one; make a database without IGNORECASE=TRUE";
            case "MODE" ->
                    "MODE=Oracle takes an empty text for none; leave the mode out of the URL, or use another one";
            default ->
                    "by its collation, %s, different names are the same; make a database without a collation, or one of STRENGTH IDENTICAL"
                            .formatted(setting);
        };
    }

    @Override
    Map<String, String> driverSettings(Duration timeout) {
        return Map.of();
    }

    @Override
    String typeName(Column.Type type) {
        return switch (type) {
            case TEXT -> "VARCHAR";
            case NUMBER -> "BIGINT";
            case INTEGER -> "INTEGER";
            case REAL -> "DOUBLE PRECISION";
            case BYTES -> "VARBINARY";
        };
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
        return RECORD;
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
        return isOneOf(Set.of("90096"), failure);
    }

    @Override
    Set<String> tableMissing() {
        return Set.of("42S02", "42S03", "42S04");
    }

    @Override
    Set<String> columnMissing() {
        return Set.of("42S22");
    }

    /** No such database, and it may not be created; no right to the tables. */
    @Override
    boolean isHopeless(SQLException failure) {
        return isOneOf(Set.of("90149", "90146", "90096"), failure);
    }
}
