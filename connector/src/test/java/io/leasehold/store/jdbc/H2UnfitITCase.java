package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.store.jdbc.sql.LeaseSchema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;

import static io.leasehold.store.jdbc.ServerRequestsContract.unknown;
import static io.leasehold.testkit.ScriptedMember.applied;
import static org.assertj.core.api.Assertions.assertThat;

/** Databases of H2 in which two splits could become one. */
class H2UnfitITCase {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static LeaseStore open(String url) throws LeaseStoreException {
        return JdbcLeaseStore.url(url).open(TIMEOUT);
    }

    private static void refused(String url, String... words) throws Exception {
        try (LeaseStore store = open(url)) {
            LeaseStoreException failure = unknown(store.ask(new Open("g")));

            assertThat(failure.retryable()).isFalse();
            assertThat(failure)
                    .hasMessageContaining("Leases cannot be kept")
                    .hasMessageContainingAll(words);
        }
    }

    @ParameterizedTest
    @CsvSource({"IGNORECASE=TRUE, ignores case", "MODE=Oracle, MODE=Oracle"})
    void aSettingUnderWhichNamesAreNotTakenLiterallyIsRefused(String setting, String word)
            throws Exception {
        refused("jdbc:h2:mem:unfit;" + setting, word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EN STRENGTH PRIMARY", "EN STRENGTH SECONDARY", "TR STRENGTH TERTIARY"})
    void aCollationInWhichDifferentNamesAreTheSameIsRefused(String collation) throws Exception {
        refused("jdbc:h2:mem:collated;INIT=SET COLLATION " + collation, collation);
    }

    @Test
    void tablesThatWereMadeWhileCaseWasIgnoredAreRefused() throws Exception {
        String url = "jdbc:h2:mem:was_ignored";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("SET IGNORECASE TRUE");
            statement.execute(LeaseSchema.text("conf/lease-schema-h2.sql"));
            statement.execute("SET IGNORECASE FALSE");

            refused(url, "ignores case");
        }
    }

    @Test
    void nothingIsMadeThere() throws Exception {
        String url = "jdbc:h2:mem:nothing_made";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("SET IGNORECASE TRUE");
            refused(url, "ignores case");

            assertThat(connection.getMetaData().getTables(null, "PUBLIC", null, null).next())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MODE=PostgreSQL",
                "MODE=MySQL",
                "CASE_INSENSITIVE_IDENTIFIERS=TRUE",
                "INIT=SET COLLATION EN STRENGTH IDENTICAL"
            })
    void othersAreTaken(String setting) throws Exception {
        try (LeaseStore store = open("jdbc:h2:mem:fit;" + setting)) {
            applied(store.ask(new Open("g")));
        }
    }
}
