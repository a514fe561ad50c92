package io.leasehold.lease.model;

import java.util.OptionalLong;

/**
 * How a member stands, in numbers for people.
 *
 * @param held leases it holds
 * @param planned splits that the last plan gave it
 * @param claimed of those it holds, the ones that others have claimed
 * @param unassigned splits of the group that nobody holds and no member can read, or has room for
 * @param unreadable splits whose row, or whose position, this member cannot read
 * @param alive members of the group that count in the plan, itself among them; 0 before it joined
 * @param validUntil until when its leases are valid, on its own monotonic clock; empty if they are
 *     not
 */
public record LeaseStanding(
        int held,
        int planned,
        int claimed,
        int unassigned,
        int unreadable,
        int alive,
        OptionalLong validUntil) {}
