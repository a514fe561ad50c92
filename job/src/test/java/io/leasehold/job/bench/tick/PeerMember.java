package io.leasehold.job.bench.tick;

import io.leasehold.testkit.PostgresServer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A member of the way that peers do it: a row for each split, with its owner and a counter, and for
 * everything one write for each split, conditional on the counter, on its own and confirmed before
 * the next. On one connection.
 */
final class PeerMember implements AutoCloseable {

    private static final String RENEW =
            """
            UPDATE peer_lease SET counter = counter + 1
             WHERE split_id = ? AND owner = ? AND counter = ?
            """;

    private static final String TAKE =
            """
            UPDATE peer_lease SET owner = ?, counter = counter + 1
             WHERE split_id = ? AND counter = ?
            """;

    private static final String RECORD =
            """
            UPDATE peer_lease SET progress = ?, counter = counter + 1
             WHERE split_id = ? AND owner = ? AND counter = ?
            """;

    private final Connection connection;
    private final PreparedStatement renew;
    private final PreparedStatement take;
    private final PreparedStatement record;

    /** The splits that are written, of those that there are. */
    private final List<String> splits;

    private final long[] counters;
    private String owner = "nobody";
    private int lives;

    /** Makes the table, as full as with leases. */
    static void createTable(String database, int splits) {
        PostgresServer.run(
                database,
                """
                CREATE TABLE peer_lease (
                    split_id VARCHAR(255) NOT NULL PRIMARY KEY,
                    owner    VARCHAR(255) NOT NULL,
                    counter  BIGINT       NOT NULL,
                    progress VARCHAR(500) NOT NULL
                ) WITH (fillfactor = 70);
                INSERT INTO peer_lease
                SELECT 'orders-' || lpad(i::text, 6, '0'), 'nobody', 0, 'start'
                  FROM generate_series(0, %d) AS i
                """
                        .formatted(splits - 1));
    }

    /**
     * @param url as the leased member's, for the same driver settings
     * @param splits how many there are
     * @param written how many of them are written, spread over all
     */
    PeerMember(String url, int splits, int written) throws SQLException {
        connection = PostgresServer.connect(url);
        renew = connection.prepareStatement(RENEW);
        take = connection.prepareStatement(TAKE);
        record = connection.prepareStatement(RECORD);
        int step = splits / written;
        this.splits =
                IntStream.range(0, written).mapToObj(i -> LeasedMember.name(i * step)).toList();
        this.counters = new long[written];
    }

    /** Takes over from another on the same table, that does not go on. */
    void goOnFrom(PeerMember other) {
        System.arraycopy(other.counters, 0, counters, 0, counters.length);
        lives = other.lives;
    }

    /** In a new life, since every worker of theirs has a name of its own. */
    void acquireAll() throws SQLException {
        owner = "worker-" + lives++;
        for (int i = 0; i < splits.size(); i++) {
            take.setString(1, owner);
            take.setString(2, splits.get(i));
            take.setLong(3, counters[i]);
            write(take, i);
        }
    }

    /** Renews all. */
    void tick() throws SQLException {
        for (int i = 0; i < splits.size(); i++) {
            renew.setString(1, splits.get(i));
            renew.setString(2, owner);
            renew.setLong(3, counters[i]);
            write(renew, i);
        }
    }

    void checkpoint() throws SQLException {
        for (int i = 0; i < splits.size(); i++) {
            record.setString(
                    1, LeasedMember.position(splits.get(i), counters[i], counters[i]).text());
            record.setString(2, splits.get(i));
            record.setString(3, owner);
            record.setLong(4, counters[i]);
            write(record, i);
        }
    }

    private void write(PreparedStatement statement, int split) throws SQLException {
        if (statement.executeUpdate() != 1) {
            throw new AssertionError(
                    "The condition of the only writer of %s did not hold."
                            .formatted(splits.get(split)));
        }
        counters[split]++;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
