package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.testkit.KeptTables;
import io.leasehold.testkit.LeaseStoreContract;
import io.leasehold.testkit.PostgresServer;

import java.time.Duration;

class PostgresLeaseStoreITCase extends LeaseStoreContract {

    private static final String URL = PostgresServer.newDatabase();

    @Override
    protected LeaseStore open() {
        try {
            return JdbcLeaseStore.url(URL)
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
        return KeptTables.of(() -> PostgresServer.connect(URL));
    }
}
