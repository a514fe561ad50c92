package io.leasehold.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL on a free port of this machine, that keeps what it has confirmed: one for each JVM,
 * started when first asked for, stopped with the JVM. Safe for many threads.
 */
public final class PostgresServer {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresServer() {}

    private static final class Running {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                // Its defaults forget commits at a crash; what is tested here is not such a one.
                EmbeddedPostgres server =
                        EmbeddedPostgres.builder()
                                .setServerConfig("fsync", "on")
                                .setServerConfig("synchronous_commit", "on")
                                // Only where a connection asks for it, are its statements counted.
                                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                                .setServerConfig("pg_stat_statements.track", "none")
                                .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL did not start", e);
            }
        }

        private static void stop(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL did not stop", e);
            }
        }
    }

    public static int port() {
        return Running.SERVER.getPort();
    }

    /** Creates an empty database and returns its JDBC URL; the user is {@code postgres}. */
    public static String newDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        run(url("postgres"), "CREATE DATABASE " + name);
        return url(name);
    }

    private static String url(String database) {
        return "jdbc:postgresql://localhost:" + port() + "/" + database;
    }

    /** Carries out statements as {@code postgres}. */
    public static void run(String url, String sql) {
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Failed: " + sql, e);
        }
    }

    /**
     * Makes a role that must give this password, on any database of this server, though all others
     * are trusted. Waits until the server has taken that in.
     */
    public static void distrust(String url, String role, String password) {
        run(url, "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(role, password));
        run(
                url,
                """
                DO $$
                DECLARE rules text := pg_read_file(current_setting('hba_file'));
                BEGIN
                    EXECUTE format(
                        'COPY (SELECT unnest(string_to_array(%%L, chr(10)))) TO %%L',
                        'host all %s all scram-sha-256' || chr(10) || rules,
                        current_setting('hba_file'));
                    PERFORM pg_reload_conf();
                END $$
                """
                        .formatted(role));
        Awaitility.await().until(() -> isRefused(url, role));
    }

    private static boolean isRefused(String url, String role) {
        try (Connection connection = DriverManager.getConnection(url, role, "none of its own")) {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    public static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, "postgres", "postgres");
    }
}
