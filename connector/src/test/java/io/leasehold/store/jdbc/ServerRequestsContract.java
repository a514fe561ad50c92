package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.AsRead;
import io.leasehold.lease.store.OperatorRequest.ReleaseAbandoned;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Rate.Rated;
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
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static io.leasehold.testkit.ScriptedMember.recorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

/**
 * What goes wrong between here and any database server, and what a request costs there. A database
 * joins by saying how its test server is reached.
 */
@Timeout(120)
abstract class ServerRequestsContract {

    static final Duration LONG = Duration.ofSeconds(60);
    static final Duration SHORT = Duration.ofSeconds(1);

    /** Far below {@link #LONG}, and enough beyond {@link #SHORT} for a busy machine. */
    static final Duration BOUND = Duration.ofSeconds(10);

    private final List<AutoCloseable> open = new ArrayList<>();

    /** The JDBC URL of an empty database of this test's own. */
    String database;

    /** Makes an empty database, and says its JDBC URL. */
    abstract String newDatabase();

    abstract String user();

    /** Where the server listens. */
    abstract int port();

    /** Past the store. */
    abstract Connection connect(String database) throws SQLException;

    /** A query for how many transactions this server has ended because of a deadlock. */
    abstract String countOfDeadlocks();

    /** A query for how many wait for a lock that another transaction has. */
    abstract String countOfWaiting();

