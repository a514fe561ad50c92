package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.testkit.KeptTables;
import io.leasehold.testkit.LeaseStoreContract;
import io.leasehold.testkit.PgBouncerServer;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import static io.leasehold.testkit.ScriptedMember.applied;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pooler in transaction mode before PostgreSQL, with fewer connections than there are members.
 */
class PgBouncerContractITCase extends LeaseStoreContract {

    /** Made when first asked for, which is not where there is no pooler. */
    private static final class Pooler {
        static final PgBouncerServer SERVER = PgBouncerServer.start(2);
        static final String DATABASE = PostgresServer.newDatabase();
        static final String URL = SERVER.through(DATABASE);
    }

    private static boolean started;

    /** Before each, since what is skipped all at once is not counted. */
    @BeforeEach
    void requirePooler() {
        PgBouncerServer.assumeInstalled();
        started = true;
    }

    @AfterAll
    static void stop() {
        if (started) {
            Pooler.SERVER.close();
        }
    }

    @Override
    protected LeaseStore open() {
        try {
            return JdbcLeaseStore.url(Pooler.URL)
                    .user("postgres")
                    .createSchema(true)
                    .open(Duration.ofSeconds(20));
        } catch (LeaseStoreException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Runnable keep() {
        try (LeaseStore store = open()) {
            // Makes the tables if they are not there yet.
            store.ask(new OperatorRequest.Groups());
        }
        return KeptTables.of(() -> PostgresServer.connect(Pooler.DATABASE));
    }

    @Test
    void otherClientsOfThePoolerInheritNothing() throws SQLException {
        Map<String, String> before = new TreeMap<>();
        // One alone: it is given the connection that the store has just used.
        try (PgBouncerServer alone = PgBouncerServer.start(1)) {
            String url = alone.through(PostgresServer.newDatabase());
            before.putAll(settings(url));
            try (LeaseStore store =
                    JdbcLeaseStore.url(url)
                            .user("postgres")
                            .createSchema(true)
                            .open(Duration.ofSeconds(19))) {
                ScriptedMember a = new ScriptedMember(store, "g", new Incarnation("a", "1"));
                a.joined();
                applied(a.discover("s"));
                for (int round = 1; round < 20; round++) {
                    applied(a.beat(round));
                    applied(a.acquire(a.lease("s")));
                    assertThat(settings(url)).isEqualTo(before);
                }
            } catch (LeaseStoreException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** What a client of the pooler finds set for it, and how many statements are prepared. */
    private static Map<String, String> settings(String url) throws SQLException {
        Map<String, String> settings = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            try (ResultSet row =
                    statement.executeQuery(
                            """
                            SELECT name, setting FROM pg_settings
                             WHERE name NOT LIKE 'application_name'
                            UNION ALL
                            SELECT 'prepared', name FROM pg_prepared_statements
                            """)) {
                while (row.next()) {
                    settings.put(row.getString(1), row.getString(2));
                }
            }
            statement.execute("COMMIT");
        }
        return settings;
    }
}
