package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.loading.ClassesAhead;
import io.leasehold.store.jdbc.sql.SqlDialect;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** How connections to a database are made; see {@link JdbcLeaseStoreConfig} for the settings. */
record JdbcPool(
        SqlDialect dialect,
        JdbcUrl url,
        Duration timeout,
        Optional<String> user,
        JdbcPassword password,
        JdbcDriver driver,
        Map<String, String> poolProperties,
        Map<String, String> driverProperties) {

    /** The shortest the pool knows, in milliseconds. */
    private static final long SHORTEST_WAIT = 250;

    /** Settings of HikariCP that would be a second way to say where to log in, and as whom. */
    private static final Set<String> SAID_OTHERWISE =
            Set.of(
                    "jdbcUrl",
                    "username",
                    "password",
                    "driverClassName",
                    "dataSourceClassName",
                    "dataSourceJNDI");

    /** Does not connect. */
    JdbcConnections open() throws LeaseStoreException {
        HikariConfig config = config();
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
        ClassesAhead.load(HikariDataSource.class, HikariDataSource.class.getPackageName());
        RegisteredDriver registered = RegisteredDriver.open(driver);
        try {
            ClassesAhead.load(registered.driver().getClass(), JdbcDriver.home(registered.driver()));
            config.setDataSource(
                    new Logins(
                            dialect,
                            registered.driver(),
                            url.shown(),
                            login(config),
                            password,
                            timeout));
            return new JdbcConnections(new HikariDataSource(config), registered, password);
        } catch (RuntimeException | Error e) {
            registered.close();
            throw e;
        }
    }

    /** All that the driver is told but the password; the pool itself logs in as nobody. */
    private Properties login(HikariConfig config) {
        Properties login = new Properties();
        login.putAll(config.getDataSourceProperties());
        user.ifPresent(name -> login.setProperty("user", name));
        return login;
    }

    /**
     * One connection in use, and room for the next one while a broken one is disposed of.
     *
     * @throws IllegalArgumentException if there is no such setting, or not with that value
     */
    private HikariConfig config() {
        poolProperties.forEach(JdbcPool::require);
        Properties properties = new Properties();
        properties.setProperty("poolName", "leasehold-" + dialect.name());
        properties.setProperty("maximumPoolSize", "2");
        properties.setProperty("minimumIdle", "0");
        properties.putAll(poolProperties);
        return new HikariConfig(properties);
    }

    /** One by one, so that the wrong one can be named; its value may be a secret. */
    private static void require(String key, String value) {
        if (SAID_OTHERWISE.contains(key)) {
            throw new IllegalArgumentException(
                    "The option hikari.%s of the lease store is not for the pool; its URL, user, password and driver have options of their own."
                            .formatted(key));
        }
        Properties alone = new Properties();
        alone.setProperty(key, value);
        try {
            new HikariConfig(alone);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "The option hikari.%s of the lease store is none that HikariCP has, or not with this value: %s"
                            .formatted(key, e.getMessage()),
                    e);
        }
    }

    /**
     * Refuses what can be right nowhere; needs HikariCP, but no driver.
     *
     * @throws IllegalArgumentException if a setting of the pool is wrong
     */
    void validate() {
        config();
    }
}
