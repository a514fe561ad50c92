package io.leasehold.lease;

/**
 * The store did not answer, or cannot.
 *
 * <p>The message is one sentence for people and never holds a password.
 */
public final class LeaseStoreException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public LeaseStoreException(String message, boolean retryable, Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /**
     * Whether the same request may succeed later. False for what only a person can mend: a missing
     * table, a schema of another version, a wrong password.
     */
    public boolean retryable() {
        return retryable;
    }
}
