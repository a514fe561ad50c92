package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.store.jdbc.sql.LeaseSchema;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the database users need that the README names, and that they need it. The user of a job, and
 * that of an operator who gives orders, own nothing and may make nothing.
 */
@Timeout(120)
class PostgresGrantsITCase {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final List<LeaseStore> open = new ArrayList<>();
    private String database;
    private String job;
    private String operator;

    @BeforeEach
    void asTheReadmeSays() {
        database = PostgresServer.newDatabase();
        String name = database.substring(database.lastIndexOf('/') + 1);
        job = "job_of_" + name;
        operator = "operator_of_" + name;
        PostgresServer.run(database, LeaseSchema.text("conf/lease-schema-postgresql.sql"));
        PostgresServer.run(database, "REVOKE ALL ON SCHEMA public FROM PUBLIC");
        for (String user : List.of(job, operator)) {
            PostgresServer.run(database, "CREATE ROLE " + user + " LOGIN");
            PostgresServer.run(database, "GRANT USAGE ON SCHEMA public TO " + user);
        }
        PostgresServer.run(
                database,
                "GRANT SELECT, INSERT, UPDATE ON lease_group, lease_member, lease TO " + job);
        PostgresServer.run(database, "GRANT DELETE ON lease_member TO " + job);
        PostgresServer.run(database, "GRANT SELECT, INSERT, DELETE ON decided_output TO " + job);
        PostgresServer.run(
                database,
                "GRANT SELECT ON lease_group, lease_member, lease, decided_output TO " + operator);
        PostgresServer.run(
                database,
                "GRANT UPDATE (change_number, line, changed_at) ON lease_group TO " + operator);
        PostgresServer.run(
                database,
                "GRANT UPDATE (ordered_drain, ordered_weight, closed_at) ON lease_member TO "
                        + operator);
    }

    @AfterEach
    void closeAll() {
        open.forEach(LeaseStore::close);
    }

