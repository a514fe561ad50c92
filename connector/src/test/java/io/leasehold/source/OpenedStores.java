package io.leasehold.source;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts how often a store is opened in this JVM: once for each start of an enumerator.
 *
 * @param name under which it is counted
 */
record OpenedStores(LeaseStoreFactory stores, String name) implements LeaseStoreFactory {

    private static final Map<String, AtomicInteger> OPENED = new ConcurrentHashMap<>();

    static int of(String name) {
        return OPENED.getOrDefault(name, new AtomicInteger()).get();
    }

    @Override
    public LeaseStore open(Duration timeout) throws LeaseStoreException {
        OPENED.computeIfAbsent(name, none -> new AtomicInteger()).incrementAndGet();
        return stores.open(timeout);
    }
}
