package io.leasehold.job.cli;

/** A job ended other than as it should. The message is for people. */
final class JobFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    JobFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
