package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.testkit.MariaDbServer;
import io.leasehold.testkit.NetworkLine;
import io.leasehold.testkit.ScriptedMember;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.IntStream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

/** What goes wrong between here and a MariaDB, and what a request costs there. */
class MariaDbRequestsITCase extends ServerDecisionsContract {

    @Override
    String newDatabase() {
        MariaDbServer.assumeInstalled();
        return MariaDbServer.newDatabase();
    }

    @Override
    String user() {
        return "root";
    }

    @Override
    int port() {
        return MariaDbServer.port();
    }

    @Override
    Connection connect(String database) throws SQLException {
        return MariaDbServer.connect(database);
    }

    @Override
    String countOfDeadlocks() {
        return "SELECT CAST(variable_value AS INTEGER) FROM information_schema.global_status WHERE variable_name = 'INNODB_DEADLOCKS'";
    }

    @Override
    String countOfWaiting() {
        return "SELECT count(*) FROM information_schema.innodb_lock_waits";
    }

    @Test
    void missingTablesAreForTheFileThatTheMessageNames() throws Exception {
        LeaseStore store = store(JdbcLeaseStore.url(database), LONG);

        LeaseStoreException failure = unknown(store.ask(new Open("g")));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining(database)
                .hasMessageContaining("conf/lease-schema-mariadb.sql")
                .hasMessageContaining("lease.schema.create");
    }

    @Test
    void aServerThatMayLoseCommitsIsWarnedOf() throws Exception {
        ScriptedMember a = member("a", LONG);
        MariaDbServer.run(database, "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try {
            assertThat(applied(a.send(new Check())).warnings())
                    .singleElement()
                    .asString()
                    .contains("innodb_flush_log_at_trx_commit is 2");
        } finally {
            MariaDbServer.run(database, "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        }
        assertThat(applied(a.send(new Check())).warnings()).isEmpty();
    }

    @Test
    void tablesThatLackColumnsAreForAPersonToMigrate() throws Exception {
        ScriptedMember a = member("a", LONG);
        MariaDbServer.run(database, "ALTER TABLE lease_member DROP COLUMN balance");

        LeaseStoreException failure = unknown(a.beat(1));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining("older than schema version 3")
                .hasMessageContaining("run conf/lease-schema-mariadb-2-to-3.sql")
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

        LeaseStoreException failure = unknown(store.ask(new Open("g")));

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

        LeaseStoreException failure = unknown(store.ask(new Open("g")));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure).hasMessageContaining("cannot serve");
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
    void whatTheStoreReliesOnCannotBeSetOtherwise() throws Exception {
        String url =
                database + "?allowMultiQueries=false&useServerPrepStmts=true&tcpKeepAlive=false";
        ScriptedMember a = member("a", store(withTables(url), SHORT));
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
    void aConnectionThatTurnsOutReadOnlyIsThrownAway() throws Exception {
        MariaDbServer.run(database, "CREATE OR REPLACE USER reader IDENTIFIED BY 'right'");
        MariaDbServer.run(database, "GRANT ALL ON *.* TO reader");
        MariaDbServer.run(database, "REVOKE SUPER, READ_ONLY ADMIN ON *.* FROM reader");
        String connection =
                "SELECT COALESCE(MAX(id), 0) FROM information_schema.processlist WHERE user = 'reader'";
        ScriptedMember a =
                member(
                        "a",
                        closing(withTables(database).user("reader").password("right").open(LONG)));
        long first = number(connection);
        MariaDbServer.run(database, "SET GLOBAL read_only = ON");
        try {
            LeaseStoreException failure = unknown(a.beat(1));

            assertThat(failure.retryable()).isTrue();
            assertThat(failure).hasMessageContaining("read-only");
        } finally {
            MariaDbServer.run(database, "SET GLOBAL read_only = OFF");
        }
        applied(a.beat(2));
        assertThat(number(connection)).isGreaterThan(first);
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
