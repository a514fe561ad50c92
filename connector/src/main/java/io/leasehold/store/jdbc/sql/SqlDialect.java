package io.leasehold.store.jdbc.sql;

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
public abstract class SqlDialect {

    private final String name;
    private final LeaseSchema schema;
    private final UrlForm urlForm;
    private final Map<SplitChange, Sql> changes = new ConcurrentHashMap<>();
    private final Map<SplitQuery, Sql> queries = new ConcurrentHashMap<>();

    SqlDialect(String name, LeaseSchema schema, UrlForm urlForm) {
        this.name = name;
        this.schema = schema;
        this.urlForm = urlForm;
    }

    /** As in JDBC URLs. */
    public final String name() {
        return name;
    }

    public final LeaseSchema schema() {
        return schema;
    }

    public final UrlForm urlForm() {
        return urlForm;
    }

    /** Whether missing tables are created unless the user says otherwise. */
    public boolean createsSchema() {
        return false;
    }

    /**
     * Statements for each new connection, so that none on it takes longer than the time-out. Where
     * there are any, it is also set to read what is committed.
     */
    public String connectionSettings(Duration timeout) {
        return "";
    }

    /**
     * Statements that begin each transaction, of which every other statement is one, to the same
     * ends. A database whose connections may be those of a pooler has these instead: what is set
     * for a connection would be lost in the next transaction, and found by whoever is given it.
     */
    public String transactionSettings(Duration timeout) {
        return "";
    }

    /**
     * A query for the settings with which leases cannot be kept in a database, though it is of the
     * right kind, in a column {@code setting}. Asked before anything is written.
     */
    public Optional<Sql> unfitSettings() {
        return Optional.empty();
    }

    /** Why they cannot: what follows a colon, without a full stop. */
    public String whyUnfit(String setting) {
        throw new UnsupportedOperationException(setting);
    }

    /** Driver settings that the user may override; they bound what is not yet a request. */
    public abstract Map<String, String> driverSettings(Duration timeout);

    /** Driver settings that the store relies on. */
    public Map<String, String> requiredDriverSettings() {
        return Map.of();
    }

    public final boolean requires(String driverSetting) {
        return requiredDriverSettings().keySet().stream().anyMatch(driverSetting::equalsIgnoreCase);
    }

    /** What this database calls the type of what is in an array. */
    public abstract String typeName(Column.Type type);

    /** What a column of a date says, for people. */
    public Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * Sets the beat of {@code :member} and reads {@link LeaseSql#GROUP_COLUMNS} of all members, its
     * own only if it may write.
     */
    public abstract Sql beat();

    /** Inserts the splits that have no row. */
    public abstract Sql discover();

    /**
     * Changes the leases of the splits that are named. Where that is {@link SplitChange#RECORD}, it
     * reads the ids of those for which the condition held.
     */
    public final Sql change(SplitChange change) {
        return changes.computeIfAbsent(change, it -> Sql.of(text(it)));
    }

    public abstract String text(SplitChange change);

    /** Reads something of the leases of the splits that are named. */
    public final Sql query(SplitQuery query) {
        return queries.computeIfAbsent(query, it -> Sql.of(text(it)));
    }

    public abstract String text(SplitQuery query);

    /** As {@link SplitChange#RECORD}, for use outside of a transaction. */
    public Sql recordAlone() {
        return change(SplitChange.RECORD);
    }

    /** Whether it is a failure of this database that says that the user may not do it. */
    public abstract boolean isForbidden(SQLException failure);

    /** Whether it is a failure that says that the user or the password is not right. */
    public boolean isLoginRefused(SQLException failure) {
        return String.valueOf(failure.getSQLState()).startsWith("28");
    }

    /** SQL states that say that a table is not there. */
    public abstract Set<String> tableMissing();

    /** SQL states that say that a column of a table is not there. */
    public abstract Set<String> columnMissing();

    /** Whether it is a failure of this database that a repetition will not mend. */
    public abstract boolean isHopeless(SQLException failure);

    public final boolean isTableMissing(SQLException failure) {
        return isOneOf(tableMissing(), failure);
    }

    public final boolean isColumnMissing(SQLException failure) {
        return isOneOf(columnMissing(), failure);
    }

    public static boolean isOneOf(Set<String> states, SQLException failure) {
        return failure.getSQLState() != null && states.contains(failure.getSQLState());
    }

    /** The innermost reason: the outer ones speak of the pool. */
    public static String said(SQLException failure) {
        Throwable innermost = failure;
        while (innermost.getCause() instanceof SQLException deeper) {
            innermost = deeper;
        }
        return String.valueOf(innermost.getMessage()).lines().findFirst().orElse("").strip();
    }
}
