package io.leasehold.testkit;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/**
 * The MariaDB of this machine, on a free port of its own, with a folder of its own, that keeps what
 * it has confirmed: one for each JVM, started when first asked for, stopped with the JVM. Safe for
 * many threads.
 */
public final class MariaDbServer {

    private static final String SERVER = "mariadbd";
    private static final String INSTALLER = "mariadb-install-db";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private MariaDbServer() {}

    /** Reports the test as skipped where no MariaDB is installed. */
    public static void assumeInstalled() {
        Assumptions.assumeTrue(
                program(SERVER).isPresent() && program(INSTALLER).isPresent(),
                "Skipped: no MariaDB on this machine (mariadbd and mariadb-install-db); install the package mariadb-server.");
    }

    static Optional<Path> program(String name) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(":")),
                        // Where it is, although only root has that on its path.
                        Stream.of("/usr/sbin", "/usr/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Its methods are outside: while it is initialized, no other thread could call them. */
    private static final class Running {
        static final int PORT = start();
    }

    /**
     * Starts another one, that is stopped with the JVM.
     *
     * @param options of both, installation and server
     * @return where it listens
     */
    public static int start(String... options) {
        try {
            Path folder = Files.createTempDirectory("mariadb");
            Path data = folder.resolve("data");
            Path log = folder.resolve("log");
            List<String> installation =
                    command(
                            INSTALLER,
                            data,
                            "--auth-root-authentication-method=normal",
                            "--skip-test-db");
            installation.addAll(List.of(options));
            if (begin(installation, log).waitFor() != 0) {
                throw new IllegalStateException("MariaDB: " + Files.readString(log));
            }
            int port = freePort();
            List<String> serving =
                    command(
                            SERVER,
                            data,
                            "--port=" + port,
                            "--bind-address=127.0.0.1",
                            "--socket=" + folder.resolve("socket"),
                            "--pid-file=" + folder.resolve("pid"),
                            // One that starts deletes what others have in a shared one.
                            "--tmpdir=" + Files.createDirectory(folder.resolve("tmp")),
                            "--innodb-flush-log-at-trx-commit=1",
                            "--innodb-doublewrite=ON");
            serving.addAll(List.of(options));
            Process server = begin(serving, log);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, folder)));
            await().atMost(60, TimeUnit.SECONDS)
                    .failFast("MariaDB ended: " + log, () -> !server.isAlive())
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> answers(port));
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB did not start", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("MariaDB did not start", e);
        }
    }

    private static List<String> command(String name, Path data, String... options) {
        List<String> command = new ArrayList<>();
        command.add(program(name).orElseThrow().toString());
        // Before all others: the settings of this machine's own server are not for this one.
        command.add("--no-defaults");
        command.add("--datadir=" + data);
        // Without this it refuses to run as root.
        command.add("--user=" + System.getProperty("user.name"));
        command.addAll(List.of(options));
        return command;
    }

    private static Process begin(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) throws SQLException {
        try (Connection connection = connect(url(port, ""))) {
            return connection.isValid(10);
        }
    }

    private static void stop(Process server, Path folder) {
        server.destroyForcibly().onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB left files behind", e);
        }
    }

    public static int port() {
        return Running.PORT;
    }

    /** Creates an empty database and returns its JDBC URL; the user is {@code root}. */
    public static String newDatabase() {
        String name = "test_" + DATABASES.incrementAndGet();
        // Of a default that cannot hold all characters: the tables must not rely on it.
        run(url(port(), ""), "CREATE DATABASE " + name + " CHARACTER SET latin1");
        return url(port(), name);
    }

    public static String url(int port, String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
    }

    /** Carries out a statement as {@code root}. */
    public static void run(String url, String sql) {
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Failed: " + sql, e);
        }
    }

    public static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, "root", "");
    }
}
