package io.leasehold.job.chaos.kit;

/** A run did not come to an audit: something of the kit did not do what it was asked to. */
public final class ChaosException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ChaosException(String message) {
        super(message);
    }

    public ChaosException(String message, Throwable cause) {
        super(message, cause);
    }
}
