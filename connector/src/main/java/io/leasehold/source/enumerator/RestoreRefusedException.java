package io.leasehold.source.enumerator;

import io.leasehold.lease.Incarnation;
import io.leasehold.lease.LeaseEvent;
import io.leasehold.lease.Progress;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The state that a job starts from is not what the lease table says, and that is not to be. Another
 * start would find the same.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class RestoreRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RestoreRefusedException(LeaseEvent.RestoreRefused refused, LeasedSplit<?> restored) {
        super(
                "lease.restore is fail, and the split '%s' is at %s in the state that this job starts from, but at %s in the lease table, where it was last granted %s; set lease.restore to auto to go on from the table with such splits, or to state to go back to the state."
                        .formatted(
                                refused.lease().splitId(),
                                restored.inner(),
                                refused.progress()
                                        .map(Progress::toString)
                                        .orElse("no position at all"),
                                refused.lease()
                                        .owner()
                                        .map(Incarnation::memberId)
                                        .map("to '%s'"::formatted)
                                        .orElse("to a member that has released it")));
    }
}
