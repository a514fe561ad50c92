package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The driver of a store, and its entry in the {@link DriverManager} of the JVM.
 *
 * <p>Drivers register themselves there when their class is loaded. The entry of a driver in a job's
 * jar would keep the job's class loader for as long as the JVM lives. So entries that were made
 * because of the stores of this class loader are removed when the last of these is closed. They are
 * there while one is open, also after a restart: others in the job may rely on that.
 *
 * <p>Safe for many threads.
 */
final class RegisteredDriver implements AutoCloseable {

    private static final ClassLoader LOADER = RegisteredDriver.class.getClassLoader();

    /** Drivers whose class is from here, and that were not registered before. */
    private static final Set<Driver> ENTRIES = Collections.newSetFromMap(new IdentityHashMap<>());

    private static int open;

    private final Driver driver;
    private boolean closed;

    private RegisteredDriver(Driver driver) {
        this.driver = driver;
    }

    /**
     * Finds and loads it.
     *
     * @throws LeaseStoreException if there is none
     */
    static RegisteredDriver open(JdbcDriver named) throws LeaseStoreException {
        synchronized (ENTRIES) {
            Set<Driver> before = registered();
            Driver driver = named.find();
            if (LOADER != ClassLoader.getSystemClassLoader()) {
                registered().stream()
                        .filter(entry -> entry.getClass().getClassLoader() == LOADER)
                        .filter(entry -> !before.contains(entry))
                        .forEach(ENTRIES::add);
            }
            for (Driver entry : ENTRIES) {
                // Which does nothing where it is registered.
                register(entry);
            }
            open++;
            return new RegisteredDriver(driver);
        }
    }

    Driver driver() {
        return driver;
    }

    /** More than once. */
    @Override
    public void close() {
        synchronized (ENTRIES) {
            if (!closed) {
                closed = true;
                open--;
                if (open == 0) {
                    ENTRIES.forEach(RegisteredDriver::deregister);
                }
            }
        }
    }

    /**
     * The first use in a JVM makes entries for all drivers on the thread's class path. That must be
     * the JVM's, not a job's.
     */
    private static Set<Driver> registered() {
        Thread thread = Thread.currentThread();
        ClassLoader ofThread = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            return DriverManager.drivers()
                    .collect(
                            Collectors.toCollection(
                                    () -> Collections.newSetFromMap(new IdentityHashMap<>())));
        } finally {
            thread.setContextClassLoader(ofThread);
        }
    }

    private static void register(Driver driver) throws LeaseStoreException {
        try {
            DriverManager.registerDriver(driver);
        } catch (SQLException e) {
            throw new LeaseStoreException(
                    "The driver %s cannot be registered: %s"
                            .formatted(driver.getClass().getName(), e.getMessage()),
                    Kind.MISCONFIGURED,
                    e);
        }
    }

    private static void deregister(Driver driver) {
        try {
            DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
            throw new IllegalStateException("A driver that was registered here is another's.", e);
        }
    }
}
