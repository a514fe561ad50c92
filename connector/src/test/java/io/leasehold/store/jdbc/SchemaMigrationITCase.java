package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseOutcome.WentBack;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.store.jdbc.sql.LeaseSchema;
import io.leasehold.testkit.MariaDbServer;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

import static io.leasehold.testkit.ScriptedMember.applied;
import static org.assertj.core.api.Assertions.assertThat;

/** From the tables of an earlier version to those of today, with the rows in them. */
@Timeout(60)
class SchemaMigrationITCase {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    enum Database {
        H2(1),
        POSTGRESQL(1),
        MARIADB(2);

        private final int first;

        Database(int first) {
            this.first = first;
        }

        String create() {
            return switch (this) {
                case H2 ->
                        "jdbc:h2:mem:migrated_%d;DB_CLOSE_DELAY=-1"
                                .formatted(DATABASES.incrementAndGet());
                case POSTGRESQL -> PostgresServer.newDatabase();
                case MARIADB -> {
                    MariaDbServer.assumeInstalled();
                    yield MariaDbServer.newDatabase();
                }
            };
        }

        Connection connect(String url) throws SQLException {
            return switch (this) {
                case H2 -> DriverManager.getConnection(url);
                case POSTGRESQL -> PostgresServer.connect(url);
                case MARIADB -> MariaDbServer.connect(url + "?allowMultiQueries=true");
            };
        }

        JdbcLeaseStoreConfig store(String url) {
            return switch (this) {
                case H2 -> JdbcLeaseStore.url(url);
                case POSTGRESQL -> JdbcLeaseStore.url(url).user("postgres").createSchema(true);
                case MARIADB -> JdbcLeaseStore.url(url).user("root").createSchema(true);
            };
        }

        LeaseSchema schema() {
            return new LeaseSchema(name().toLowerCase(Locale.ROOT), first);
        }

        /** The tables of its first version, with no rows. */
        String createOfOld() throws Exception {
            String url = create();
            run(url, tablesOf(first));
            return url;
        }

        /** The tables as they were made by the version that had them. */
        String tablesOf(int version) throws Exception {
            String file =
                    "lease-schema-%s-of-version-%d.sql".formatted(schema().database(), version);
            try (InputStream in = SchemaMigrationITCase.class.getResourceAsStream(file)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        void run(String url, String script) throws SQLException {
            try (Connection connection = connect(url);
                    Statement statement = connection.createStatement()) {
                statement.execute(script);
            }
        }

        void migrate(String url) throws SQLException {
            for (String file : schema().migrations()) {
                run(url, LeaseSchema.text(file));
            }
        }
    }

    private static final String ROWS_OF_VERSION_1 =
            """
            INSERT INTO lease_group (group_id, schema_version, change_number, created_at, changed_at)
            VALUES ('g', 1, 9, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
            INSERT INTO lease_member (group_id, member_id, incarnation, beat, state, weight,
                   duration_nanos, emits_for_nanos, description, joined_at, beat_at)
            VALUES ('g', 'a', 'a-1', 42, 'ACTIVE', 3, 30000000000, 1000000, 'host', CURRENT_TIMESTAMP,
                    CURRENT_TIMESTAMP),
                   ('g', 'b', 'b-1', 7, 'DRAINING', 1, 30000000000, 0, '', CURRENT_TIMESTAMP,
                    CURRENT_TIMESTAMP);
            INSERT INTO lease (group_id, split_id, owner, owner_incarnation, epoch, tenure, claimant,
                   claim_kind, finished, parents, rate, version, progress, serializer_version,
                   progress_text, progress_checkpoint, progress_epoch, created_at, changed_at,
                   progress_at)
            VALUES ('g', 's', 'a', 'a-1', 4, 5, 'b', 'FORCE', FALSE, 'p', 2.5, 8, '', 1, '', 6, 4,
                    CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
            """;

    private static LeaseStoreException unknown(LeaseOutcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<?>) outcome).cause();
    }

