package io.leasehold.admin;

/** Nothing was done, or not all of it. The message is one sentence for people. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
