package io.leasehold.lease.store;

/**
 * The store did not answer, or cannot.
 *
 * <p>The message is one sentence for people and never holds a password.
 */
public final class LeaseStoreException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What must happen before the same request can succeed. */
    public enum Kind {
        /** Nothing that a person has to do: the network, a restart of the store, its load. */
        UNREACHABLE,
        /**
         * The login is refused, or its secret cannot be read, and the secret is read again for each
         * new connection: a secret that is being rotated looks like this for a while.
         */
        LOGIN_REFUSED,
        /**
         * Somebody has to change the store: a right or a table is missing, the schema has another
         * version, a password that cannot change here is wrong.
         */
        DENIED,
        /** The job has to be submitted with other settings, or with another class path. */
        MISCONFIGURED
    }

    private final Kind kind;

    public LeaseStoreException(String message, Kind kind, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether to wait is all that is needed for the same request to succeed. */
    public boolean retryable() {
        return kind == Kind.UNREACHABLE;
    }
}
