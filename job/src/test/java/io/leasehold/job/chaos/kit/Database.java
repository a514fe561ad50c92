package io.leasehold.job.chaos.kit;

import io.leasehold.testkit.NetworkLine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PostgreSQL with the lease tables, that keeps what it has confirmed, and that can be stopped and
 * started again with its data and at its port. It may have a replica that follows it
 * asynchronously.
 */
public final class Database implements AutoCloseable {

    private static final Duration FOLLOWS_WITHIN = Duration.ofSeconds(60);
    private static final Pattern STARTING_OFFSET = Pattern.compile("StartingOffset: (-?\\d+)");

    private final PostgresNode primary;
    private final Optional<Replica> replica;
    private PostgresNode current;

    private record Replica(PostgresNode node, NetworkLine replication) {}

    /** A row of the lease table. */
    public record LeaseRow(String split, String owner, long epoch, long progress) {}

    private Database(PostgresNode primary, Optional<Replica> replica) {
        this.primary = primary;
        this.replica = replica;
        this.current = primary;
    }

    /** Starts one server with empty lease tables. */
    public Database(Path folder, Loopback loopback) throws IOException {
        this(primary(folder, loopback), Optional.empty());
    }

    /**
     * Starts two servers with empty lease tables, of which the second one is a hot standby that
     * streams from the first.
     */
    public static Database withReplica(Path folder, Loopback loopback) throws IOException {
        PostgresNode primary = primary(folder, loopback);
        NetworkLine replication = new NetworkLine(primary.port());
        PostgresNode standby =
                primary.replica(folder.resolve("replica"), replication.port(), loopback);
        standby.start();
        Pause.until(
                "the replica streams",
                FOLLOWS_WITHIN,
                () -> said(primary, "SELECT count(*) = 1 FROM pg_stat_replication"));
        return new Database(primary, Optional.of(new Replica(standby, replication)));
    }

    private static PostgresNode primary(Path folder, Loopback loopback) throws IOException {
        PostgresNode node =
                new PostgresNode(Files.createDirectories(folder).resolve("data"), loopback);
        node.start();
        node.run(Files.readString(schema()));
        return node;
    }

    private static Path schema() {
        // Maven runs the tests of a module in its folder.
        return Path.of("..", "conf", "lease-schema-postgresql.sql");
    }

    /** Starts it, again after {@link #stop}. */
    public void start() {
        current.start();
    }

    /** The primary's port. */
    public int port() {
        return current.port();
    }

    /** The ports of all its servers, the one that was primary first comes first. */
    public List<Integer> ports() {
        List<Integer> ports = new ArrayList<>(List.of(primary.port()));
        replica.ifPresent(it -> ports.add(it.node().port()));
        return ports;
    }

    /** The JDBC URL of servers at these ports; the user is {@code postgres}. */
    public static String url(Integer... ports) {
        return "jdbc:postgresql://"
                + String.join(
                        ",", List.of(ports).stream().map(it -> Loopback.HOME + ":" + it).toList())
                + "/postgres";
    }

    /** Stops it as an immediate shutdown does: every connection is cut, nothing is tidied up. */
    public void stop() {
        current.stop();
    }

    /** What the primary commits from now on does not reach the replica, and nobody is told. */
    public void loseReplication() {
        replica().replication().cut();
    }

    /** SIGKILL to the primary; then the replica is promoted as it is. */
    public void failOver() {
        primary.kill();
        current = replica().node();
        current.run("SELECT pg_promote(true, 60)");
    }

    private Replica replica() {
        return replica.orElseThrow(() -> new ChaosException("There is no replica"));
    }

    private static boolean said(PostgresNode node, String question) {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new ChaosException("PostgreSQL refused: " + question, e);
        }
    }

    /** What the lease table says; progress is an offset, 0 where it is a symbol. */
    public List<LeaseRow> leases() {
        List<LeaseRow> rows = new ArrayList<>();
        try (Connection connection = current.connect();
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
            primary.close();
        } finally {
            replica.ifPresent(
                    it -> {
                        it.replication().close();
                        it.node().close();
                    });
        }
    }
}
