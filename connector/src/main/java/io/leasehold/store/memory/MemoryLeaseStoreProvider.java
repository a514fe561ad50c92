package io.leasehold.store.memory;

import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.LeaseStoreProvider;

import java.util.Map;

/** {@code memory:NAME}: the table of that name in this JVM. It has no use for any property. */
public final class MemoryLeaseStoreProvider implements LeaseStoreProvider {

    private static final String SCHEME = "memory:";

    @Override
    public String form() {
        return SCHEME + "NAME";
    }

    @Override
    public boolean accepts(String url) {
        return url.startsWith(SCHEME);
    }

    @Override
    public LeaseStoreFactory factory(String url, Map<String, String> properties) {
        return MemoryLeaseStore.named(url.substring(SCHEME.length()));
    }
}
