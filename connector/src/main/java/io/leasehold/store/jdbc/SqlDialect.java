package io.leasehold.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What differs between databases: whole statements, and the names of things.
 *
 * <p>Parameters that are a {@link Column} have a name in the plural. Where a database has no
 * arrays, {@link Values#ROWS} is all of them together.
 */
abstract class SqlDialect {

    private static final List<SqlDialect> KNOWN =
            List.of(
                    new H2Dialect(),
                    new PostgresDialect(),
                    new MariaDbDialect(),
                    new MySqlDialect());

    private final String name;
    private final LeaseSchema schema;

    SqlDialect(String name, LeaseSchema schema) {
        this.name = name;
        this.schema = schema;
    }

    /** The dialect for a JDBC URL, if there is one. */
    static Optional<SqlDialect> of(String url) {
        return KNOWN.stream()
                .filter(dialect -> url.startsWith("jdbc:" + dialect.name + ":"))
                .findFirst();
    }

    static List<String> names() {
        return KNOWN.stream().map(SqlDialect::name).toList();
    }

    static List<LeaseSchema> schemas() {
        return KNOWN.stream().map(SqlDialect::schema).distinct().toList();
    }

    /** What makes the tables, by the name of the database in JDBC URLs. */
    static Map<String, LeaseSchema> schemasByName() {
        Map<String, LeaseSchema> byName = new TreeMap<>();
        KNOWN.forEach(dialect -> byName.put(dialect.name, dialect.schema));
        return byName;
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

    /** What this database calls the type. */
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
     * Makes {@code :member} owner of the splits whose version is as wanted. What another claims of
     * those it owned stays claimed.
     */
    abstract Sql acquire();

    /** Records progress under the owner's condition and S3, and reads the ids it did so for. */
    abstract Sql record();

    /** As {@link #record}, for use outside of a transaction. */
    Sql recordAlone() {
        return record();
    }

    /** Makes the splits unowned that are held in these epochs; and finished, if so. */
    abstract Sql letGo();

    /** Writes {@code :member} as the claimant of the splits that another owns. */
    abstract Sql claim();

    /** Removes the claims of {@code :member}. */
    abstract Sql withdraw();

    /** Writes which members cannot read the splits whose version is as read. */
    abstract Sql exclude();

    /** Writes the rates of the splits that are held in these epochs. */
    abstract Sql rate();

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
