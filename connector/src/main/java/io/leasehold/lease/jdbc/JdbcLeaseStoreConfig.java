package io.leasehold.lease.jdbc;

import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.LeaseStoreFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

    private static final String USER = "user";
    private static final String PASSWORD = "password";
    private static final String PASSWORD_FILE = "password.file";
    private static final String PASSWORD_ENV = "password.env";
    private static final String SCHEMA_CREATE = "schema.create";
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
     * A file whose first line is the password, read when the store is opened, where it is opened.
     */
    public JdbcLeaseStoreConfig passwordFile(String path) {
        return property(PASSWORD_FILE, path);
    }

    /**
     * An environment variable that holds the password, read when the store is opened, where it is
     * opened.
     */
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
     * Anything else: keys that begin with {@code hikari.} go to the connection pool, the others to
     * the driver.
     */
    public JdbcLeaseStoreConfig property(String key, String value) {
        Map<String, String> more = new TreeMap<>(properties);
        more.put(key, value);
        return new JdbcLeaseStoreConfig(url, more);
    }

    @Override
    public LeaseStore open(Duration timeout) throws LeaseStoreException {
        try {
            SqlDialect dialect = dialect();
            JdbcUrl parsed = JdbcUrl.of(url, dialect);
            JdbcPool pool =
                    new JdbcPool(
                            dialect,
                            parsed,
                            timeout,
                            get(USER),
                            password(parsed),
                            beginningWith(POOL),
                            driverProperties(parsed));
            return new JdbcLeaseStore(
                    pool.open(), dialect, parsed.shown(), timeout, createsSchema(dialect));
        } catch (IllegalArgumentException e) {
            throw new LeaseStoreException(e.getMessage(), false, e);
        }
    }

    private SqlDialect dialect() {
        return SqlDialect.of(url)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "The lease store URL %s names a database that leases cannot be kept in; there is: %s."
                                                .formatted(
                                                        JdbcUrl.masked(url),
                                                        String.join(", ", SqlDialect.names()))));
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

    private Optional<String> password(JdbcUrl parsed) {
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
                .map(JdbcLeaseStoreConfig::firstLine)
                .or(() -> get(PASSWORD_ENV).map(JdbcLeaseStoreConfig::variable))
                .or(() -> given);
    }

    private static String variable(String name) {
        return Optional.ofNullable(System.getenv(name))
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "The environment variable with the password of the lease store, %s=%s, is not set where the store is opened, in the JobManager."
                                                .formatted(PASSWORD_ENV, name)));
    }

    private static String firstLine(String file) {
        try {
            return Files.readString(Path.of(file)).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The file with the password of the lease store, %s=%s, cannot be read: %s"
                            .formatted(
                                    PASSWORD_FILE,
                                    file,
                                    e instanceof NoSuchFileException
                                            ? "there is no such file"
                                            : e.getMessage()),
                    e);
        }
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
            case USER, PASSWORD, PASSWORD_FILE, PASSWORD_ENV, SCHEMA_CREATE -> true;
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
        return SqlDialect.of(url)
                .filter(dialect -> !JdbcUrl.hasUserInfo(url))
                .map(dialect -> JdbcUrl.of(url, dialect).shown())
                .orElseGet(() -> JdbcUrl.masked(url));
    }
}
