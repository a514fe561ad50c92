package io.leasehold.store.jdbc;

import io.leasehold.store.jdbc.sql.Column;
import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** One connection while it serves one request, which has a deadline. For one thread. */
final class JdbcSession {

    /** What a row says. */
    interface Row<R> {
        R of(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final SqlDialect dialect;
    private final String transactionSettings;
    private final Deadline deadline;

    /** Whether the next statement is the first of a transaction of several. */
    private boolean beginning;

    /**
     * @param transactionSettings {@link SqlDialect#transactionSettings}; they cost no round trip
     */
    JdbcSession(
            Connection connection,
            SqlDialect dialect,
            String transactionSettings,
            Deadline deadline) {
        this.connection = connection;
        this.dialect = dialect;
        this.transactionSettings = transactionSettings;
        this.deadline = deadline;
    }

    SqlDialect dialect() {
        return dialect;
    }

    /** Carries out a statement and returns the number of rows it changed. */
    int update(Sql sql, Values values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            int changed = 0;
            boolean hasRows = statement.execute();
            while (hasRows || statement.getUpdateCount() >= 0) {
                changed += hasRows ? 0 : statement.getUpdateCount();
                hasRows = statement.getMoreResults();
            }
            return changed;
        } catch (SQLException e) {
            throw afterFailure(e);
        }
    }

    /** Within a transaction: carries out a statement once for each of the values, sent together. */
    void updateEach(Sql sql, List<Values> each) throws SQLException {
        if (each.isEmpty()) {
            return;
        }
        await();
        try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
            for (Values values : each) {
                bind(statement, sql, values);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** What the database calls itself. */
    String product() throws SQLException {
        await();
        DatabaseMetaData about = connection.getMetaData();
        return about.getDatabaseProductName() + " " + about.getDatabaseProductVersion();
    }

    /** The rows of a query; or, if there are several statements, of those that are queries. */
    <R> List<R> query(Sql sql, Values values, Row<R> row) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            List<R> rows = new ArrayList<>();
            boolean hasRows = statement.execute();
            // To the last, since its failure would be known only there.
            while (hasRows || statement.getUpdateCount() >= 0) {
                if (hasRows) {
                    readAll(statement, row, rows);
                }
                hasRows = statement.getMoreResults();
            }
            return rows;
        } catch (SQLException e) {
            throw afterFailure(e);
        }
    }

    private static <R> void readAll(PreparedStatement statement, Row<R> row, List<R> rows)
            throws SQLException {
        try (ResultSet result = statement.getResultSet()) {
            while (result.next()) {
                rows.add(row.of(result));
            }
        }
    }

    /** Carries out several statements without parameters. */
    void run(String script) throws SQLException {
        await();
        try (Statement statement = connection.createStatement()) {
            statement.execute(inTransaction(script));
        } catch (SQLException e) {
            throw afterFailure(e);
        }
    }

    /** Begins a transaction. Outside of one, every statement is its own. */
    void begin() throws SQLException {
        connection.setAutoCommit(false);
        beginning = true;
    }

    void commit() throws SQLException {
        await();
        connection.commit();
        connection.setAutoCommit(true);
    }

    /** Undoes the transaction, if one is open. */
    void rollback() throws SQLException {
        if (!connection.getAutoCommit()) {
            await();
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Undoes the transaction after a failure, as far as the connection still can. */
    void undo(SQLException failure) {
        try {
            rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * A statement that has failed may have been in a transaction of its own, which is still open.
     */
    private SQLException afterFailure(SQLException failure) {
        try {
            if (!transactionSettings.isEmpty() && connection.getAutoCommit()) {
                await();
                try (Statement statement = connection.createStatement()) {
                    statement.execute("ROLLBACK");
                }
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /** With what is to be set for the transaction that these statements begin or are. */
    private String inTransaction(String statements) throws SQLException {
        if (transactionSettings.isEmpty()) {
            return statements;
        }
        if (connection.getAutoCommit()) {
            return "BEGIN;\n" + transactionSettings + statements + "\n;\nCOMMIT";
        }
        String settings = beginning ? transactionSettings : "";
        beginning = false;
        return settings + statements;
    }

    private PreparedStatement prepare(Sql sql, Values values) throws SQLException {
        await();
        PreparedStatement statement = connection.prepareStatement(inTransaction(sql.text()));
        try {
            bind(statement, sql, values);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private void bind(PreparedStatement statement, Sql sql, Values values) throws SQLException {
        for (int at = 0; at < sql.parameters().size(); at++) {
            Object value = values.get(sql.parameters().get(at));
            if (value instanceof Column column) {
                statement.setArray(at + 1, array(column));
            } else {
                statement.setObject(at + 1, value);
            }
        }
    }

    private Array array(Column column) throws SQLException {
        return connection.createArrayOf(dialect.typeName(column.type()), column.values());
    }

    /** From here on the driver waits for the database no longer than to the deadline. */
    private void await() throws SQLException {
        connection.setNetworkTimeout(Runnable::run, deadline.millisLeft());
    }
}
