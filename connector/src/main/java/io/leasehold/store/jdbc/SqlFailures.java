package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;
import io.leasehold.store.jdbc.sql.LeaseSchema;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.SqlDialect;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;

/**
 * What an exception of a driver means, in one sentence for people.
 *
 * @param url the store, without secrets
 * @param passwordMayChange whether the password is read again for each connection, from where it
 *     may be another one by then
 */
record SqlFailures(String url, SqlDialect dialect, boolean passwordMayChange) {

    private static final String RIGHT_MISSING = "42501";

    LeaseStoreException explain(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        if (dialect.isTableMissing(failure)) {
            return denied(
                    failure,
                    "The lease store at %s lacks the tables that leases are kept in; run %s there, or set lease.schema.create to true: %s"
                            .formatted(url, dialect.schema().file(), SqlDialect.said(failure)));
        }
        if (dialect.isColumnMissing(failure)) {
            return denied(failure, columnMissing(SqlDialect.said(failure)));
        }
        if (dialect.isLoginRefused(failure)) {
            return new LeaseStoreException(
                    loginRefused(failure),
                    passwordMayChange ? Kind.LOGIN_REFUSED : Kind.DENIED,
                    failure);
        }
        if (state.equals(RIGHT_MISSING)) {
            return denied(
                    failure,
                    "The lease store at %s gives this user too few rights; a job needs SELECT, INSERT and UPDATE on lease_group, lease_member and lease, with a leased sink also SELECT, INSERT and DELETE on decided_output, and forget needs DELETE too: %s"
                            .formatted(url, SqlDialect.said(failure)));
        }
        if (isAboutTrust(failure)) {
            return denied(
                    failure,
                    "The lease store at %s shows a certificate that is not trusted here; name that of who has signed it, with sslrootcert in the URL: %s"
                            .formatted(url, SqlDialect.said(failure)));
        }
        if (dialect.isHopeless(failure)) {
            return denied(
                    failure,
                    "The lease store at %s cannot serve: %s"
                            .formatted(url, SqlDialect.said(failure)));
        }
        if (state.startsWith("08")
                || failure instanceof SQLTimeoutException
                || failure instanceof SQLTransientConnectionException) {
            return unreachable(
                    failure,
                    "The lease store at %s cannot be reached: %s"
                            .formatted(url, SqlDialect.said(failure)));
        }
        return unreachable(
                failure,
                "The lease store at %s failed: %s".formatted(url, SqlDialect.said(failure)));
    }

    private String loginRefused(SQLException failure) {
        return UnreadablePasswordException.in(failure)
                .map(SQLException::getMessage)
                .orElseGet(
                        () ->
                                "The lease store at %s does not accept this user and password: %s"
                                        .formatted(url, SqlDialect.said(failure)));
    }

    /**
     * @param why what about the database it is, and what would be right
     */
    LeaseStoreException unfit(String why) {
        return new LeaseStoreException(
                "Leases cannot be kept at %s: %s.".formatted(url, why), Kind.MISCONFIGURED, null);
    }

    private String columnMissing(String said) {
        LeaseSchema schema = dialect.schema();
        return schema.migrations().isEmpty()
                ? "The lease tables at %s are not those that %s makes: %s"
                        .formatted(url, schema.file(), said)
                : "The lease tables at %s are older than schema version %s, which this Leasehold knows; stop all jobs that keep their leases there, and run %s: %s"
                        .formatted(
                                url,
                                LeaseSql.SCHEMA_VERSION,
                                LeaseSchema.inOrder(schema.migrations()),
                                said);
    }

    private static LeaseStoreException denied(SQLException failure, String message) {
        return new LeaseStoreException(message, Kind.DENIED, failure);
    }

    private static LeaseStoreException unreachable(SQLException failure, String message) {
        return new LeaseStoreException(message, Kind.UNREACHABLE, failure);
    }

    /** Another certificate is needed, here or there; to try again does not help. */
    private static boolean isAboutTrust(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException) {
                return true;
            }
        }
        return false;
    }
}
