package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.testkit.KeptTables;
import io.leasehold.testkit.LeaseStoreContract;
import io.leasehold.testkit.MariaDbServer;

import org.junit.jupiter.api.BeforeEach;

import java.time.Duration;

class MariaDbLeaseStoreITCase extends LeaseStoreContract {

    /** Made when first asked for, which is not where there is no server. */
    private static final class Database {
        static final String URL = MariaDbServer.newDatabase();
    }

    /** Before each, since what is skipped all at once is not counted. */
    @BeforeEach
    void requireServer() {
        MariaDbServer.assumeInstalled();
    }

    @Override
    protected LeaseStore open() {
        try {
            return JdbcLeaseStore.url(Database.URL)
                    .user("root")
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
        return KeptTables.of(() -> MariaDbServer.connect(Database.URL));
    }
}
