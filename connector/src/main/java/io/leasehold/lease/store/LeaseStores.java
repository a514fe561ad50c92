package io.leasehold.lease.store;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.stream.Collectors;

/** Which store a URL names, among those on the class path. */
public final class LeaseStores {

    private LeaseStores() {}

    /**
     * Returns what opens the store at a URL.
     *
     * @param url such as {@code jdbc:postgresql://host/database} or {@code memory:orders}
     * @param properties see {@link LeaseStoreProvider#factory}
     * @throws IllegalArgumentException if not exactly one kind of store is meant; the message holds
     *     no secret
     */
    public static LeaseStoreFactory forUrl(String url, Map<String, String> properties) {
        List<LeaseStoreProvider> known =
                ServiceLoader.load(LeaseStoreProvider.class, LeaseStores.class.getClassLoader())
                        .stream()
                        .map(Provider::get)
                        .toList();
        List<LeaseStoreProvider> meant = known.stream().filter(one -> one.accepts(url)).toList();
        if (meant.size() != 1) {
            // Of the URL only its beginning is shown: the rest may hold a password.
            throw new IllegalArgumentException(
                    "A lease store URL that begins with '%s' is accepted by %s; there is: %s."
                            .formatted(
                                    url.substring(0, url.indexOf(':') + 1),
                                    meant.isEmpty() ? "no store" : names(meant),
                                    names(known)));
        }
        return meant.get(0).factory(url, properties);
    }

    private static String names(List<LeaseStoreProvider> providers) {
        return providers.stream()
                .map(LeaseStoreProvider::form)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
