package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.testkit.MariaDbServer;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.time.Duration;

import static io.leasehold.store.jdbc.ServerRequestsContract.unknown;
import static org.assertj.core.api.Assertions.assertThat;

/** A server whose pages are too small for the keys. */
@Timeout(120)
class MariaDbPageSizeITCase {

    @ParameterizedTest
    @CsvSource({"4k, 4096", "8k, 8192"})
    void smallPagesAreRefusedBeforeAnythingIsMade(String size, String bytes) throws Exception {
        MariaDbServer.assumeInstalled();
        int port = MariaDbServer.start("--innodb-page-size=" + size);
        MariaDbServer.run(MariaDbServer.url(port, ""), "CREATE DATABASE leases");
        String url = MariaDbServer.url(port, "leases");

        try (LeaseStore store =
                JdbcLeaseStore.url(url)
                        .user("root")
                        .createSchema(true)
                        .open(Duration.ofSeconds(20))) {
            LeaseStoreException failure = unknown(store.ask(new Open("g")));

            assertThat(failure.retryable()).isFalse();
            assertThat(failure).hasMessageContainingAll("innodb_page_size", bytes, "16384");
        }
        try (Connection connection = MariaDbServer.connect(url)) {
            assertThat(connection.getMetaData().getTables("leases", null, null, null).next())
                    .isFalse();
        }
    }
}
