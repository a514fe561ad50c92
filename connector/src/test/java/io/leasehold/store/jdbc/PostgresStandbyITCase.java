package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;

import static io.leasehold.store.jdbc.ServerRequestsContract.unknown;
import static io.leasehold.testkit.ScriptedMember.applied;
import static org.assertj.core.api.Assertions.assertThat;

/** A URL with several hosts, of which the first one is a standby. */
@Timeout(120)
class PostgresStandbyITCase {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static EmbeddedPostgres standby;

    @BeforeAll
    static void startStandby() throws IOException {
        standby =
                EmbeddedPostgres.builder()
                        .setDataDirectoryCustomizer(PostgresStandbyITCase::makeStandby)
                        .start();
    }

    /** Of a primary that it never hears of: all that counts here is that it is read-only. */
    private static void makeStandby(File data) {
        try {
            Files.createFile(data.toPath().resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stopStandby() throws IOException {
        standby.close();
    }

    private static LeaseStore open(String hosts) throws Exception {
        // The one database that both have.
        return JdbcLeaseStore.url("jdbc:postgresql://" + hosts + "/postgres")
                .user("postgres")
                .createSchema(true)
                .open(TIMEOUT);
    }

    private static String standbyHost() {
        return "localhost:" + standby.getPort();
    }

    @Test
    void thePrimaryIsFoundBehindAStandby() throws Exception {
        try (LeaseStore store = open(standbyHost() + ",localhost:" + PostgresServer.port())) {
            ScriptedMember a =
                    new ScriptedMember(store, "behind", new Incarnation("a", "1")).joined();

            assertThat(applied(a.discover("s"))).containsExactly("s");
        }
    }

    @Test
    void aStandbyAloneIsNotReachedAndSaysSo() throws Exception {
        try (LeaseStore store =
                JdbcLeaseStore.url("jdbc:postgresql://" + standbyHost() + "/postgres")
                        .user("postgres")
                        .open(Duration.ofSeconds(1))) {
            var failure =
                    unknown(new ScriptedMember(store, "g", new Incarnation("a", "1")).beat(1));

            assertThat(failure.retryable()).isTrue();
            assertThat(failure)
                    .hasMessageContaining("cannot be reached")
                    .hasMessageContaining("targetServerType: primary");
        }
    }

    @Test
    void theUrlMaySayOtherwise() throws Exception {
        try (LeaseStore store =
                JdbcLeaseStore.url(
                                "jdbc:postgresql://%s/postgres?targetServerType=any"
                                        .formatted(standbyHost()))
                        .user("postgres")
                        .createSchema(true)
                        .open(TIMEOUT)) {
            assertThat(unknown(new ScriptedMember(store, "g", new Incarnation("a", "1")).beat(1)))
                    .hasMessageContaining("read-only");
        }
    }
}
