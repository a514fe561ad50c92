package io.leasehold.lease;

/** What a member says of itself in its row. */
public enum MemberState {
    /** Takes its share of the splits. */
    ACTIVE,
    /** Has weight 0 whatever its row says: the plan moves everything away from it. */
    DRAINING,
    /**
     * This incarnation is over for good: it never beats again, whoever closed it, and its leases
     * are free once its readers' grants are over.
     */
    CLOSED
}
