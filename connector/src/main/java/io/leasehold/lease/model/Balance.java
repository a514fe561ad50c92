package io.leasehold.lease.model;

/** What the plan shares evenly. A group is shared by load only where every live member says so. */
public enum Balance {
    /** The number of splits. */
    COUNT,
    /** The records per second that the owners of the splits measure. */
    LOAD
}
