package io.leasehold.lease;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The leases of the group as they were last read. */
final class KnownLeases {

    /**
     * @param claimKnownSince when the claim in it, on this owner in this epoch, was first read
     */
    private record Sighting(Lease lease, long claimKnownSince) {

        boolean showsTheClaimOf(Lease other) {
            return lease.claim().equals(other.claim())
                    && lease.owner().equals(other.owner())
                    && lease.epoch() == other.epoch();
        }
    }

    private final Map<String, Sighting> leases = new TreeMap<>();
    private final Set<String> claimed = new TreeSet<>();
    private final Map<String, String> unreadable = new HashMap<>();

    /**
     * @param now a time after it was read
     */
    void saw(Lease lease, long now) {
        String splitId = lease.splitId();
        unreadable.remove(splitId);
        leases.merge(
                splitId,
                new Sighting(lease, now),
                (before, fresh) ->
                        before.showsTheClaimOf(lease)
                                ? new Sighting(lease, before.claimKnownSince())
                                : fresh);
        if (lease.claim().isPresent()) {
            claimed.add(splitId);
        } else {
            claimed.remove(splitId);
        }
    }

    /** Returns whether that is news. */
    boolean sawUnreadable(String splitId, String why) {
        leases.remove(splitId);
        claimed.remove(splitId);
        return !why.equals(unreadable.put(splitId, why));
    }

    Optional<Lease> of(String splitId) {
        return Optional.ofNullable(leases.get(splitId)).map(Sighting::lease);
    }

    Collection<Lease> of(Collection<String> splitIds) {
        return splitIds.stream().map(this::of).flatMap(Optional::stream).toList();
    }

    /** Those that somebody has claimed, in order of split id. */
    List<Lease> claimed() {
        return List.copyOf(of(claimed));
    }

    /** Since when it is known that the lease is claimed as it is; empty if it is not. */
    OptionalLong claimedSince(Lease lease) {
        return claimed.contains(lease.splitId())
                ? OptionalLong.of(leases.get(lease.splitId()).claimKnownSince())
                : OptionalLong.empty();
    }

    boolean isEmpty() {
        return leases.isEmpty() && unreadable.isEmpty();
    }

    /** Those that are not known to be finished; one that cannot be read is not. */
    long unfinished() {
        return leases.values().stream().filter(seen -> !seen.lease().finished()).count()
                + unreadable.size();
    }

    /** How many rows cannot be decoded. */
    int unreadableCount() {
        return unreadable.size();
    }

    /** Whether that member owns none, in whatever incarnation. */
    boolean isNothingOf(String memberId) {
        return leases.values().stream()
                .noneMatch(seen -> seen.lease().ownerId().equals(Optional.of(memberId)));
    }

    /** The splits not known to be finished that a member owns, in whatever incarnation. */
    Stream<String> unfinishedOf(String memberId) {
        return leases.values().stream()
                .map(Sighting::lease)
                .filter(lease -> !lease.finished())
                .filter(lease -> lease.ownerId().equals(Optional.of(memberId)))
                .map(Lease::splitId);
    }

    /** Whether nobody has ever been granted any of them. */
    boolean neverGranted() {
        return leases.values().stream().allMatch(seen -> seen.lease().epoch() == 0);
    }

    /**
     * Those that somebody should have, in order of split id: a finished split is nobody's, and a
     * child waits until every parent's row is there and says finished.
     */
    List<Lease> toBeHad() {
        return leases.values().stream()
                .map(Sighting::lease)
                .filter(lease -> !lease.finished())
                .filter(lease -> lease.parents().stream().allMatch(this::isFinished))
                .toList();
    }

    private boolean isFinished(String splitId) {
        return of(splitId).filter(Lease::finished).isPresent();
    }
}
