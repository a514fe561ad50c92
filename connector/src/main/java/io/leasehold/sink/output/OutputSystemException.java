package io.leasehold.sink.output;

import java.io.IOException;

/** The system where prepared output waits did not answer, or refused. Trying again may help. */
public final class OutputSystemException extends IOException {

    private static final long serialVersionUID = 1L;

    public OutputSystemException(String message, Throwable cause) {
        super(message, cause);
    }
}
