package io.leasehold.job.demo;

/** The demo could not be carried through. The message is for people. */
public final class DemoFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DemoFailedException(String message) {
        super(message);
    }

    public DemoFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
