package io.leasehold.lease.jdbc;

import io.leasehold.lease.Incarnation;
import io.leasehold.lease.Lease;
import io.leasehold.lease.LeaseOutcome;
import io.leasehold.lease.LeaseOutcome.Unknown;
import io.leasehold.lease.LeaseRequest.Open;
import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.Membership;
import io.leasehold.testkit.MariaDbServer;
import io.leasehold.testkit.NetworkLine;
import io.leasehold.testkit.ScriptedMember;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

/** What goes wrong between here and a MariaDB, and what a request costs there. */
@Timeout(120)
class MariaDbRequestsITCase {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** Far below {@link #LONG}, and enough beyond {@link #SHORT} for a busy machine. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final List<AutoCloseable> open = new ArrayList<>();
    private String database;

    @BeforeEach
    void createDatabase() {
        MariaDbServer.assumeInstalled();
        database = MariaDbServer.newDatabase();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    private <C extends AutoCloseable> C closing(C closeable) {
        open.add(closeable);
        return closeable;
    }

    private LeaseStore store(String url, Duration timeout) throws LeaseStoreException {
        return closing(JdbcLeaseStore.url(url).user("root").createSchema(true).open(timeout));
    }

    private ScriptedMember member(String id, Duration timeout) throws LeaseStoreException {
        return member(id, store(database, timeout));
    }

    private static ScriptedMember member(String id, LeaseStore store) {
        return new ScriptedMember(store, "g", new Incarnation(id, id + "-1")).joined();
    }

    private String through(NetworkLine line) {
        return database.replace(":" + MariaDbServer.port(), ":" + line.port());
    }

    private static LeaseStoreException unknown(LeaseOutcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<?>) outcome).cause();
    }

    /** How many wait for a lock that another transaction has. */
    private long waiting() throws SQLException {
        return number("SELECT count(*) FROM information_schema.innodb_lock_waits");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = MariaDbServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void missingTablesAreForTheFileThatTheMessageNames() throws Exception {
        LeaseStore store = closing(JdbcLeaseStore.url(database).user("root").open(LONG));

        LeaseStoreException failure = unknown(store.open(new Open("g")));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining(database)
                .hasMessageContaining("conf/lease-schema-mariadb.sql")
                .hasMessageContaining("lease.schema.create");
    }

    @Test
    void manyMayCreateTheTablesAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<LeaseOutcome<Membership>>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                LeaseStore store = store(database, LONG);
                all.add(threads.submit(() -> store.open(new Open("g"))));
            }
            for (Future<LeaseOutcome<Membership>> one : all) {
                applied(one.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void tablesThatLackColumnsAreNotTakenForOldOnes() throws Exception {
        ScriptedMember a = member("a", LONG);
        MariaDbServer.run(database, "ALTER TABLE lease_member DROP COLUMN balance");

        LeaseStoreException failure = unknown(a.beat(1));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining("are not those that conf/lease-schema-mariadb.sql makes")
                .hasMessageContaining("balance");
    }

    @Test
    void aWrongPasswordIsForAPersonToMendAndNotShown() throws Exception {
        MariaDbServer.run(database, "CREATE OR REPLACE USER distrusted IDENTIFIED BY 'right'");
        LeaseStore store =
                closing(
                        JdbcLeaseStore.url(database)
                                .user("distrusted")
                                .password("hush")
                                .open(SHORT));

        LeaseStoreException failure = unknown(store.open(new Open("g")));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining("does not accept this user and password")
                .hasMessageNotContaining("hush");
    }

    @Test
    void noRightToTheDatabaseIsForAPersonToMend() throws Exception {
        MariaDbServer.run(database, "CREATE OR REPLACE USER stranger IDENTIFIED BY 'right'");
        LeaseStore store =
                closing(
                        JdbcLeaseStore.url(database)
                                .user("stranger")
                                .password("right")
                                .open(SHORT));

        LeaseStoreException failure = unknown(store.open(new Open("g")));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure).hasMessageContaining("cannot serve");
    }

    @Test
    void aServerThatFallsSilentIsUnknownInTimeAndFoundAgain() throws Exception {
        NetworkLine line = closing(new NetworkLine(MariaDbServer.port()));
        ScriptedMember a = member("a", store(through(line), SHORT));
        applied(a.discover("s"));
        Lease lease = a.lease("s");

        line.cut();
        assertThat(assertTimeout(BOUND, () -> unknown(a.beat(1))).retryable()).isTrue();
        assertThat(assertTimeout(BOUND, () -> unknown(a.acquire(lease))).retryable()).isTrue();
        line.mend();

        Awaitility.await().untilAsserted(() -> applied(a.beat(2)));
        assertThat(applied(a.acquire(lease))).hasSize(1);
    }

    @Test
    void aLockedGroupIsUnknownInTimeAndLeavesNothingBehind() throws Exception {
        ScriptedMember a = member("a", SHORT);
        try (Connection other = MariaDbServer.connect(database);
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT * FROM lease_group FOR UPDATE");

            assertThat(assertTimeout(BOUND, () -> unknown(a.discover("s"))).retryable()).isTrue();
            // A beat does not need the group's lock.
            applied(a.beat(1));
            other.rollback();
        }
        assertThat(applied(a.discover("s"))).containsExactly("s");
    }

    @Test
    void aBeatThatWaitedInVainLeavesNothingBehind() throws Exception {
        ScriptedMember a = member("a", SHORT);
        ScriptedMember b = member("b", SHORT);
        try (Connection other = MariaDbServer.connect(database);
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT * FROM lease_member WHERE member_id = 'a' FOR UPDATE");

            assertThat(assertTimeout(BOUND, () -> unknown(a.beat(5))).retryable()).isTrue();
            assertThat(b.open().members()).contains(a.row());
            other.rollback();
        }
        Awaitility.await().untilAsserted(() -> applied(a.beat(6)));
        assertThat(applied(b.beat(1)).members()).contains(a.row().beaten(6));
    }

    @Test
    void aClientCutOffWithinATransactionLetsGoOfTheGroup() throws Exception {
        NetworkLine line = closing(new NetworkLine(MariaDbServer.port()));
        ScriptedMember a = member("a", store(through(line), SHORT));
        ScriptedMember b = member("b", LONG);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = MariaDbServer.connect(database);
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT * FROM lease_group FOR UPDATE");
            Future<?> stuck = thread.submit(() -> unknown(a.discover("s")));
            Awaitility.await().until(() -> waiting() > 0);
            line.cut();
            other.rollback();
            stuck.get();
        } finally {
            thread.shutdownNow();
        }
        assertThat(assertTimeout(BOUND, () -> applied(b.discover("s")))).containsExactly("s");
    }

