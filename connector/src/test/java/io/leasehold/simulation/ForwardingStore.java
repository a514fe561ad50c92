package io.leasehold.simulation;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.testkit.RelayingStore;

/** Hands every request on. */
class ForwardingStore extends RelayingStore {

    final LeaseStore store;

    ForwardingStore(LeaseStore store) {
        this.store = store;
    }

    @Override
    protected <A> LeaseOutcome<A> relay(LeaseRequest<A> request) {
        return request.sendTo(store);
    }

    @Override
    public void close() {
        store.close();
    }
}
