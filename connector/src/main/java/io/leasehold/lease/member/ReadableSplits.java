package io.leasehold.lease.member;

import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.SplitRequest.Exclude;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which splits of the group one member can read: those that its source finds or its job's state
 * holds, and whose recorded position it can decode. And which rows do not say so yet.
 *
 * <p>A member takes no other split, from the start. That it cannot read one it says in the row only
 * when its source has had time for its first search, so that splits do not move to others and back
 * at each start: when nothing was found for one renew interval, or after the lease duration at the
 * latest.
 *
 * <p>All times are nanoseconds of this machine's monotonic clock.
 */
final class ReadableSplits {

    private enum Source {
        /** Says nothing of what it finds: every split of the group counts as found. */
        SILENT,
        /** As SILENT until the first search is over; what is in the group then counts as found. */
        TO_BE_KNOWN,
        /** Tells each split that it finds. */
        TELLS
    }

    private final String memberId;
    private final LeaseTerms terms;
    private final Predicate<String> inState;
    private final Set<String> found = new HashSet<>();
    private final Set<String> undecodable = new HashSet<>();
    private Source source = Source.SILENT;
    private boolean searched = true;
    private boolean foundSince;
    private OptionalLong searchesSince = OptionalLong.empty();
    private OptionalLong lastFound = OptionalLong.empty();

    /** Splits whose row is to be written. */
    private final Set<String> wrong = new LinkedHashSet<>();

    /**
     * @param inState whether the job's state holds a split
     */
    ReadableSplits(String memberId, LeaseTerms terms, Predicate<String> inState) {
        this.memberId = memberId;
        this.terms = terms;
        this.inState = inState;
    }

    /**
     * The source tells what it finds from now on.
     *
     * @param before what it found in earlier lives; empty if the job's state does not say
     */
    void sourceTells(Optional<? extends Collection<String>> before) {
        source = before.isPresent() ? Source.TELLS : Source.TO_BE_KNOWN;
        before.ifPresent(found::addAll);
        searched = false;
    }

    /** What the source has found in this and earlier lives; empty if that is not known. */
    Optional<Set<String>> found() {
        return source == Source.TELLS ? Optional.of(Set.copyOf(found)) : Optional.empty();
    }

    void found(Collection<String> splitIds, KnownLeases leases) {
        if (source == Source.SILENT) {
            return;
        }
        foundSince = true;
        found.addAll(splitIds);
        leases.of(splitIds).forEach(this::saw);
    }

    void cannotDecode(String splitId, KnownLeases leases) {
        undecodable.add(splitId);
        leases.of(splitId).ifPresent(this::saw);
    }

    int undecodableCount() {
        return undecodable.size();
    }

    boolean canRead(String splitId) {
        return !undecodable.contains(splitId)
                && (source != Source.TELLS || found.contains(splitId) || inState.test(splitId));
    }

    /** Whether the first search is over: a split that was not found by then may be called so. */
    boolean searched() {
        return searched;
    }

    /**
     * Time has passed, with the readers of the job there and the leases known.
     *
     * @return whether the first search has come to its end by that
     */
    boolean searchedBy(long now, KnownLeases leases) {
        if (searched) {
            return false;
        }
        if (foundSince || searchesSince.isEmpty()) {
            foundSince = false;
            lastFound = OptionalLong.of(now);
        }
        searchesSince = OptionalLong.of(searchesSince.orElse(now));
        boolean quiet =
                !found.isEmpty() && now - lastFound.getAsLong() >= terms.renewInterval().toNanos();
        searched = quiet || now - searchesSince.getAsLong() >= terms.duration().toNanos();
        if (searched) {
            searchesSince = OptionalLong.empty();
            lastFound = OptionalLong.empty();
            if (source == Source.TO_BE_KNOWN) {
                source = Source.TELLS;
                leases.all().stream()
                        .filter(lease -> lease.exclusionOf(memberId).isEmpty())
                        .forEach(lease -> found.add(lease.splitId()));
            }
            leases.all().forEach(this::saw);
        }
        return searched;
    }

    /** Looks whether the row says what is so. */
    void saw(Lease lease) {
        if (should(lease).equals(lease.exclusionOf(memberId))) {
            wrong.remove(lease.splitId());
        } else {
            wrong.add(lease.splitId());
        }
    }

    private Optional<Exclusion> should(Lease lease) {
        String splitId = lease.splitId();
        if (undecodable.contains(splitId)) {
            return Optional.of(Exclusion.UNREADABLE);
        }
        if (canRead(splitId)) {
            return Optional.empty();
        }
        return searched ? Optional.of(Exclusion.NOT_FOUND) : lease.exclusionOf(memberId);
    }

    /**
     * What is to be written next, as much as fits into one request.
     *
     * @param inGroup whether a member has a row; of others nothing need be kept
     */
    List<Exclude.Excluded> next(KnownLeases leases, Predicate<String> inGroup) {
        // Nearly always, and it is asked at every step.
        if (wrong.isEmpty()) {
            return List.of();
        }
        return wrong.stream()
                .limit(LeaseRequest.MOST_SPLITS)
                .flatMap(splitId -> leases.of(splitId).stream())
                .map(lease -> excluded(lease, inGroup))
                .toList();
    }

    private Exclude.Excluded excluded(Lease lease, Predicate<String> inGroup) {
        Map<String, Exclusion> excluded = new HashMap<>(lease.excluded());
        excluded.keySet().removeIf(member -> !inGroup.test(member));
        excluded.remove(memberId);
        should(lease).ifPresent(why -> excluded.put(memberId, why));
        return new Exclude.Excluded(lease.splitId(), lease.version(), excluded);
    }

    /** A request was carried out; what it did not change shows when the rows are read. */
    void written(Exclude request) {
        request.splits().forEach(split -> wrong.remove(split.splitId()));
    }
}
