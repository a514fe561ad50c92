package io.leasehold.store.memory;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.testkit.LeaseStoreContract;

class MemoryLeaseStoreTest extends LeaseStoreContract {

    private static final MemoryLeaseTable TABLE = new MemoryLeaseTable();

    @Override
    protected LeaseStore open() {
        return TABLE.open();
    }

    @Override
    protected Runnable keep() {
        MemoryLeaseTable.Copy copy = TABLE.copy();
        return () -> TABLE.goBackTo(copy);
    }
}
