package io.leasehold.lease.store;

import java.util.Map;

/**
 * Knows one kind of {@link LeaseStore} by its URL. Found through {@link java.util.ServiceLoader},
 * so that who names a store by URL needs none of them at compile time.
 */
public interface LeaseStoreProvider {

    /** What the URLs of this kind look like, for an error message: {@code memory:NAME}. */
    String form();

    /** Whether a URL is of this kind. At most one provider says so of any URL. */
    boolean accepts(String url);

    /**
     * Makes what opens that store; does not connect.
     *
     * @param url of the accepted kind
     * @param properties {@code user}, {@code password}, {@code password.file}, {@code
     *     password.env}, {@code schema.create}, and whatever else the store passes on; a store
     *     without use for one ignores it
     * @throws IllegalArgumentException if the URL names no store; what else is wrong with it or the
     *     properties shows at {@link LeaseStoreFactory#validate} and {@link LeaseStoreFactory#open}
     */
    LeaseStoreFactory factory(String url, Map<String, String> properties);
}
