package io.leasehold.lease.model;

/** What a member says of itself in its row; what it was told to do is in its {@link Orders}. */
public enum MemberState {
    /** Takes part, or is giving its splits away if so ordered. */
    ACTIVE,
    /**
     * Its job has had no reader for its splits for too long: it has given them up, and takes none
     * until its readers are back.
     */
    AWAY,
    /**
     * Has given all its splits away as ordered, and one more checkpoint of its job has completed
     * since: its transactional sinks have committed all that it emitted. It may be stopped.
     */
    DRAINED,
    /**
     * This incarnation is over for good: it never beats again, whoever closed it, and its leases
     * are free once its readers' grants are over and its next incarnation is not waited for any
     * more.
     */
    CLOSED
}
