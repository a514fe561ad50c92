package io.leasehold.source;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The wrapped source cannot be leased, as only its readers show. Flink does not restart a job that
 * fails with it, whatever its restart strategy: another start would find the same.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class CannotBeLeasedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    CannotBeLeasedException(String message) {
        super(message);
    }
}
