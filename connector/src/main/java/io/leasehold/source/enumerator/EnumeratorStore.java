package io.leasehold.source.enumerator;

import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.loading.ClassesAhead;

import org.apache.flink.util.TemporaryClassLoaderContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The lease store of one enumerator: opened for its first request, closed behind its last one.
 *
 * <p>For one thread, except {@link #abandon}.
 */
final class EnumeratorStore {

    private static final String LIBRARY = "io.leasehold";

    private static final Logger LOG = LoggerFactory.getLogger(EnumeratorStore.class);

    private final LeaseStoreFactory stores;
    private final Duration timeout;

    private volatile Optional<LeaseStore> open = Optional.empty();
    private volatile boolean abandoned;

    EnumeratorStore(LeaseStoreFactory stores, Duration timeout) {
        this.stores = stores;
        this.timeout = timeout;
    }

    boolean isOpen() {
        return open.isPresent();
    }

    /**
     * @throws LeaseStoreException if its settings can never work
     */
    void open() throws LeaseStoreException {
        ClassesAhead.load(getClass(), LIBRARY);
        LeaseStore store = stores.open(timeout);
        open = Optional.of(store);
        if (abandoned) {
            store.close();
        }
    }

    /** Once it is open. */
    LeaseStore get() {
        return open.orElseThrow();
    }

    /** Sends the last requests if it was ever opened, and closes it. */
    void sayAndClose(List<LeaseRequest<?>> farewell) {
        open.ifPresent(store -> sayAndClose(farewell, store));
    }

    /** From any thread: closes it, whatever waits for its answer. It may be closed twice then. */
    void abandon() {
        abandoned = true;
        sayAndClose(List.of());
    }

    @SuppressWarnings("try") // The class loader is only to be put back.
    private static void sayAndClose(List<LeaseRequest<?>> farewell, LeaseStore store) {
        // The job's loader, which the thread has from Flink, may be closed by now.
        try (TemporaryClassLoaderContext ignored =
                        TemporaryClassLoaderContext.of(EnumeratorStore.class.getClassLoader());
                store) {
            farewell.forEach(last -> say(last, store));
        } catch (RuntimeException | Error e) {
            LOG.warn("The lease store could not be closed.", e);
        }
    }

    private static <A> void say(LeaseRequest<A> last, LeaseStore store) {
        String what = last.getClass().getSimpleName();
        try {
            store.ask(last)
                    .react(
                            done -> LOG.info("Said at the end: {}", what),
                            refused -> LOG.info("Too late to say {}: {}", what, refused),
                            unknown ->
                                    LOG.warn(
                                            "No answer to {} at the end; the splits move on when the lease has expired. {}",
                                            what,
                                            unknown.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "{} could not be said at the end; the splits move on when the lease has expired.",
                    what,
                    e);
        }
    }
}
