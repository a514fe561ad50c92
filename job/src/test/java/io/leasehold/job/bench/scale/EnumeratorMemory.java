package io.leasehold.job.bench.scale;

import io.leasehold.job.bench.enumerator.EnumeratorLife;
import io.leasehold.job.bench.enumerator.EnumeratorLife.Checkpoint;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.PostgresServer;

import org.awaitility.Awaitility;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much memory a real enumerator keeps: what is in use in this JVM after a full collection, with
 * the enumerator and without it. Its leases are in PostgreSQL, so that none of its objects is also
 * the table's.
 */
final class EnumeratorMemory {

    private static final int READERS = 4;

    /**
     * Bytes for each split.
     *
     * @param atRest when all splits are with readers
     * @param oneBehind when readers have also reported positions, that wait for the next checkpoint
     *     to be recorded
     * @param positions of these, what is the wrapped split itself: its id, its serializer's bytes,
     *     and the same for people
     */
    record Kept(double atRest, double oneBehind, double positions) {}

    private EnumeratorMemory() {}

    static Kept of(int splits) throws Exception {
        String database = PostgresServer.newDatabase();
        LeaseStoreFactory store = JdbcLeaseStore.url(database).user("postgres").createSchema(true);
        long without = used();
        try (EnumeratorLife life = EnumeratorLife.fresh(store, READERS, splits)) {
            life.runUntilAllIsGranted();
            Checkpoint checkpoint = life.lastCheckpoint();
            long atRest = used();
            life.complete(checkpoint, 1, 1_000);
            life.complete(checkpoint, 2, 2_000);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> recorded(database) == splits);
            // What is held here too, besides the enumerator, goes one by one.
            List<Object> mine = new ArrayList<>();
            mine.add(checkpoint);
            mine.add(EnumeratorLife.positions(checkpoint, 2_000));
            checkpoint = Checkpoint.NOTHING;
            long withAll = used();
            mine.remove(1);
            long withCheckpoint = used();
            mine.clear();
            long withEnumerator = used();
            return new Kept(
                    (double) (atRest - without - (withCheckpoint - withEnumerator)) / splits,
                    (double) (withEnumerator - without) / splits,
                    (double) (withAll - withCheckpoint) / splits);
        }
    }

    private static long recorded(String database) throws SQLException {
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet count =
                        statement.executeQuery(
                                "SELECT count(*) FROM lease WHERE progress_checkpoint = 1")) {
            count.next();
            return count.getLong(1);
        }
    }

    /** Of four collections one leaves no dead objects where they are, to save itself the moving. */
    private static final int COLLECTIONS = 4;

    /** Bytes that are in use. */
    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            least =
                    Math.min(
                            least,
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
