package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.testkit.NetworkLine;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

/** What goes wrong between here and a PostgreSQL, and what a request costs there. */
class PostgresRequestsITCase extends ServerDecisionsContract {

    @Override
    String newDatabase() {
        return PostgresServer.newDatabase();
    }

    @Override
    String user() {
        return "postgres";
    }

    @Override
    int port() {
        return PostgresServer.port();
    }

    @Override
    Connection connect(String database) throws SQLException {
        return PostgresServer.connect(database);
    }

    @Override
    String countOfDeadlocks() {
        return "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    }

    @Override
    String countOfWaiting() {
        return "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    }

    private void run(String sql) {
        PostgresServer.run(database, sql);
    }

    @Test
    void missingTablesAreCreatedByTheFileThatTheMessageNames() throws Exception {
        LeaseStore store = store(JdbcLeaseStore.url(database), LONG);

        LeaseStoreException failure = unknown(store.ask(new Open("g")));
        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining(database)
                .hasMessageContaining("conf/lease-schema-postgresql.sql")
                .hasMessageContaining("lease.schema.create");

        try (InputStream file =
                JdbcLeaseStore.class.getResourceAsStream("lease-schema-postgresql.sql")) {
            run(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(applied(store.ask(new Open("g"))).members()).isEmpty();
    }

    @Test
    void aWrongPasswordIsForAPersonToMendAndNotShown() throws Exception {
        // The server of the tests trusts everybody; it does not trust this one.
        PostgresServer.distrust(database, "distrusted", "right");
        Awaitility.await()
                .untilAsserted(
                        () -> {
                            LeaseStoreException failure =
                                    unknown(
                                            closing(
                                                            JdbcLeaseStore.url(database)
                                                                    .user("distrusted")
                                                                    .password("hush")
                                                                    .open(SHORT))
                                                    .ask(new Open("g")));
                            assertThat(failure.retryable()).isFalse();
                            assertThat(failure)
                                    .hasMessageContaining("does not accept this user and password")
                                    .hasMessageNotContaining("hush");
                        });
    }

    @Test
    void aServerThatIsNotThereIsUnknownInTime() throws Exception {
        NetworkLine line = closing(new NetworkLine(1));
        line.close();
        LeaseStore store =
                store(
                        JdbcLeaseStore.url(
                                "jdbc:postgresql://localhost:" + line.port() + "/x?password=hush"),
                        SHORT);

        LeaseStoreException failure = assertTimeout(BOUND, () -> unknown(store.ask(new Open("g"))));

        assertThat(failure.retryable()).isTrue();
        assertThat(failure)
                .hasMessageContaining("jdbc:postgresql://localhost:" + line.port() + "/x cannot")
                .hasMessageNotContaining("hush");
    }

    @Test
    void aNewerSchemaIsLeftAlone() throws Exception {
        ScriptedMember a = member("a", LONG);
        applied(a.discover("s"));
        Lease lease = a.lease("s");
        long before = a.open().changeNumber();
        run("UPDATE lease_group SET schema_version = 4");

        List<LeaseOutcome<?>> outcomes =
                List.of(
                        a.send(new Open("g")),
                        a.beat(1),
                        a.send(new Read("g", 0)),
                        a.discover("t"),
                        a.acquire(lease),
                        a.release(lease, Optional.empty()),
                        a.close(a, Optional.empty()));

        assertThat(outcomes)
                .allSatisfy(
                        outcome -> {
                            assertThat(unknown(outcome).retryable()).isFalse();
                            assertThat(unknown(outcome))
                                    .hasMessage(
                                            "The lease tables have schema version 4 and this Leasehold knows 3; use a newer Leasehold.");
                        });
        run("UPDATE lease_group SET schema_version = 3");
        assertThat(a.open().changeNumber()).isEqualTo(before);
    }

    @Test
    void unreadableLeasesAreReportedAndStopNoOther() throws Exception {
        ScriptedMember a = member("a", LONG);
        applied(a.discover("kind", "half owner", "half claim", "epoch", "parents", "rate", "good"));
        run("UPDATE lease SET claimant = 'x', claim_kind = 'BEG' WHERE split_id = 'kind'");
        run("UPDATE lease SET owner = 'x' WHERE split_id = 'half owner'");
        run("UPDATE lease SET claim_kind = 'ASK' WHERE split_id = 'half claim'");
        run("UPDATE lease SET epoch = -1 WHERE split_id = 'epoch'");
        run("UPDATE lease SET parents = E'a\\n\\nb' WHERE split_id = 'parents'");
        run("UPDATE lease SET rate = 'NaN' WHERE split_id = 'rate'");

        LeaseChanges changes = applied(a.send(new Read("g", 0)));

        assertThat(changes.unreadable())
                .containsOnlyKeys("kind", "half owner", "half claim", "epoch", "parents", "rate");
        assertThat(changes.unreadable().get("kind")).contains("BEG");
        assertThat(changes.unreadable().get("epoch")).contains("-1");
        assertThat(changes.leases()).extracting(Lease::splitId).containsExactly("good");
        assertThat(a.taking("good").ownedBy(a.self())).isTrue();
    }

    @Test
    void anUnreadableMemberLooksNeitherGoneNorDead() throws Exception {
        ScriptedMember a = member("a", LONG);
        ScriptedMember b = member("b", LONG);
        applied(b.beat(3));
        run("UPDATE lease_member SET state = 'ASLEEP' WHERE member_id = 'b'");

        Membership seen = applied(a.beat(1));

        Member stand = seen.member("b").orElseThrow();
        assertThat(stand)
                .isEqualTo(
                        Membership.unreadable(
                                b.self(),
                                3,
                                stand.description().substring("Unreadable row: ".length())));
        assertThat(stand.orders().drain()).isTrue();
        assertThat(stand.description()).contains("ASLEEP");
        assertThat(seen.member("a")).contains(a.row().beaten(1));
        assertThat(applied(a.discover("s"))).containsExactly("s");
    }

    @Test
    void aSteadyTickCostsTheSameWithManySplitsAsWithFew() throws Exception {
        NetworkLine line = closing(new NetworkLine(PostgresServer.port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        ScriptedMember b = member("b", LONG);
        applied(a.discover(IntStream.range(0, 10).mapToObj(i -> "few" + i).toArray(String[]::new)));
        applied(a.acquire(a.leases().values().toArray(Lease[]::new)));
        b.claiming("few1");

        List<Long> withFew = costs(line, a, 100);
        insert(100_000);
        run("UPDATE lease SET owner = 'a', owner_incarnation = 'a-1'");

        assertThat(costs(line, a, 200)).isEqualTo(withFew);
    }

    /** Round trips and bytes of some beats, once the driver does the same each time. */
    private static List<Long> costs(NetworkLine line, ScriptedMember member, long beat) {
        for (long warmUp = 0; warmUp < 20; warmUp++) {
            applied(member.beat(beat + warmUp));
        }
        List<Long> costs = new ArrayList<>();
        for (long next = beat + 20; next < beat + 25; next++) {
            long bytes = line.bytes();
            int roundTrips = line.roundTrips();
            applied(member.beat(next));
            costs.add((long) line.roundTrips() - roundTrips);
            costs.add(line.bytes() - bytes);
        }
        return costs;
    }

    @Test
    void aServerThatMayLoseCommitsIsWarnedOf() throws Exception {
        ScriptedMember a = member("a", LONG);
        assertThat(applied(a.send(new Check())).warnings()).isEmpty();
        run(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$");

        assertThat(applied(member("b", LONG).send(new Check())).warnings())
                .singleElement()
                .asString()
                .contains("synchronous_commit is off");
    }

    @Test
    void aFewSplitsOfALargeTableAreFoundWithoutReadingAllOfIt() throws Exception {
        ScriptedMember a = member("a", LONG);
        insert(100_000);
        run("ANALYZE lease");
        String rowsScanned = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'lease'";
        long before = number(rowsScanned);

        // More often than it takes the driver and the server to settle on a general plan.
        for (int round = 0; round < 12; round++) {
            List<Acquire.Wanted> wanted =
                    List.of(
                            new Acquire.Wanted("s" + (10 * round + 1), 1, 7),
                            new Acquire.Wanted("s" + (10 * round + 2), 1, 7));
            for (Acquire.Taken taken : applied(a.send(new Acquire("g", a.self(), wanted)))) {
                Lease lease = taken.lease();
                applied(a.record(lease, position("x", 1)));
                applied(a.release(lease, Optional.of(position("y", 2))));
            }
            applied(a.discover("new" + round, "s1"));
            applied(a.send(new Read("g", a.open().changeNumber() - 1)));
        }
        // The server counts a session's scans when the session ends, at the latest.
        a.store().close();

        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(
                                                number(
                                                        "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'lease'"))
                                        .isGreaterThanOrEqualTo(12 * 2 * 4));
        assertThat(number(rowsScanned)).isEqualTo(before);
    }

    /** Free splits {@code s1} and so on, past the store. */
    private void insert(int splits) {
        run(
                """
                INSERT INTO lease (group_id, split_id, epoch, tenure, finished, parents,
                       excluded_members, rate, version, progress, serializer_version, progress_text,
                       progress_checkpoint, progress_epoch, created_at, changed_at, progress_at)
                SELECT 'g', 's' || n, 0, 0, FALSE, '', '', 0, 1, '', 1, '', 0, 0, now(), now(), now()
                  FROM generate_series(1, %d) AS n
                """
                        .formatted(splits));
    }
}