    @Test
    void aJobCanDoAllItDoesWithItsRights() throws LeaseStoreException {
        assertThat(allThatAJobSends())
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(LeaseOutcome.Applied.class))
                .hasSize(19);
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT, lease_group", "INSERT, lease_group", "UPDATE, lease_group",
        "SELECT, lease_member", "INSERT, lease_member", "UPDATE, lease_member",
        "SELECT, lease", "INSERT, lease", "UPDATE, lease",
        "SELECT, decided_output", "INSERT, decided_output", "DELETE, decided_output"
    })
    void aJobThatLacksOneOfThemIsToldWhichThereMustBe(String right, String table)
            throws LeaseStoreException {
        PostgresServer.run(database, "REVOKE %s ON %s FROM %s".formatted(right, table, job));

        List<LeaseStoreException> failures =
                allThatAJobSends().stream()
                        .filter(outcome -> outcome instanceof LeaseOutcome.Unknown)
                        .map(outcome -> ((LeaseOutcome.Unknown<?>) outcome).cause())
                        .toList();

        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(
                        failure -> {
                            assertThat(failure.retryable()).isFalse();
                            assertThat(failure)
                                    .hasMessage(
                                            "The lease store at %s gives this user too few rights; a job needs SELECT, INSERT and UPDATE on lease_group, lease_member and lease, with a leased sink also SELECT, INSERT and DELETE on decided_output, and forget needs DELETE too: ERROR: permission denied for table %s"
                                                    .formatted(database, table));
                        });
    }

    @Test
    void anOperatorCanLookAndGiveOrdersAndNoMore() throws LeaseStoreException {
        ScriptedMember blue = new ScriptedMember(store(job), "g", new Incarnation("blue", "1"));
        blue.joined();
        applied(blue.discover("s"));
        ScriptedMember orders = blue.through(store(operator));

        assertThat(applied(orders.send(new Read("g", 0))).leases()).hasSize(1);
        assertThat(applied(orders.send(drain())).member("blue").orElseThrow().orders().drain())
                .isTrue();

        assertThat(orders.beat(7)).isInstanceOf(LeaseOutcome.Unknown.class);
        assertThat(orders.acquire(blue.lease("s"))).isInstanceOf(LeaseOutcome.Unknown.class);
    }

    /**
     * The outcome of each kind of request that a member sends. What is not carried out is done for
     * it, so that the next can be.
     */
    private List<LeaseOutcome<?>> allThatAJobSends() throws LeaseStoreException {
        LeaseStore all = store("postgres");
        ScriptedMember green = new ScriptedMember(all, "g", new Incarnation("green", "1")).joined();
        applied(green.discover("held"));
        green.taking("held");
        ScriptedMember blue = new ScriptedMember(store(job), "g", new Incarnation("blue", "1"));
        ScriptedMember done = blue.through(all);

        List<LeaseOutcome<?>> outcomes = new ArrayList<>();
        outcomes.add(blue.send(new Open("new")));
        outcomes.add(blue.send(new Open("g")));
        outcomes.add(blue.join(Optional.empty()));
        if (done.open().member("blue").isEmpty()) {
            done.joined();
        }
        outcomes.add(blue.beat(1));
        applied(done.beat(2));
        outcomes.add(blue.discover("mine"));
        applied(done.discover("mine"));
        outcomes.add(blue.send(new Read("g", 0)));
        outcomes.add(blue.acquire(done.lease("mine")));
        Lease mine = done.taking("mine");
        outcomes.add(blue.record(mine, position("5", 1)));
        outcomes.add(blue.rate(mine, 7.5));
        outcomes.add(blue.claim(Claim.Kind.ASK, done.lease("held")));
        outcomes.add(blue.withdraw("held"));
        outcomes.add(blue.release(mine, Optional.of(position("6", 2))));
        outcomes.add(blue.finish(done.taking("mine"), position("7", 3)));
        outcomes.add(blue.declare(MemberState.ACTIVE, 2));
        outcomes.add(forget(blue, Duration.ZERO, "red"));
        outcomes.addAll(allThatALeasedSinkSends(blue, done));
        outcomes.add(blue.close(blue, Optional.empty()));
        return outcomes;
    }

    private static List<LeaseOutcome<?>> allThatALeasedSinkSends(
            ScriptedMember blue, ScriptedMember done) {
        DecidedCheckpoint checkpoint = new DecidedCheckpoint(blue.self(), new StateLine("line"), 1);
        Decide decide =
                new Decide(
                        "g",
                        blue.self(),
                        checkpoint,
                        List.of(),
                        Map.of("sink", new byte[] {1}),
                        Set.of(),
                        0);
        List<LeaseOutcome<?>> outcomes = new ArrayList<>();
        outcomes.add(blue.send(decide));
        applied(done.send(decide));
        outcomes.add(blue.send(new ReadDecisions("g", "blue")));
        outcomes.add(
                blue.send(
                        new DropOutput(
                                "g",
                                blue.self(),
                                List.of(new DecidedOutput.Key(checkpoint, "sink")))));
        return outcomes;
    }

    private static LeaseOutcome<Set<String>> forget(
            ScriptedMember by, Duration closedFor, String memberId) {
        return by.send(
                new ForgetMembers(
                        "g",
                        Optional.of(by.self()),
                        List.of(new Incarnation(memberId, "1")),
                        closedFor));
    }

    private ScriptedMember joined(String memberId, String user) throws LeaseStoreException {
        return new ScriptedMember(store(user), "g", new Incarnation(memberId, "1")).joined();
    }

    private static List<String> members(ScriptedMember through) {
        return through.open().members().stream().map(Member::id).sorted().toList();
    }

    @Test
    void aJobWithoutALeasedSinkNeedsNoRightToOutput() throws LeaseStoreException {
        ScriptedMember blue = joined("blue", job);
        ScriptedMember red = joined("red", job);
        applied(red.discover("s"));
        red.taking("s");
        PostgresServer.run(database, "REVOKE ALL ON decided_output FROM " + job);

        applied(blue.close(red, Optional.empty()));
        blue.taking("s");
        assertThat(applied(forget(blue, Duration.ZERO, "red"))).containsExactly("red");
    }

    @Test
    void aJobWithoutTheRightToDeleteLeavesTheRowsOfOthersAndGoesOn() throws LeaseStoreException {
        ScriptedMember blue = joined("blue", job);
        ScriptedMember red = joined("red", job);
        applied(red.close(red, Optional.empty()));
        PostgresServer.run(database, "REVOKE DELETE ON lease_member FROM " + job);

        assertThat(applied(forget(blue, Duration.ZERO, "red"))).isEmpty();

        assertThat(members(blue)).containsExactly("blue", "red");
        applied(blue.beat(1));
        applied(blue.discover("s"));
        PostgresServer.run(database, "GRANT DELETE ON lease_member TO " + job);
        assertThat(applied(forget(blue, Duration.ZERO, "red"))).containsExactly("red");
    }

    @Test
    void aMemberThatHasEndedIsKeptFromWhenItWasGivenAnOrder() throws LeaseStoreException {
        ScriptedMember blue = joined("blue", job);
        for (String id : List.of("red", "green")) {
            ScriptedMember ended = joined(id, job);
            applied(ended.close(ended, Optional.empty()));
        }
        PostgresServer.run(
                database, "UPDATE lease_member SET closed_at = closed_at - INTERVAL '7 days'");
        applied(
                blue.through(store(operator))
                        .send(new Order("g", "red", new Orders(true, OptionalInt.empty()))));

        assertThat(applied(forget(blue, Duration.ofDays(7), "red"))).isEmpty();
        assertThat(applied(forget(blue, Duration.ofDays(7), "green"))).containsExactly("green");
        assertThat(members(blue)).containsExactly("blue", "red");
    }

    @Test
    void whoMayDeleteGroupsAndNoMoreForgetsOne() throws LeaseStoreException {
        ScriptedMember blue = joined("blue", job);
        applied(blue.discover("s"));
        applied(blue.close(blue, Optional.empty()));
        long seen = blue.open().changeNumber();
        ScriptedMember orders = blue.through(store(operator));
        ForgetGroup forget = new ForgetGroup("g", seen);

        assertThat(orders.send(forget)).isInstanceOf(LeaseOutcome.Unknown.class);
        PostgresServer.run(database, "GRANT DELETE ON lease_group TO " + operator);
        assertThat(applied(orders.send(forget))).isTrue();

        assertThat(blue.leases()).isEmpty();
        assertThat(members(blue)).isEmpty();
    }

    private static Order drain() {
        return new Order("g", "blue", new Orders(true, OptionalInt.empty()));
    }

    private LeaseStore store(String user) throws LeaseStoreException {
        LeaseStore store = JdbcLeaseStore.url(database).user(user).open(TIMEOUT);
        open.add(store);
        return store;
    }
}
