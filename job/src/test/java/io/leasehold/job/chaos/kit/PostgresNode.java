package io.leasehold.job.chaos.kit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * One PostgreSQL server with its data. It confirms what it has stored, can be stopped or killed and
 * started again with its data and at its port, and does not outlive this JVM.
 */
final class PostgresNode implements AutoCloseable {

    private static final Duration END_WITHIN = Duration.ofSeconds(30);

    /** Kills it when this JVM ends, however that ends: its input is then at its end. */
    private static final String GUARD =
            "cat >/dev/null; kill -KILL $(head -n 1 \"$1\") 2>/dev/null";

    private final Path data;
    private final int port;
    private final Process guard;
    private EmbeddedPostgres server;

    /**
     * Starts nothing yet.
     *
     * @param data where its data is, or will be if there is none
     */
    PostgresNode(Path data, Loopback loopback) throws IOException {
        this.data = data;
        this.port = loopback.newPort();
        this.guard =
                new ProcessBuilder("sh", "-c", GUARD, "guard-of-postgresql", pidFile().toString())
                        .start();
    }

    int port() {
        return port;
    }

    void start() {
        try {
            server =
                    EmbeddedPostgres.builder()
                            .setServerConfig("fsync", "on")
                            .setServerConfig("synchronous_commit", "on")
                            .setDataDirectory(data)
                            .setCleanDataDirectory(false)
                            .setRegisterShutdownHook(false)
                            .setPGStartupWait(Duration.ofSeconds(90))
                            .setPort(port)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** Stops it as an immediate shutdown does: every connection is cut, nothing is tidied up. */
    void stop() {
        long pid = pid();
        Signals.send("QUIT", pid);
        waitUntilGone(pid);
    }

    /** SIGKILL to all its processes. */
    void kill() {
        long pid = pid();
        Signals.sendToGroup("KILL", pid);
        waitUntilGone(pid);
    }

    private void shutDown() {
        long pid = pid();
        Signals.send("INT", pid);
        waitUntilGone(pid);
    }

    /**
     * A replica that will stream from this server, and has all that this one has now. This server
     * is shut down and started again meanwhile; the replica is not started.
     *
     * @param line the port at which the replica finds this server
     */
    PostgresNode replica(Path replicaData, int line, Loopback loopback) throws IOException {
        shutDown();
        copy(data, replicaData);
        Files.createFile(replicaData.resolve("standby.signal"));
        Files.writeString(
                replicaData.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=%s port=%d user=postgres'%n"
                        .formatted(Loopback.HOME, line),
                StandardOpenOption.APPEND);
        start();
        return new PostgresNode(replicaData, loopback);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                if (!each.endsWith("epg-lock")) {
                    Files.copy(
                            each,
                            to.resolve(from.relativize(each)),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    void run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new ChaosException("PostgreSQL refused: " + sql, e);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(Database.url(port), "postgres", "");
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }

    private long pid() {
        try {
            return Long.parseLong(
                    Files.readAllLines(pidFile(), StandardCharsets.US_ASCII).get(0).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL is not there", e);
        }
    }

    private void waitUntilGone(long pid) {
        Pause.until(
                "PostgreSQL is gone",
                END_WITHIN,
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        try {
            server.close();
            // A killed server leaves it, and its guard must not kill who has that number next.
            Files.deleteIfExists(pidFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (Files.exists(pidFile())) {
                stop();
            }
        } finally {
            try {
                guard.getOutputStream().close();
            } catch (IOException e) {
                guard.destroyForcibly();
            }
        }
    }
}
