package io.leasehold.store.jdbc;

import io.leasehold.store.jdbc.sql.SqlDialect;

import javax.sql.DataSource;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * Logs in for a pool, with the password as it is then.
 *
 * <p>A pool tries again as long as somebody waits for a connection. A password that the database
 * has refused is not tried again for the time of a request: users are locked out for less.
 *
 * <p>Safe for many threads.
 */
final class Logins implements DataSource {

    private record Refusal(Optional<String> password, SQLException failure, long at) {}

    private final SqlDialect dialect;
    private final Driver driver;
    private final String url;
    private final Properties settings;
    private final JdbcPassword password;
    private final Duration timeout;
    private volatile Optional<Refusal> refusal = Optional.empty();
    private volatile int loginTimeout;

    /**
     * @param url without secrets
     * @param settings all that the driver is told but the password, the user among it
     * @param timeout of a request
     */
    Logins(
            SqlDialect dialect,
            Driver driver,
            String url,
            Properties settings,
            JdbcPassword password,
            Duration timeout) {
        this.dialect = dialect;
        this.driver = driver;
        this.url = url;
        this.settings = settings;
        this.password = password;
        this.timeout = timeout;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Optional<String> now = password.read();
        Optional<Refusal> before = refusal.filter(last -> isFresh(last, now));
        if (before.isPresent()) {
            throw before.get().failure();
        }
        try {
            Connection connection = connect(now);
            refusal = Optional.empty();
            return connection;
        } catch (SQLException e) {
            refusal = dialect.isLoginRefused(e) ? refused(now, e) : Optional.empty();
            throw e;
        }
    }

    private boolean isFresh(Refusal last, Optional<String> now) {
        return last.password().equals(now) && System.nanoTime() - last.at() < timeout.toNanos();
    }

    private static Optional<Refusal> refused(Optional<String> password, SQLException failure) {
        return Optional.of(new Refusal(password, failure, System.nanoTime()));
    }

    private Connection connect(Optional<String> now) throws SQLException {
        Properties all = new Properties();
        all.putAll(settings);
        now.ifPresent(it -> all.setProperty("password", it));
        Connection connection = driver.connect(url, all);
        if (connection == null) {
            throw new SQLException("The driver does not accept the URL " + url + " any more.");
        }
        return connection;
    }

    /** A pool that is told of no user asks for none. */
    @Override
    public Connection getConnection(String user, String secret) throws SQLException {
        throw new SQLFeatureNotSupportedException("The user of the lease store is set once.");
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        // What drivers say goes where they say it.
    }

    /**
     * For the pool, which waits so long at its end; a login is bounded by the driver's settings.
     */
    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeout = seconds;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeout;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("There is none.");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("It wraps nothing.");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
