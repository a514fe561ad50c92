package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.SqlDialects;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the database is and how to enter it. Immutable: each method returns another one.
 *
 * <p>It is serialized into the job graph; prefer {@link #passwordFile} to {@link #password}, so
 * that no secret travels there.
 */
public final class JdbcLeaseStoreConfig implements LeaseStoreFactory {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(JdbcLeaseStoreConfig.class);

    /** No time-out is wrong for the settings that are validated. */
    private static final Duration VALIDATED = Duration.ofSeconds(1);

    private static final String USER = "user";
    private static final String PASSWORD = "password";
    private static final String PASSWORD_FILE = "password.file";
    private static final String PASSWORD_ENV = "password.env";
    private static final String SCHEMA_CREATE = "schema.create";
    private static final String DRIVER = "driver";
    private static final String POOL = "hikari.";

    private final String url;

    @SuppressWarnings("serial") // What Map.copyOf returns is.
    private final Map<String, String> properties;

    JdbcLeaseStoreConfig(String url, Map<String, String> properties) {
        this.url = url;
        this.properties = Map.copyOf(properties);
    }

    /** The database user. */
    public JdbcLeaseStoreConfig user(String user) {
        return property(USER, user);
    }

    /** The user's password. Not together with {@link #passwordFile}. */
    public JdbcLeaseStoreConfig password(String password) {
        return property(PASSWORD, password);
    }

    /**
     * A file whose first line is the password, read for each new connection, where the store is
     * opened.
     */
    public JdbcLeaseStoreConfig passwordFile(String path) {
        return property(PASSWORD_FILE, path);
    }

    /** An environment variable that holds the password, where the store is opened. */
    public JdbcLeaseStoreConfig passwordEnv(String variable) {
        return property(PASSWORD_ENV, variable);
    }

    /**
     * Whether missing tables are created at the first request. If not set, they are in H2, and in
     * other databases left to who runs {@code conf/lease-schema-*.sql}.
     */
    public JdbcLeaseStoreConfig createSchema(boolean create) {
        return property(SCHEMA_CREATE, String.valueOf(create));
    }

    /**
     * The class of the JDBC driver, for one that is on the class path but not among its services,
     * as in a shaded jar. If not set, the driver is found by the URL.
     */
    public JdbcLeaseStoreConfig driver(String className) {
        return property(DRIVER, className);
    }

    /**
     * Anything else: keys that begin with {@code hikari.} go to the connection pool, the others to
     * the driver.
     */
    public JdbcLeaseStoreConfig property(String key, String value) {
        Map<String, String> more = new TreeMap<>(properties);
        more.put(key, value);
        return new JdbcLeaseStoreConfig(url, more);
    }

    /** Refuses a wrong URL, wrong options, and, where HikariCP is there, wrong pool settings. */
    @Override
    public void validate() {
        SqlDialect dialect = dialect();
        JdbcUrl parsed = JdbcUrl.of(url, dialect);
        createsSchema(dialect);
        JdbcPassword password = password(parsed);
        driver(dialect, parsed).validate();
        try {
            pool(dialect, parsed, password, VALIDATED).validate();
        } catch (NoClassDefFoundError e) {
            LOG.debug("Without HikariCP its settings are not known here.", e);
        }
    }

    @Override
    public LeaseStore open(Duration timeout) throws LeaseStoreException {
        try {
            SqlDialect dialect = dialect();
            JdbcUrl parsed = JdbcUrl.of(url, dialect);
            return new JdbcLeaseStore(
                    pool(dialect, parsed, password(parsed), timeout).open(),
                    dialect,
                    parsed.shown(),
                    timeout,
                    createsSchema(dialect));
        } catch (IllegalArgumentException e) {
            throw new LeaseStoreException(e.getMessage(), Kind.MISCONFIGURED, e);
        } catch (NoClassDefFoundError e) {
            throw new LeaseStoreException(
                    "The lease store at %s needs a class that is not on the class path, %s; add the jars of HikariCP and of the database's driver."
                            .formatted(this, e.getMessage()),
                    Kind.MISCONFIGURED,
                    e);
        }
    }

    private JdbcPool pool(
            SqlDialect dialect, JdbcUrl parsed, JdbcPassword password, Duration timeout) {
        return new JdbcPool(
                dialect,
                parsed,
                timeout,
                get(USER),
                password,
                driver(dialect, parsed),
                beginningWith(POOL),
                driverProperties(parsed));
    }

    private JdbcDriver driver(SqlDialect dialect, JdbcUrl parsed) {
        return new JdbcDriver(parsed.shown(), dialect.name(), get(DRIVER));
    }

    private SqlDialect dialect() {
        return SqlDialects.of(url)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "The lease store URL %s names a database that leases cannot be kept in; there is: %s."
                                                .formatted(
                                                        JdbcUrl.masked(url),
                                                        String.join(", ", SqlDialects.names()))));
    }

    private boolean createsSchema(SqlDialect dialect) {
        return switch (get(SCHEMA_CREATE).orElse("")) {
            case "" -> dialect.createsSchema();
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "The option %s is '%s'; it may be true or false."
                                    .formatted(SCHEMA_CREATE, properties.get(SCHEMA_CREATE)));
        };
    }

    private JdbcPassword password(JdbcUrl parsed) {
        Optional<String> inUrl =
                parsed.secrets().entrySet().stream()
                        .filter(secret -> secret.getKey().equalsIgnoreCase(PASSWORD))
                        .map(Map.Entry::getValue)
                        .findFirst();
        Optional<String> given = get(PASSWORD).or(() -> inUrl);
        List<String> elsewhere =
                Stream.of(PASSWORD_FILE, PASSWORD_ENV)
                        .filter(properties::containsKey)
                        .map(key -> key + "=" + properties.get(key))
                        .toList();
        if (elsewhere.size() + (given.isPresent() ? 1 : 0) > 1) {
            throw new IllegalArgumentException(
                    "Both %s and %s are set; leave one out."
                            .formatted(
                                    given.isPresent() ? "a password" : elsewhere.get(1),
                                    elsewhere.get(0)));
        }
        return get(PASSWORD_FILE)
                .map(file -> JdbcPassword.inFile(PASSWORD_FILE, file))
                .or(
                        () ->
                                get(PASSWORD_ENV)
                                        .map(name -> JdbcPassword.inVariable(PASSWORD_ENV, name)))
                .orElseGet(() -> JdbcPassword.of(given));
    }

    private Map<String, String> driverProperties(JdbcUrl parsed) {
        Map<String, String> driver = new TreeMap<>(parsed.secrets());
        driver.keySet().removeIf(key -> key.equalsIgnoreCase(PASSWORD));
        properties.forEach(
                (key, value) -> {
                    if (!isOurs(key)) {
                        driver.put(key, value);
                    }
                });
        return driver;
    }

    private static boolean isOurs(String key) {
        return switch (key) {
            case USER, PASSWORD, PASSWORD_FILE, PASSWORD_ENV, SCHEMA_CREATE, DRIVER -> true;
            default -> key.startsWith(POOL);
        };
    }

    private Map<String, String> beginningWith(String prefix) {
        return properties.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .collect(
                        Collectors.toMap(
                                entry -> entry.getKey().substring(prefix.length()),
                                Map.Entry::getValue));
    }

    private Optional<String> get(String key) {
        return Optional.ofNullable(properties.get(key));
    }

    /** The URL without secrets; no properties, since their values may be some. */
    @Override
    public String toString() {
        return SqlDialects.of(url)
                .filter(dialect -> !JdbcUrl.hasUserInfo(url))
                .map(dialect -> JdbcUrl.of(url, dialect).shown())
                .orElseGet(() -> JdbcUrl.masked(url));
    }
}
