package io.leasehold.lease.jdbc;

import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.testkit.LeaseStoreContract;
import io.leasehold.testkit.MariaDbServer;

import org.junit.jupiter.api.BeforeAll;

import java.time.Duration;

class MariaDbLeaseStoreITCase extends LeaseStoreContract {

    private static String url;

    @BeforeAll
    static void createDatabase() {
        MariaDbServer.assumeInstalled();
        url = MariaDbServer.newDatabase();
    }

    @Override
    protected LeaseStore open() {
        try {
            return JdbcLeaseStore.url(url)
                    .user("root")
                    .createSchema(true)
                    .open(Duration.ofSeconds(20));
        } catch (LeaseStoreException e) {
            throw new AssertionError(e);
        }
    }
}
