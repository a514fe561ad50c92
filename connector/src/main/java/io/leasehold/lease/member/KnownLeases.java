package io.leasehold.lease.member;

import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The leases of the group as they were last read. */
final class KnownLeases {

    /** Of owners, before they are forgotten all together: those that come are shared anew. */
    private static final int MOST_SHARED = 1_000;

    private final Map<String, Lease> leases = new TreeMap<>();

    /** By split, when the claim on it, on this owner in this epoch, was first read. */
    private final Map<String, Long> claimedSince = new TreeMap<>();

    private final Map<String, String> unreadable = new HashMap<>();

    /** By owner, the one object for all its leases: there are few owners, and many leases. */
    private final Map<Incarnation, Optional<Incarnation>> owners = new HashMap<>();

    /** What is said of many leases alike: the one object for all of them. */
    private final Map<Map<String, Exclusion>, Map<String, Exclusion>> excluded = new HashMap<>();

    /**
     * Takes in a lease.
     *
     * @param now a time after it was read
     * @return the lease as it is kept, which shares its names with others
     */
    Lease saw(Lease lease, long now) {
        unreadable.remove(lease.splitId());
        Optional<Lease> before = of(lease.splitId());
        Lease kept =
                shared(
                        lease,
                        before.map(Lease::splitId).orElse(lease.splitId()),
                        owner(lease),
                        excluded(lease));
        leases.put(kept.splitId(), kept);
        if (kept.claim().isEmpty()) {
            claimedSince.remove(kept.splitId());
        } else if (before.filter(known -> showsTheSameClaim(known, kept)).isEmpty()) {
            claimedSince.put(kept.splitId(), now);
        }
        return kept;
    }

    private static boolean showsTheSameClaim(Lease one, Lease other) {
        return one.claim().equals(other.claim())
                && one.owner().equals(other.owner())
                && one.epoch() == other.epoch();
    }

    private Optional<Incarnation> owner(Lease lease) {
        if (lease.owner().isEmpty()) {
            return lease.owner();
        }
        if (owners.size() >= MOST_SHARED) {
            owners.clear();
        }
        return owners.computeIfAbsent(lease.owner().get(), first -> lease.owner());
    }

    private Map<String, Exclusion> excluded(Lease lease) {
        if (excluded.size() >= MOST_SHARED) {
            excluded.clear();
        }
        return lease.excluded().isEmpty()
                ? lease.excluded()
                : excluded.computeIfAbsent(lease.excluded(), first -> first);
    }

    /** The same lease, with these objects in place of its own equal ones. */
    private static Lease shared(
            Lease lease,
            String splitId,
            Optional<Incarnation> owner,
            Map<String, Exclusion> excluded) {
        boolean sameOwner = owner.isEmpty() || owner.get() == lease.owner().get();
        return splitId == lease.splitId() && sameOwner && excluded == lease.excluded()
                ? lease
                : new Lease(
                        splitId,
                        owner,
                        lease.epoch(),
                        lease.tenure(),
                        lease.claim(),
                        lease.finished(),
                        lease.parents(),
                        excluded,
                        lease.rate(),
                        lease.version());
    }

    /** Returns whether that is news. */
    boolean sawUnreadable(String splitId, String why) {
        leases.remove(splitId);
        claimedSince.remove(splitId);
        return !why.equals(unreadable.put(splitId, why));
    }

    /** Forgets all but these splits, and names those it had. */
    Set<String> retain(Set<String> splitIds) {
        Set<String> gone = new TreeSet<>(leases.keySet());
        gone.removeAll(splitIds);
        leases.keySet().removeAll(gone);
        claimedSince.keySet().removeAll(gone);
        unreadable.keySet().retainAll(splitIds);
        return gone;
    }

    /** The highest of all epochs; 0 if there is none. */
    long highestEpoch() {
        return leases.values().stream().mapToLong(Lease::epoch).max().orElse(0);
    }

    Optional<Lease> of(String splitId) {
        return Optional.ofNullable(leases.get(splitId));
    }

    Collection<Lease> of(Collection<String> splitIds) {
        return splitIds.stream().map(this::of).flatMap(Optional::stream).toList();
    }

    /** Those that somebody has claimed, in order of split id. */
    List<Lease> claimed() {
        return List.copyOf(of(claimedSince.keySet()));
    }

    /** Since when it is known that the lease is claimed as it is; empty if it is not. */
    OptionalLong claimedSince(Lease lease) {
        Long since = claimedSince.get(lease.splitId());
        return since == null ? OptionalLong.empty() : OptionalLong.of(since);
    }

    boolean isEmpty() {
        return leases.isEmpty() && unreadable.isEmpty();
    }

    /** Whether none of these is known not to be finished; one that cannot be decoded is not. */
    boolean allFinished(Predicate<Lease> these) {
        return unreadable.isEmpty()
                && leases.values().stream().filter(lease -> !lease.finished()).noneMatch(these);
    }

    /** All whose row can be decoded, in order of split id. */
    Collection<Lease> all() {
        return Collections.unmodifiableCollection(leases.values());
    }

    /** How many rows cannot be decoded. */
    int unreadableCount() {
        return unreadable.size();
    }

    /** Whether that member owns none, in whatever incarnation. */
    boolean isNothingOf(String memberId) {
        return leases.values().stream()
                .noneMatch(lease -> lease.ownerId().equals(Optional.of(memberId)));
    }

    /** The splits not known to be finished that a member owns, in whatever incarnation. */
    Stream<String> unfinishedOf(String memberId) {
        return leases.values().stream()
                .filter(lease -> !lease.finished())
                .filter(lease -> lease.ownerId().equals(Optional.of(memberId)))
                .map(Lease::splitId);
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
