package io.leasehold.source.enumerator;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The state that a job starts from is not what the lease table says, and that is not to be. Another
 * start would find the same.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class RestoreRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RestoreRefusedException(String message) {
        super(message);
    }
}
