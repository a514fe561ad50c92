package io.leasehold.source.enumerator;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * Another member's sinks end the transactions of this job's. A restart would only end theirs once
 * more.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class SinkSharedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SinkSharedException(String why) {
        super(why);
    }
}
