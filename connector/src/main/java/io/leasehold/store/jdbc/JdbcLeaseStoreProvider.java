package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.LeaseStoreProvider;
import io.leasehold.store.jdbc.sql.SqlDialects;

import java.util.Map;

/** {@code jdbc:...}: see {@link JdbcLeaseStoreConfig} for the properties. */
public final class JdbcLeaseStoreProvider implements LeaseStoreProvider {

    @Override
    public String form() {
        return "jdbc:" + String.join("|", SqlDialects.names()) + ":...";
    }

    @Override
    public boolean accepts(String url) {
        return url.startsWith("jdbc:");
    }

    @Override
    public LeaseStoreFactory factory(String url, Map<String, String> properties) {
        return new JdbcLeaseStoreConfig(url, properties);
    }
}
