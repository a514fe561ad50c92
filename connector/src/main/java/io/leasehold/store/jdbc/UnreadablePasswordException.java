package io.leasehold.store.jdbc;

import java.sql.SQLException;
import java.util.Optional;

/** The password for a new connection cannot be read where it is said to be. */
final class UnreadablePasswordException extends SQLException {

    private static final long serialVersionUID = 1L;

    /** As of a login that the database refuses. */
    private static final String LOGIN_REFUSED = "28000";

    UnreadablePasswordException(String message, Throwable cause) {
        super(message, LOGIN_REFUSED, cause);
    }

    /** The one that caused a failure, if one did: a pool reports what it wraps. */
    static Optional<UnreadablePasswordException> in(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadablePasswordException unreadable) {
                return Optional.of(unreadable);
            }
        }
        return Optional.empty();
    }
}
