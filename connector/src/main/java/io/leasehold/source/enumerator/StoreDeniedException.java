package io.leasehold.source.enumerator;

import io.leasehold.lease.store.LeaseStoreException;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * The lease store does not let this job in, and only a person can change that. Flink does not
 * restart a job that fails with it, whatever its restart strategy: another start would find the
 * same.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class StoreDeniedException extends FlinkRuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param cause whose sentence is this one's
     */
    StoreDeniedException(LeaseStoreException cause) {
        super(cause.getMessage(), cause);
    }
}
