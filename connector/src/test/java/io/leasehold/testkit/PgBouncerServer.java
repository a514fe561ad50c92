package io.leasehold.testkit;

import org.junit.jupiter.api.Assumptions;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/**
 * The PgBouncer of this machine in transaction mode, on a free port of its own: a connection of the
 * server is given to whichever client begins the next transaction. It has fewer of them than there
 * are clients, and knows nothing of how these use it.
 */
public final class PgBouncerServer implements Closeable {

    private static final String PROGRAM = "pgbouncer";

    private final Path folder;
    private final int port;
    private final Process process;

    private PgBouncerServer(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Reports the test as skipped where no PgBouncer is installed. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                program().isPresent(),
                "Skipped: no PgBouncer on this machine; install the package pgbouncer.");
    }

    private static Optional<Path> program() {
        return MariaDbServer.program(PROGRAM);
    }

    /** Before the PostgreSQL of the tests. */
    public static PgBouncerServer start(int connections) {
        try {
            Path folder =
                    Files.createTempDirectory(
                            "pgbouncer",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwxr-xr-x")));
            int port = MariaDbServer.freePort();
            Path configuration =
                    Files.writeString(
                            folder.resolve("pgbouncer.ini"),
                            """
                            [databases]
                            * = host=127.0.0.1 port=%s user=postgres password=postgres
                            [pgbouncer]
                            listen_addr = 127.0.0.1
                            listen_port = %s
                            unix_socket_dir =
                            auth_type = any
                            pool_mode = transaction
                            default_pool_size = %s
                            """
                                    .formatted(PostgresServer.port(), port, connections));
            Path log = folder.resolve("log");
            List<String> command = new ArrayList<>();
            command.add(program().orElseThrow().toString());
            if (System.getProperty("user.name").equals("root")) {
                // It refuses to run as root.
                command.addAll(List.of("-u", "nobody"));
            }
            command.add(configuration.toString());
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            PgBouncerServer server = new PgBouncerServer(folder, port, process);
            await().atMost(60, TimeUnit.SECONDS)
                    .failFast("PgBouncer ended: " + log, () -> !process.isAlive())
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> server.answers());
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer did not start", e);
        }
    }

    private boolean answers() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "")) {
            return connection.isValid(10);
        }
    }

    /** The same database of PostgreSQL, through the pooler. */
    public String through(String url) {
        return url(url.substring(url.lastIndexOf('/') + 1));
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer left files behind", e);
        }
    }
}
