package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.SelfSigned;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

/** A PostgreSQL that is talked to in TLS, as the URL says. */
@Timeout(120)
class PostgresTlsITCase {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir private static Path folder;

    private static SelfSigned right;
    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws Exception {
        right = SelfSigned.certificate(folder, "right");
        server =
                EmbeddedPostgres.builder()
                        .setServerConfig("ssl", "on")
                        .setServerConfig("ssl_cert_file", right.certificate().toString())
                        .setServerConfig("ssl_key_file", right.key().toString())
                        .start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void theConnectionIsInTlsWhereTheCertificateIsTrusted() throws Exception {
        String url = url(right);

        Membership opened = ScriptedMember.applied(open(url));

        assertThat(opened.members()).isEmpty();
        // The same URL, asked what kind of connection it makes.
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            found.next();
            assertThat(found.getBoolean(1)).isTrue();
        }
    }

    @Test
    void aCertificateThatAnotherHasSignedIsRefusedInOneSentence() throws Exception {
        String url = url(SelfSigned.certificate(folder, "wrong"));

        LeaseOutcome<Membership> outcome = open(url);

        LeaseStoreException failure = ServerRequestsContract.unknown(outcome);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageStartingWith(
                        "The lease store at %s shows a certificate that is not trusted here; name that of who has signed it, with sslrootcert in the URL: "
                                .formatted(url));
        assertThat(failure.getMessage().lines()).hasSize(1);
    }

    private static String url(SelfSigned trusted) {
        return "jdbc:postgresql://localhost:%d/postgres?sslmode=verify-full&sslrootcert=%s"
                .formatted(server.getPort(), trusted.certificate());
    }

    private static LeaseOutcome<Membership> open(String url) throws LeaseStoreException {
        try (LeaseStore store =
                JdbcLeaseStore.url(url).user("postgres").createSchema(true).open(TIMEOUT)) {
            return store.ask(new Open("g"));
        }
    }
}