    @BeforeEach
    void createDatabase() {
        database = newDatabase();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    final <C extends AutoCloseable> C closing(C closeable) {
        open.add(closeable);
        return closeable;
    }

    final LeaseStore store(JdbcLeaseStoreConfig config, Duration timeout)
            throws LeaseStoreException {
        return closing(config.user(user()).open(timeout));
    }

    static JdbcLeaseStoreConfig withTables(String url) {
        return JdbcLeaseStore.url(url).createSchema(true);
    }

    final ScriptedMember member(String id, Duration timeout) throws LeaseStoreException {
        return member(id, store(withTables(database), timeout));
    }

    static ScriptedMember member(String id, LeaseStore store) {
        return new ScriptedMember(store, "g", new Incarnation(id, id + "-1")).joined();
    }

    final JdbcLeaseStoreConfig through(NetworkLine line) {
        return withTables(database.replace(":" + port(), ":" + line.port()));
    }

    static LeaseStoreException unknown(LeaseOutcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<?>) outcome).cause();
    }

    static int roundTrips(NetworkLine line, Runnable work) {
        int before = line.roundTrips();
        work.run();
        return line.roundTrips() - before;
    }

    private long waiting() throws SQLException {
        return number(countOfWaiting());
    }

    final long number(String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void manyMayCreateTheTablesAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<LeaseOutcome<Membership>>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                LeaseStore store = store(withTables(database), LONG);
                all.add(threads.submit(() -> store.ask(new Open("g"))));
            }
            for (Future<LeaseOutcome<Membership>> one : all) {
                applied(one.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aServerThatFallsSilentIsUnknownInTimeAndFoundAgain() throws Exception {
        NetworkLine line = closing(new NetworkLine(port()));
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
        try (Connection other = connect(database);
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
    void aMemberCutOffWithinAChangeHoldsTheGroupUpNoLongerThanItsTimeout() throws Exception {
        NetworkLine line = closing(new NetworkLine(port()));
        ScriptedMember a = member("a", store(through(line), SHORT));
        ScriptedMember b = member("b", LONG);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection other = connect(database);
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
        try (Connection other = connect(database);
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

    /** For a minute: {@code -Dlock.order.seconds=60}. */
    @Test
    void requestsForTheSameSplitsInAnyOrderNeverDeadlock() throws Exception {
        Duration duration = Duration.ofSeconds(Integer.getInteger("lock.order.seconds", 5));
        ScriptedMember a = member("a", LONG);
        applied(a.discover(IntStream.range(0, 200).mapToObj(i -> "s" + i).toArray(String[]::new)));
        List<Lease> had =
                applied(a.acquire(a.leases().values().toArray(Lease[]::new))).stream()
                        .map(Acquire.Taken::lease)
                        .toList();
        ScriptedMember b = member("b", LONG);
        ScriptedMember recording = a.through(store(withTables(database), LONG));
        ScriptedMember operator = a.through(store(withTables(database), LONG));
        long before = number(countOfDeadlocks());

        InAnyOrder rounds = new InAnyOrder(duration);
        rounds.run(
                random ->
                        recording.send(
                                new Record(
                                        "g",
                                        a.self(),
                                        InAnyOrder.some(had, random).stream()
                                                .map(it -> recorded(it, position("x", 1)))
                                                .toList())),
                random ->
                        a.send(
                                new Rate(
                                        "g",
                                        a.self(),
                                        InAnyOrder.some(had, random).stream()
                                                .map(it -> new Rated(it.splitId(), it.epoch(), 1))
                                                .toList())),
                random -> {
                    List<Lease> now = InAnyOrder.some(List.copyOf(b.leases().values()), random);
                    applied(b.claim(Claim.Kind.ASK, now.toArray(Lease[]::new)));
                    return b.withdraw(now.stream().map(Lease::splitId).toArray(String[]::new));
                },
                random ->
                        operator.send(
                                new ReleaseAbandoned(
                                        "g",
                                        InAnyOrder.some(
                                                        List.copyOf(operator.leases().values()),
                                                        random)
                                                .stream()
                                                .map(it -> new AsRead(it.splitId(), it.version()))
                                                .toList())));

        assertThat(rounds.failures()).isEmpty();
        assertThat(rounds.done()).allSatisfy(done -> assertThat(done).isPositive());
        assertThat(number(countOfDeadlocks())).isEqualTo(before);
    }

    /** As above: a stale recording of the member's other life, and of splits it does not own. */
    @Test
    void releasesOfSplitsOfWhichSomeHaveAPositionNeverDeadlockWithRecordings() throws Exception {
        Duration duration = Duration.ofSeconds(Integer.getInteger("lock.order.seconds", 5));
        ScriptedMember a = member("a", LONG);
        applied(a.discover(IntStream.range(0, 40).mapToObj(i -> "s" + i).toArray(String[]::new)));
        ScriptedMember recording = a.through(store(withTables(database), LONG));
        long before = number(countOfDeadlocks());

        InAnyOrder rounds = new InAnyOrder(duration);
        rounds.run(
                random -> {
                    List<Lease> free = List.copyOf(a.leases().values());
                    applied(a.acquire(InAnyOrder.some(free, random).toArray(Lease[]::new)));
                    return a.send(
                            new Release(
                                    "g",
                                    a.self(),
                                    InAnyOrder.some(List.copyOf(a.leases().values()), random)
                                            .stream()
                                            .map(it -> released(it, random.nextBoolean()))
                                            .toList()));
                },
                random ->
                        recording.send(
                                new Record(
                                        "g",
                                        a.self(),
                                        InAnyOrder.some(
                                                        List.copyOf(recording.leases().values()),
                                                        random)
                                                .stream()
                                                .map(it -> recorded(it, position("x", 1)))
                                                .toList())));

        assertThat(rounds.failures()).isEmpty();
        assertThat(rounds.done()).allSatisfy(done -> assertThat(done).isPositive());
        assertThat(number(countOfDeadlocks())).isEqualTo(before);
    }

    private static Released released(Lease lease, boolean wasRead) {
        return new Released(
                lease.splitId(),
                lease.epoch(),
                wasRead ? Optional.of(position("x", 1)) : Optional.empty());
    }

    @Test
    void aBeatIsOneRoundTrip() throws Exception {
        NetworkLine line = closing(new NetworkLine(port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        applied(a.discover("s", "t", "u"));
        applied(a.acquire(a.lease("s"), a.lease("t")));
        applied(a.beat(1));

        // Often enough for the driver to have prepared the statement at the server in between.
        for (int beat = 2; beat <= 21; beat++) {
            long next = beat;
            assertThat(roundTrips(line, () -> applied(a.beat(next)))).isOne();
        }
    }

    @Test
    void aChangeOfManySplitsIsAsManyRoundTripsAsOfOne() throws Exception {
        NetworkLine line = closing(new NetworkLine(port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        applied(a.discover(IntStream.range(0, 1000).mapToObj(i -> "s" + i).toArray(String[]::new)));
        Lease[] leases = a.leases().values().toArray(Lease[]::new);
        Lease[] few = {leases[0]};
        Lease[] many = Arrays.copyOfRange(leases, 1, 100);

        int ofOne = roundTrips(line, () -> applied(a.acquire(few)));
        int ofMany = roundTrips(line, () -> applied(a.acquire(many)));

        assertThat(ofMany).isEqualTo(ofOne);
    }
}