    private static ScriptedMember member(LeaseStore store, String id) {
        return new ScriptedMember(store, "g", new Incarnation(id, id + "-1"));
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void theRowsOfVersion1MeanTheSameOnceMigrated(Database database) throws Exception {
        String url = database.create();
        database.run(url, database.tablesOf(1));
        database.run(url, ROWS_OF_VERSION_1);
        database.migrate(url);

        try (LeaseStore store = database.store(url).open(TIMEOUT)) {
            ScriptedMember a = member(store, "a");
            Member first =
                    new Member(
                            a.self(),
                            42,
                            MemberState.ACTIVE,
                            new Share(3, Share.ANY_NUMBER, Balance.COUNT),
                            Orders.NONE,
                            Duration.ofSeconds(30),
                            Duration.ofMillis(1),
                            "host");
            Member draining =
                    new Member(
                            new Incarnation("b", "b-1"),
                            7,
                            MemberState.ACTIVE,
                            Share.of(1),
                            new Orders(true, OptionalInt.empty()),
                            Duration.ofSeconds(30),
                            Duration.ZERO,
                            "");
            Lease lease =
                    new Lease(
                            "s",
                            Optional.of(a.self()),
                            4,
                            5,
                            Optional.of(new Claim("b", Claim.Kind.FORCE)),
                            false,
                            Set.of("p"),
                            2.5,
                            8);

            Membership opened = a.open();
            assertThat(opened.changeNumber()).isEqualTo(9);
            assertThat(opened.members()).containsExactlyInAnyOrder(first, draining);
            assertThat(a.lease("s")).isEqualTo(lease);

            assertThat(applied(a.beat(43)).members()).contains(first.beaten(43));
            assertThat(ScriptedMember.changes(a.order("a", new Orders(false, OptionalInt.of(0)))))
                    .isEqualTo(1);
            assertThat(applied(a.discover("t"))).containsExactly("t");
            member(store, "c").joined();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void tablesThatLackColumnsAreForAPersonToMigrate(Database database) throws Exception {
        String url = database.create();
        database.run(url, database.tablesOf(1));
        database.run(url, ROWS_OF_VERSION_1);

        try (LeaseStore store = database.store(url).open(TIMEOUT)) {
            for (LeaseOutcome<?> outcome :
                    List.of(
                            store.ask(new Open("g")),
                            member(store, "a").beat(43),
                            member(store, "c").join(Optional.empty()))) {
                assertThat(unknown(outcome).retryable()).isFalse();
                assertThat(unknown(outcome))
                        .hasMessageContaining("older than schema version 3")
                        .hasMessageContaining("stop all jobs that keep their leases there")
                        .hasMessageContaining(
                                "run conf/lease-schema-%1$s-1-to-2.sql, then conf/lease-schema-%1$s-2-to-3.sql"
                                        .formatted(database.schema().database()));
            }
            // The same store finds them once they are migrated.
            database.migrate(url);
            assertThat(member(store, "a").open().members()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void rowsOfVersion1AreLeftAloneAlsoInTablesOfToday(Database database) throws Exception {
        String url = database.create();
        database.run(url, LeaseSchema.text(database.schema().file()));
        database.run(
                url,
                """
                INSERT INTO lease_group (group_id, schema_version, change_number, line,
                       created_at, changed_at)
                VALUES ('g', 1, 9, ',9,', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)
                """);

        try (LeaseStore store = database.store(url).open(TIMEOUT)) {
            LeaseStoreException failure = unknown(store.ask(new Open("g")));
            assertThat(failure.retryable()).isFalse();
            assertThat(failure)
                    .hasMessage(
                            "The lease tables have schema version 1 and this Leasehold knows 3; stop all jobs that keep their leases there, and run conf/lease-schema-%1$s-1-to-2.sql, then conf/lease-schema-%1$s-2-to-3.sql."
                                    .formatted(database.schema().database()));
            assertThat(unknown(member(store, "a").join(Optional.empty())))
                    .hasMessage(failure.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGroupOfVersion2GoesOnFromTheChangeNumberItHas(Database database) throws Exception {
        String url = database.create();
        database.run(url, database.tablesOf(2));
        database.run(
                url,
                """
                INSERT INTO lease_group (group_id, schema_version, change_number, created_at, changed_at)
                VALUES ('g', 2, 9, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
                """);
        database.migrate(url);

        try (LeaseStore store = database.store(url).open(TIMEOUT)) {
            ScriptedMember a = member(store, "a").joined();
            assertThat(a.changes()).isEqualTo(1);
            assertThat(a.send(new Beat("g", a.self(), 1, 9))).isInstanceOf(Applied.class);
            assertThat(a.send(new Beat("g", a.self(), 2, 8))).isInstanceOf(WentBack.class);
            assertThat(applied(a.send(new ReadDecisions("g", "a")))).isEqualTo(Decisions.NONE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void migratedTablesAreThoseOfANewDatabase(Database database) throws Exception {
        String migrated = database.createOfOld();
        database.migrate(migrated);
        String made = database.create();
        database.run(made, LeaseSchema.text(database.schema().file()));

        assertThat(columns(database, migrated)).isEqualTo(columns(database, made));
    }

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void toMigrateOnceMoreChangesNothing(Database database) throws Exception {
        String url = database.create();
        database.run(url, database.tablesOf(1));
        database.run(url, ROWS_OF_VERSION_1);
        database.migrate(url);
        try (LeaseStore store = database.store(url).open(TIMEOUT)) {
            ScriptedMember a = member(store, "a");
            applied(a.order("a", new Orders(true, OptionalInt.of(5))));
            applied(a.declare(MemberState.DRAINED));
            Membership before = a.open();

            database.migrate(url);

            assertThat(a.open()).isEqualTo(before);
        }
    }

    private static Set<List<String>> columns(Database database, String url) throws SQLException {
        Set<List<String>> columns = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        try (Connection connection = database.connect(url);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                """
                                SELECT table_name, column_name, data_type, is_nullable,
                                       character_maximum_length, column_default
                                  FROM information_schema.columns
                                 WHERE (LOWER(table_name) LIKE 'lease%%'
                                        OR LOWER(table_name) = 'decided_output')
                                   AND table_schema IN ('PUBLIC', 'public', %s)
                                """
                                        .formatted(
                                                database == Database.MARIADB
                                                        ? "DATABASE()"
                                                        : "''"))) {
            while (row.next()) {
                List<String> column = new ArrayList<>();
                for (int at = 1; at <= 6; at++) {
                    column.add(row.getString(at));
                }
                columns.add(column);
            }
        }
        assertThat(columns).hasSizeGreaterThan(30);
        return columns;
    }
}
