package io.leasehold.lease.jdbc;

import io.leasehold.lease.LeaseStoreException;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;

/** How connections to a database are made; see {@link JdbcLeaseStoreConfig} for the settings. */
record JdbcPool(
        SqlDialect dialect,
        JdbcUrl url,
        Duration timeout,
        Optional<String> user,
        Optional<String> password,
        Map<String, String> poolProperties,
        Map<String, String> driverProperties) {

    /** The shortest the pool knows, in milliseconds. */
    private static final long SHORTEST_WAIT = 250;

    /** Does not connect. */
    JdbcConnections open() throws LeaseStoreException {
        HikariConfig config = config();
        config.setDriverClassName(driver());
        config.setJdbcUrl(url.shown());
        user.ifPresent(config::setUsername);
        password.ifPresent(config::setPassword);
        dialect.driverSettings(timeout).forEach(config::addDataSourceProperty);
        driverProperties.forEach(config::addDataSourceProperty);
        // What the store relies on comes last; nobody can set it otherwise.
        dialect.requiredDriverSettings().forEach(config::addDataSourceProperty);
        config.setAutoCommit(true);
        if (!dialect.connectionSettings(timeout).isEmpty()) {
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        }
        config.setConnectionTimeout(Math.max(SHORTEST_WAIT, timeout.toMillis()));
        config.setValidationTimeout(Math.max(SHORTEST_WAIT, timeout.toMillis()));
        config.setInitializationFailTimeout(-1);
        return new JdbcConnections(new HikariDataSource(config));
    }

    /** One connection in use, and room for the next one while a broken one is disposed of. */
    private HikariConfig config() throws LeaseStoreException {
        Properties properties = new Properties();
        properties.setProperty("poolName", "leasehold-" + dialect.name());
        properties.setProperty("maximumPoolSize", "2");
        properties.setProperty("minimumIdle", "0");
        properties.putAll(poolProperties);
        try {
            return new HikariConfig(properties);
        } catch (RuntimeException e) {
            throw new LeaseStoreException(
                    "The hikari. options of the lease store are not right: " + e.getMessage(),
                    false,
                    e);
        }
    }

    /** Looked for where this class is, since a job's class path is not that of the JVM. */
    private String driver() throws LeaseStoreException {
        return ServiceLoader.load(Driver.class, JdbcPool.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .filter(this::accepts)
                .map(driver -> driver.getClass().getName())
                .findFirst()
                .orElseThrow(
                        () ->
                                new LeaseStoreException(
                                        "No JDBC driver on the class path accepts %s; add the jar of the %s driver."
                                                .formatted(url.shown(), dialect.name()),
                                        false,
                                        null));
    }

    private boolean accepts(Driver driver) {
        try {
            return driver.acceptsURL(url.shown());
        } catch (SQLException e) {
            return false;
        }
    }
}
