package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.testkit.KeptTables;
import io.leasehold.testkit.LeaseStoreContract;

import java.sql.DriverManager;
import java.time.Duration;

class H2LeaseStoreITCase extends LeaseStoreContract {

    @Override
    protected LeaseStore open() {
        try {
            return JdbcLeaseStore.url("jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1")
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
        return KeptTables.of(
                () -> DriverManager.getConnection("jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1"));
    }
}
