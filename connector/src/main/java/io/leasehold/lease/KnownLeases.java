package io.leasehold.lease;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The leases of the group as they were last read. */
final class KnownLeases {

    private final Map<String, Lease> leases = new TreeMap<>();
    private final Map<String, String> unreadable = new HashMap<>();

    void saw(Lease lease) {
        unreadable.remove(lease.splitId());
        leases.put(lease.splitId(), lease);
    }

    /** Returns whether that is news. */
    boolean sawUnreadable(String splitId, String why) {
        leases.remove(splitId);
        return !why.equals(unreadable.put(splitId, why));
    }

    Optional<Lease> of(String splitId) {
        return Optional.ofNullable(leases.get(splitId));
    }

    Collection<Lease> of(Collection<String> splitIds) {
        return splitIds.stream().map(this::of).flatMap(Optional::stream).toList();
    }

    /** Those that are not known to be finished; one that cannot be read is not. */
    long unfinished() {
        return leases.values().stream().filter(lease -> !lease.finished()).count()
                + unreadable.size();
    }

    /** Whether nobody has ever been granted any of them. */
    boolean neverGranted() {
        return leases.values().stream().allMatch(lease -> lease.epoch() == 0);
    }

    /**
     * Those that somebody should have, in order of split id: a finished split is nobody's, and a
     * child waits until every parent's row is there and says finished.
     */
    List<Lease> toBeHad() {
        return leases.values().stream()
                .filter(lease -> !lease.finished())
                .filter(lease -> lease.parents().stream().allMatch(this::isFinished))
                .toList();
    }

    private boolean isFinished(String splitId) {
        return of(splitId).filter(Lease::finished).isPresent();
    }
}
