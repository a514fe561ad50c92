package io.leasehold.store.jdbc.sql;

import java.time.Duration;

/**
 * MySQL 8.0 or later, with the SQL and tables of MariaDB. It knows no time-out for statements that
 * write, nor for a client that falls silent within a transaction: the driver's and the lock's
 * time-outs end what waits, and the server drops a dead client's lock when TCP tells it.
 */
final class MySqlDialect extends MariaDbDialect {

    MySqlDialect() {
        super("mysql", true);
    }

    @Override
    public String connectionSettings(Duration timeout) {
        return commonSettings(timeout)
                + ", max_execution_time = "
                + Math.max(1, timeout.toMillis());
    }
}