    @Test
    void closeEndsACallUnderWay() throws Exception {
        ScriptedMember a = member("a", LONG);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = MariaDbServer.connect(database);
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("SELECT * FROM lease_group FOR UPDATE");
            Future<LeaseStoreException> stuck = thread.submit(() -> unknown(a.discover("s")));
            Awaitility.await().until(() -> waiting() > 0);

            assertTimeout(BOUND, () -> a.store().close());

            assertThat(assertTimeout(BOUND, () -> stuck.get())).hasMessageContaining("closed");
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void aBeatIsOneRoundTrip() throws Exception {
        NetworkLine line = closing(new NetworkLine(MariaDbServer.port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        applied(a.discover("s", "t", "u"));
        applied(a.acquire(a.lease("s"), a.lease("t")));
        applied(a.beat(1));

        for (int beat = 2; beat <= 21; beat++) {
            long next = beat;
            assertThat(roundTrips(line, () -> applied(a.beat(next)))).isOne();
        }
    }

    @Test
    void whatTheStoreReliesOnCannotBeSetOtherwise() throws Exception {
        String url =
                database + "?allowMultiQueries=false&useServerPrepStmts=true&tcpKeepAlive=false";
        ScriptedMember a = member("a", store(url, SHORT));
        applied(a.discover("s"));
        Lease lease = a.taking("s");

        for (int round = 1; round < 10; round++) {
            applied(a.beat(round));
            assertThat(applied(a.record(lease, position("x", round)))).containsExactly("s");
        }
    }

    @Test
    void toRecordProgressIsOneRoundTrip() throws Exception {
        NetworkLine line = closing(new NetworkLine(MariaDbServer.port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        applied(a.record(lease, position("x", 1)));

        assertThat(roundTrips(line, () -> applied(a.record(lease, position("y", 2))))).isOne();
    }

    @Test
    void aChangeOfManySplitsIsAsManyRoundTripsAsOfOne() throws Exception {
        NetworkLine line = closing(new NetworkLine(MariaDbServer.port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        applied(a.discover(IntStream.range(0, 1000).mapToObj(i -> "s" + i).toArray(String[]::new)));
        Lease[] leases = a.leases().values().toArray(Lease[]::new);
        Lease[] few = {leases[0]};
        Lease[] many = Arrays.copyOfRange(leases, 1, 100);

        int ofOne = roundTrips(line, () -> applied(a.acquire(few)));
        int ofMany = roundTrips(line, () -> applied(a.acquire(many)));

        assertThat(ofMany).isEqualTo(ofOne);
    }

    private static int roundTrips(NetworkLine line, Runnable work) {
        int before = line.roundTrips();
        work.run();
        return line.roundTrips() - before;
    }

    @Test
    void aFewSplitsOfALargeTableAreFoundWithoutReadingAllOfIt() throws Exception {
        ScriptedMember a = member("a", LONG);
        applied(a.discover(IntStream.range(0, 9999).mapToObj(i -> "s" + i).toArray(String[]::new)));
        MariaDbServer.run(database, "ANALYZE TABLE lease");
        String rowsRead =
                "SELECT SUM(CAST(variable_value AS INTEGER)) FROM information_schema.global_status WHERE variable_name IN ('HANDLER_READ_NEXT', 'HANDLER_READ_RND_NEXT')";
        long start = number(rowsRead);
        Lease first = a.lease("s1");
        long afterAll = number(rowsRead);
        Lease had = applied(a.acquire(first)).get(0).lease();
        applied(a.record(had, position("x", 1)));
        applied(a.rate(had, 1));

        // To read the counters counts too, but not that much.
        assertThat(afterAll - start).isGreaterThanOrEqualTo(9999);
        assertThat(number(rowsRead) - afterAll).isLessThan(5000);
    }
}
