package io.leasehold.job.bench.database;

import io.leasehold.testkit.NetworkLine;
import io.leasehold.testkit.PostgresServer;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A way to a database on which is counted what passes. Statements are counted by the server, those
 * that begin and end transactions too; round trips and bytes on the line, whose other side is a
 * thread of this JVM: what is counted is not timed.
 */
public final class CountedLine implements AutoCloseable {

    /** What passed. */
    public record Traffic(long statements, long roundTrips, long bytes) {}

    /** Something that talks to the database. */
    public interface Talk {
        void run() throws Exception;
    }

    private final String database;
    private final NetworkLine line;

    /**
     * @param database the JDBC URL of one on {@link PostgresServer}
     */
    public CountedLine(String database) {
        this.database = database;
        this.line = new NetworkLine(PostgresServer.port());
        PostgresServer.run(database, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    }

    /** The same database by this way. */
    public String url() {
        return database.replace(":" + PostgresServer.port() + "/", ":" + line.port() + "/")
                + "?options=-c%20pg_stat_statements.track=top";
    }

    /** Counts what passes during this. */
    public Traffic during(Talk talk) throws Exception {
        PostgresServer.run(
                database,
                "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)");
        int roundTrips = line.roundTrips();
        long bytes = line.bytes();
        talk.run();
        return new Traffic(
                statements(), (long) line.roundTrips() - roundTrips, line.bytes() - bytes);
    }

    private long statements() throws SQLException {
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet calls =
                        statement.executeQuery(
                                """
                                SELECT COALESCE(SUM(s.calls), 0)
                                  FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                                 WHERE d.datname = current_database()
                                """)) {
            calls.next();
            return calls.getLong(1);
        }
    }

    @Override
    public void close() {
        line.close();
    }
}
