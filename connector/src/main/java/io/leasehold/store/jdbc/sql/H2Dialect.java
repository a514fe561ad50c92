package io.leasehold.store.jdbc.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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
                      FROM FINAL TABLE (%2$s) m
                      JOIN lease_group g ON g.group_id = m.group_id
                    UNION ALL
                    SELECT %1$s
                      FROM lease_group g
                      LEFT JOIN lease_member m
                             ON m.group_id = g.group_id AND m.member_id <> :member
                     WHERE g.group_id = :group
                    """
                            .formatted(LeaseSql.GROUP_COLUMNS, LeaseSql.RENEW));

    private final Sql discover =
            Sql.of(
                    "%s WHEN NOT MATCHED THEN INSERT %s VALUES (%s)"
                            .formatted(
                                    merge(LeaseSql.NEW_SPLIT),
                                    LeaseSql.NEW_LEASE,
                                    LeaseSql.NEW_LEASE_VALUES));

    H2Dialect() {
        super("h2", new LeaseSchema("h2", 1), new UrlForm(';', ';', false));
    }

    @Override
    public boolean createsSchema() {
        return true;
    }

    @Override
    public String connectionSettings(Duration timeout) {
        return "SET LOCK_TIMEOUT %1$s; SET QUERY_TIMEOUT %1$s"
                .formatted(Math.max(1, timeout.toMillis()));
    }

    /** Two names that it compares as the same would be one split, or one member. */
    @Override
    public Optional<Sql> unfitSettings() {
        return Optional.of(UNFIT);
    }

    @Override
    public String whyUnfit(String setting) {
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
    public Map<String, String> driverSettings(Duration timeout) {
        return Map.of();
    }

    @Override
    public String typeName(Column.Type type) {
        return switch (type) {
            case NAME, TEXT -> "VARCHAR";
            case NUMBER -> "BIGINT";
            case INTEGER -> "INTEGER";
            case REAL -> "DOUBLE PRECISION";
            case BYTES -> "VARBINARY";
        };
    }

    @Override
    public Sql beat() {
        return BEAT;
    }

    @Override
    public Sql discover() {
        return discover;
    }

    @Override
    public String text(SplitChange change) {
        String update =
                "%s WHEN MATCHED AND %s THEN UPDATE SET %s"
                        .formatted(
                                merge(change.named()),
                                change.condition(),
                                String.join(", ", change.assignments()))
                        .replace("was.", "l.");
        return change == SplitChange.RECORD
                ? "SELECT split_id FROM FINAL TABLE (%s)".formatted(update)
                : update;
    }

    @Override
    public String text(SplitQuery query) {
        return """
               SELECT %s
                 FROM %s
                 JOIN lease l ON l.group_id = :group AND l.split_id = r.split_id
                WHERE %s
               %s
               """
                .formatted(
                        query.columns(),
                        rows(query.named()),
                        query.condition(),
                        query.locks() ? "FOR UPDATE" : "");
    }

    private String merge(List<Named> named) {
        return """
               MERGE INTO lease l
               USING %s
                  ON l.group_id = :group AND l.split_id = r.split_id
               """
                .formatted(rows(named));
    }

    private String rows(List<Named> named) {
        return "UNNEST(%s) AS r (%s)"
                .formatted(
                        Named.list(
                                named,
                                one ->
                                        "CAST(:%s AS %s ARRAY)"
                                                .formatted(one.parameter(), typeName(one.type()))),
                        Named.list(named, Named::column));
    }

    @Override
    public boolean isForbidden(SQLException failure) {
        return isOneOf(Set.of("90096"), failure);
    }

    @Override
    public Set<String> tableMissing() {
        return Set.of("42S02", "42S03", "42S04");
    }

    @Override
    public Set<String> columnMissing() {
        return Set.of("42S22");
    }

    /** No such database, and it may not be created; no right to the tables. */
    @Override
    public boolean isHopeless(SQLException failure) {
        return isOneOf(Set.of("90149", "90146", "90096"), failure);
    }
}
