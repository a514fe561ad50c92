package io.leasehold.source;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A job's checkpoints are not such that a leased source can rely on them. Restarting the job does
 * not change its configuration, so Flink is told not to.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class CheckpointingRefusedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    CheckpointingRefusedException(String message) {
        super(message);
    }
}
