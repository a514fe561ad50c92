package io.leasehold.source;

/**
 * What a job does when it finds that the lease of a split it reads is not its own any more. That
 * happens where an operator or a program other than this library changes the lease table, or where
 * the table is restored from a backup; by the protocol alone it does not. Option {@code
 * lease.on-lost}.
 *
 * <p>That the member as a whole is over, because others have found it dead, or because its member
 * id is in use by another job, fails the job with either: all its leases are gone at once, and only
 * a new incarnation can have any.
 */
public enum LostLease {
    /**
     * The job fails, and its restart goes back to its last checkpoint: so nothing is committed that
     * it emitted without a right to.
     */
    FAIL,
    /**
     * The split is dropped, and the job continues with the rest, without a restart. What its reader
     * had emitted since its last recorded position stays emitted, and who has the split now emits
     * it again: at least once.
     */
    DROP
}
