package io.leasehold.job.chaos.kit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PostgreSQL with the lease tables, that keeps what it has confirmed, and that can be stopped and
 * started again with its data and at its port.
 */
public final class Database implements AutoCloseable {

    private static final Duration END_WITHIN = Duration.ofSeconds(30);
    private static final Pattern STARTING_OFFSET = Pattern.compile("StartingOffset: (-?\\d+)");

    /** Kills it when this JVM ends, however that ends: its input is then at its end. */
    private static final String GUARD =
            "cat >/dev/null; kill -KILL $(head -n 1 \"$1\") 2>/dev/null";

    private final Path data;
    private final int port;
    private final Process guard;
    private EmbeddedPostgres server;

    /** A row of the lease table. */
    public record LeaseRow(String split, String owner, long epoch, long progress) {}

    /** Starts it with empty lease tables. */
    public Database(Path folder, Loopback loopback) throws IOException {
        this.data = Files.createDirectories(folder).resolve("data");
        this.port = loopback.newPort();
        this.guard =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                GUARD,
                                "guard-of-postgresql",
                                data.resolve("postmaster.pid").toString())
                        .start();
        start();
        run(Files.readString(schema()));
    }

    private static Path schema() {
        // Maven runs the tests of a module in its folder.
        return Path.of("..", "conf", "lease-schema-postgresql.sql");
    }

    /** Starts it, again after {@link #stop}. */
    public void start() {
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

    public int port() {
        return port;
    }

    /** Its JDBC URL through a line that begins at this port; the user is {@code postgres}. */
    public static String url(int port) {
        return "jdbc:postgresql://" + Loopback.HOME + ":" + port + "/postgres";
    }

    /** Stops it as an immediate shutdown does: every connection is cut, nothing is tidied up. */
    public void stop() {
        long pid = pid();
        Signals.send("QUIT", pid);
        Pause.until(
                "PostgreSQL is gone",
                END_WITHIN,
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        closeHandle();
    }

    private long pid() {
        try {
            return Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.US_ASCII)
                            .get(0)
                            .strip());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL is not there", e);
        }
    }

    private void closeHandle() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(String sql) {
        try (Connection connection = DriverManager.getConnection(url(port), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new ChaosException("PostgreSQL refused: " + sql, e);
        }
    }

    /** What the lease table says; progress is an offset, 0 where it is a symbol. */
    public List<LeaseRow> leases() {
        List<LeaseRow> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url(port), "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT split_id, owner, epoch, progress_text FROM lease ORDER BY split_id")) {
            while (row.next()) {
                Matcher offset = STARTING_OFFSET.matcher(row.getString(4));
                rows.add(
                        new LeaseRow(
                                row.getString(1),
                                row.getString(2) == null ? "" : row.getString(2),
                                row.getLong(3),
                                offset.find() ? Math.max(0, Long.parseLong(offset.group(1))) : 0));
            }
        } catch (SQLException e) {
            throw new ChaosException("The lease table cannot be read", e);
        }
        return rows;
    }

    @Override
    public void close() {
        try {
            if (Files.exists(data.resolve("postmaster.pid"))) {
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
