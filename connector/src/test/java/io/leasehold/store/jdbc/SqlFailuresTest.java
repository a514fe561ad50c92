package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreException.Kind;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.SqlDialects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import static org.assertj.core.api.Assertions.assertThat;

/** What a driver's exception asks of people, or of time. */
class SqlFailuresTest {

    private static final SqlDialect POSTGRES =
            SqlDialects.of("jdbc:postgresql://host/db").orElseThrow();

    /** PgBouncer 1.18 says 08P01 to all of these. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01 | FATAL: password authentication failed for user",
                "28000 | FATAL: no pg_hba.conf entry for host",
                "08P01 | FATAL: password authentication failed",
                "08P01 | FATAL: SASL authentication failed",
                "08P01 | FATAL: no such user: leases",
                "08P01 | FATAL: server login failed: FATAL password authentication failed for user"
            })
    void aRefusedLoginMayHealOnlyWhereItsPasswordMayChange(String state, String said) {
        assertThat(kind(state, said, true)).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(kind(state, said, false)).isEqualTo(Kind.DENIED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "08001 | Connection refused",
                "08P01 | FATAL: pgbouncer cannot connect to server",
                "08P01 | FATAL: query_wait_timeout",
                "57P03 | FATAL: the database system is starting up",
                "53300 | FATAL: sorry, too many clients already"
            })
    void whatPassesByItselfIsUnreachable(String state, String said) {
        assertThat(kind(state, said, true)).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void anUnreadablePasswordIsToldInItsOwnWordsThroughAPool() {
        SQLException cause = new UnreadablePasswordException("There is no such file.", null);

        assertThat(new SqlFailures("url", POSTGRES, true).explain(pooled(cause)))
                .hasMessage("There is no such file.")
                .extracting(failure -> failure.kind())
                .isEqualTo(Kind.LOGIN_REFUSED);
    }

    /** A pool wraps what it heard last, with its state. */
    private static SQLException pooled(SQLException last) {
        return new SQLTransientConnectionException("request timed out", last.getSQLState(), last);
    }

    private static Kind kind(String state, String said, boolean passwordMayChange) {
        return new SqlFailures("url", POSTGRES, passwordMayChange)
                .explain(pooled(new SQLException(said, state)))
                .kind();
    }
}
