package io.leasehold.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;

/** A database's lease tables as they were at one time, kept beside them. */
public final class KeptTables {

    /** In the order in which rows refer to each other. */
    private static final List<String> TABLES =
            List.of("lease_group", "lease_member", "lease", "decided_output");

    private KeptTables() {}

    /**
     * Keeps the rows that are there now; those that were kept before are forgotten.
     *
     * @return puts them in place of those that are there then
     */
    public static Runnable of(Callable<Connection> connections) {
        run(
                connections,
                statement -> {
                    for (String table : TABLES) {
                        statement.execute("DROP TABLE IF EXISTS kept_" + table);
                        statement.execute(
                                "CREATE TABLE kept_%1$s AS SELECT * FROM %1$s".formatted(table));
                    }
                });
        return () ->
                run(
                        connections,
                        statement -> {
                            statement.execute("DELETE FROM lease_group");
                            for (String table : TABLES) {
                                statement.execute(
                                        "INSERT INTO %1$s SELECT * FROM kept_%1$s"
                                                .formatted(table));
                            }
                        });
    }

    private interface Script {
        void on(Statement statement) throws SQLException;
    }

    private static void run(Callable<Connection> connections, Script script) {
        try (Connection connection = connections.call();
                Statement statement = connection.createStatement()) {
            script.on(statement);
        } catch (Exception e) {
            throw new IllegalStateException("The tables cannot be kept or put back.", e);
        }
    }
}
