package io.leasehold.lease.store;

import io.leasehold.lease.model.Lease;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The leases whose version is beyond the change number asked for.
 *
 * @param changeNumber the group's change number in the same snapshot: ask with this one next time
 * @param leases those rows
 * @param unreadable those that could not be decoded: why, by split id. They are left alone, and
 *     stop no other split
 */
public record LeaseChanges(long changeNumber, List<Lease> leases, Map<String, String> unreadable) {

    public LeaseChanges {
        leases = List.copyOf(leases);
        unreadable = Map.copyOf(unreadable);
    }

    /** All splits whose rows were read. */
    public Set<String> splitIds() {
        Set<String> ids = new HashSet<>(unreadable.keySet());
        leases.forEach(lease -> ids.add(lease.splitId()));
        return ids;
    }
}
