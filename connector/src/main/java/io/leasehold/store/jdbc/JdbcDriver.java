package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;

import java.sql.Driver;
import java.sql.SQLException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * Finds the driver of a store where this class is, since a job's class path is not that of the JVM:
 * by its name if it has been given one, else by the URL.
 *
 * @param url of the store, without secrets
 * @param database its name in URLs, to be named where there is no driver
 * @param className of the driver, for one that is on the class path but not among its services
 */
record JdbcDriver(String url, String database, Optional<String> className) {

    private static final ClassLoader LOADER = JdbcDriver.class.getClassLoader();

    private static final Pattern CLASS_NAME =
            Pattern.compile(
                    "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*");

    /**
     * Refuses what cannot be the name of a class; does not look for it.
     *
     * @throws IllegalArgumentException if it is a file's, for instance
     */
    void validate() {
        className
                .filter(name -> !CLASS_NAME.matcher(name).matches() || name.endsWith(".jar"))
                .ifPresent(
                        name -> {
                            throw new IllegalArgumentException(
                                    "The option lease.jdbc.driver is '%s'; it takes the name of the driver's class, such as org.postgresql.Driver."
                                            .formatted(name));
                        });
    }

    /**
     * Loads and makes it.
     *
     * @throws LeaseStoreException if there is none, or it is for other URLs
     * @throws IllegalArgumentException as {@link #validate} does
     */
    Driver find() throws LeaseStoreException {
        validate();
        return className.isPresent() ? named(className.get()) : accepting();
    }

    /** The package that has all of a driver's classes in it or below it. */
    static String home(Driver driver) {
        return driver.getClass().getPackageName().replaceFirst("\\.jdbc$", "");
    }

    private Driver named(String name) throws LeaseStoreException {
        Driver driver;
        try {
            driver =
                    Class.forName(name, true, LOADER)
                            .asSubclass(Driver.class)
                            .getDeclaredConstructor()
                            .newInstance();
        } catch (ClassNotFoundException e) {
            throw wrong(name, "is not on the class path; add its jar", e);
        } catch (ClassCastException e) {
            throw wrong(name, "is not a JDBC driver", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw wrong(name, "cannot be loaded: " + e, e);
        }
        if (!accepts(driver)) {
            throw wrong(
                    name, "does not accept " + url + "; name the driver of that database", null);
        }
        return driver;
    }

    private static LeaseStoreException wrong(String name, String why, Throwable cause) {
        return missing("The class %s that lease.jdbc.driver names %s.".formatted(name, why), cause);
    }

    private Driver accepting() throws LeaseStoreException {
        try {
            return ServiceLoader.load(Driver.class, LOADER).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(this::accepts)
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    missing(
                                            "No JDBC driver on the class path accepts %s; add the jar of the %s driver. If it is there, its entry in META-INF/services/java.sql.Driver was lost when jars were put together: set lease.jdbc.driver to its class."
                                                    .formatted(url, database),
                                            null));
        } catch (ServiceConfigurationError e) {
            throw missing(
                    "A JDBC driver on the class path cannot be loaded; mend or remove its jar: "
                            + e.getMessage(),
                    e);
        }
    }

    private boolean accepts(Driver driver) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }

    private static LeaseStoreException missing(String message, Throwable cause) {
        return new LeaseStoreException(message, Kind.MISCONFIGURED, cause);
    }
}
