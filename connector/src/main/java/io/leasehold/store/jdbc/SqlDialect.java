package io.leasehold.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What differs between databases: whole statements, and the names of things.
 *
 * <p>Parameters that are a {@link Column} have a name in the plural. Where a database has no
 * arrays, {@link Values#ROWS} is all of them together.
 */
abstract class SqlDialect {

    private final String name;
    private final LeaseSchema schema;
    private final Map<SplitChange, Sql> changes = new ConcurrentHashMap<>();

    SqlDialect(String name, LeaseSchema schema) {
        this.name = name;
        this.schema = schema;
    }

    /** As in JDBC URLs. */
    final String name() {
        return name;
    }

    final LeaseSchema schema() {
        return schema;
    }

    /** Whether missing tables are created unless the user says otherwise. */
    abstract boolean createsSchema();

    /** What begins the parameters of a JDBC URL. */
    abstract char parametersBegin();

    /** What stands between the parameters of a JDBC URL. */
    abstract char parametersSeparator();

    /** Whether the values of these parameters are encoded as in web addresses. */
    abstract boolean decodesParameters();

    /**
     * Statements for each new connection, so that none on it takes longer than the time-out. Where
     * there are any, it is also set to read what is committed.
     */
    String connectionSettings(Duration timeout) {
        return "";
    }

    /**
     * Statements that begin each transaction, of which every other statement is one, to the same
     * ends. A database whose connections may be those of a pooler has these instead: what is set
     * for a connection would be lost in the next transaction, and found by whoever is given it.
     */
    String transactionSettings(Duration timeout) {
        return "";
    }

    /**
     * Why leases cannot be kept in the database that a new connection leads to, though it is of the
     * right kind: what follows a colon, without a full stop. Asked before anything is written.
     */
    Optional<String> unfit(JdbcSession session) throws SQLException {
        return Optional.empty();
    }

    /** Driver settings that the user may override; they bound what is not yet a request. */
    abstract Map<String, String> driverSettings(Duration timeout);

    /** Driver settings that the store relies on. */
    Map<String, String> requiredDriverSettings() {
        return Map.of();
    }

    final boolean requires(String driverSetting) {
        return requiredDriverSettings().keySet().stream().anyMatch(driverSetting::equalsIgnoreCase);
    }

    /** What this database calls the type of what is in an array. */
    abstract String typeName(Column.Type type);

    /** What a column of a date says, for people. */
    Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * Sets the beat of {@code :member} and reads {@link LeaseSql#GROUP_COLUMNS} of all members, its
     * own only if it may write.
     */
    abstract Sql beat();

    /** Inserts the splits that have no row. */
    abstract Sql discover();

    /**
     * Changes the leases of the splits that are named. Where that is {@link SplitChange#RECORD}, it
     * reads the ids of those for which the condition held.
     */
    final Sql change(SplitChange change) {
        return changes.computeIfAbsent(change, it -> Sql.of(text(it)));
    }

    abstract String text(SplitChange change);

    /** As {@link SplitChange#RECORD}, for use outside of a transaction. */
    Sql recordAlone() {
        return change(SplitChange.RECORD);
    }

    /** Whether it is a failure of this database that says that the user may not do it. */
    abstract boolean isForbidden(SQLException failure);

    /** Whether it is a failure that says that the user or the password is not right. */
    boolean isLoginRefused(SQLException failure) {
        return String.valueOf(failure.getSQLState()).startsWith("28");
    }

    /** SQL states that say that a table is not there. */
    abstract Set<String> tableMissing();

    /** SQL states that say that a column of a table is not there. */
    abstract Set<String> columnMissing();

    /** Whether it is a failure of this database that a repetition will not mend. */
    abstract boolean isHopeless(SQLException failure);

    final boolean isTableMissing(SQLException failure) {
        return isOneOf(tableMissing(), failure);
    }

    final boolean isColumnMissing(SQLException failure) {
        return isOneOf(columnMissing(), failure);
    }

    static boolean isOneOf(Set<String> states, SQLException failure) {
        return failure.getSQLState() != null && states.contains(failure.getSQLState());
    }
}
