package io.leasehold.source.enumerator;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The lease table has another split under the id of one that this job's source has found: either
 * would be taken for the other. Another start would find the same.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class OtherSplitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OtherSplitException(String splitId, SplitBounds.Difference bounds) {
        super(
                "The split '%s' is %s in this job, but %s in the lease table: one id must name the same split in all jobs of a group, up to the same end. Give all jobs the same source, or this one another lease.group; a row that is out of date is removed with 'leasehold forget' while no job runs."
                        .formatted(splitId, bounds.ours(), bounds.theirs()));
    }
}
