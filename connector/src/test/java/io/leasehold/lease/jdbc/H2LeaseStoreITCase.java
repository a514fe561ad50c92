package io.leasehold.lease.jdbc;

import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.testkit.LeaseStoreContract;

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
}
