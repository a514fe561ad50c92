package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreException;

import com.zaxxer.hikari.HikariDataSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The one connection in use, kept from request to request: to borrow one anew each time would cost
 * a second round trip, with which the pool finds out whether it still works. The pool bounds the
 * time it takes to get a new one, and disposes of broken ones on a thread of its own.
 *
 * <p>For one thread, except {@link #end()}.
 */
final class JdbcConnections {

    /** What a new connection is told before its first request. */
    interface Greeting {
        void to(Connection connection) throws SQLException, LeaseStoreException;
    }

    private final HikariDataSource pool;
    private final RegisteredDriver driver;
    private final JdbcPassword password;
    private Optional<Connection> kept = Optional.empty();

    /**
     * @param driver closed with the pool
     * @param password that the pool logs in with
     */
    JdbcConnections(HikariDataSource pool, RegisteredDriver driver, JdbcPassword password) {
        this.pool = pool;
        this.driver = driver;
        this.password = password;
    }

    /**
     * Waits for a new connection if there is none, at most for the pool's time-out.
     *
     * @throws SQLException also if the greeting fails; the pool would repeat it until its time-out,
     *     and then keep the reason to itself
     * @throws LeaseStoreException if the greeting does
     */
    Connection current(Greeting greeting) throws SQLException, LeaseStoreException {
        if (kept.isEmpty()) {
            // A pool would try again for as long as it is waited for.
            password.read();
            Connection connection = pool.getConnection();
            kept = Optional.of(connection);
            greeting.to(connection);
        }
        return kept.get();
    }

    /** Whether the next connection may be made with another password than the last. */
    boolean passwordMayChange() {
        return password.mayChange();
    }

    /** Forgets the connection: after an exception nobody knows what it was in the middle of. */
    void drop() {
        kept.ifPresent(pool::evictConnection);
        kept = Optional.empty();
    }

    /** Ends the pool, and with it whoever waits for an answer on one of its connections. */
    void end() {
        try (driver) {
            pool.close();
        }
    }
}
