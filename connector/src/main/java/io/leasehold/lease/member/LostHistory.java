package io.leasehold.lease.member;

/**
 * What an incarnation knows of a history that the lease table has lost. The next incarnation in the
 * same process starts with it.
 *
 * @param highestEpoch of all leases that were seen: any later grant is in a later epoch
 * @param quietUntil nothing is acquired before, in nanoseconds of this machine's monotonic clock:
 *     until then owners that the table does not know any more may believe in their leases
 */
public record LostHistory(long highestEpoch, long quietUntil) {

    /** What is known from both. */
    public LostHistory and(LostHistory other) {
        return new LostHistory(
                Math.max(highestEpoch, other.highestEpoch),
                quietUntil - other.quietUntil < 0 ? other.quietUntil : quietUntil);
    }
}
