package io.leasehold.lease.member;

import io.leasehold.lease.member.OwnSplit.Elsewhere;
import io.leasehold.lease.member.OwnSplit.Held;
import io.leasehold.lease.member.OwnSplit.Move;
import io.leasehold.lease.member.OwnSplit.Restored;
import io.leasehold.lease.member.RestoredPosition.Start;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The splits that one member holds, that its job's state holds, and that it is to release. {@link
 * OwnSplit} has all the ways one can go.
 */
final class OwnLeases {

    private final Incarnation me;
    private final MemberWatch watch;
    private final PendingWrites writes;

    private Map<String, OwnSplit> splits = new HashMap<>();
    private int heldCount;

    /** Those held whose claims the job was told of. */
    private final Set<String> claimed = new TreeSet<>();

    /** See {@link #startsBeyond}. */
    private long beyond;

    private boolean historyWasLost;

    /** Whether what the table says of a position is what is decided. */
    private boolean rowsAreDecided;

    /** The last checkpoint that a split was frozen at. */
    private long lastFrozenAt = Long.MIN_VALUE;

    OwnLeases(Incarnation me, MemberWatch watch, PendingWrites writes) {
        this.me = me;
        this.watch = watch;
        this.writes = writes;
    }

    private OwnSplit of(String splitId) {
        return splits.getOrDefault(splitId, Elsewhere.IT);
    }

    private void becomes(String splitId, OwnSplit next) {
        OwnSplit before = next == Elsewhere.IT ? splits.remove(splitId) : splits.put(splitId, next);
        heldCount += (next instanceof Held ? 1 : 0) - (before instanceof Held ? 1 : 0);
        if (next instanceof Held held && held.told().isPresent()) {
            claimed.add(splitId);
        } else {
            claimed.remove(splitId);
        }
        if (splits.isEmpty()) {
            // A map that was large stays so inside, for ever.
            splits = new HashMap<>();
        }
    }

    /** Carries out what becomes of a split, and returns what the job is to be told. */
    private List<LeaseEvent> moves(String splitId, Move move, Optional<Progress> at) {
        Optional<Long> epoch = of(splitId).heldIn();
        becomes(splitId, move.next());
        switch (move.write()) {
            case RELEASE -> writes.released(new Released(splitId, epoch.orElseThrow(), at));
            case NOTHING_MORE -> writes.forget(splitId);
            case NOTHING_NEW -> {}
        }
        return move.told();
    }

    private List<LeaseEvent> moves(String splitId, Move move) {
        return moves(splitId, move, Optional.empty());
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells; see LeaseKeeper
    // ------------------------------------------------------------------------------------------

    void restored(String splitId, RestoredPosition at) {
        becomes(splitId, of(splitId).restored(at));
    }

    void orphaned(String splitId) {
        becomes(splitId, of(splitId).orphaned());
    }

    void frozen(Collection<Released> frozen) {
        for (Released split : frozen) {
            Move move = of(split.splitId()).frozen(split.epoch());
            if (move.write() == OwnSplit.Write.RELEASE) {
                split.progress()
                        .ifPresent(at -> lastFrozenAt = Math.max(lastFrozenAt, at.checkpointId()));
            }
            moves(split.splitId(), move, split.progress());
        }
    }

    /** It stands still as of a completed checkpoint, whose decision releases it. */
    void standsStill(String splitId, long epoch) {
        becomes(splitId, of(splitId).frozen(epoch).next());
    }

    void releaseAll(Map<String, Progress> at) {
        held().forEach(splitId -> release(splitId, Optional.ofNullable(at.get(splitId))));
    }

    /** Releases a split that was acquired and is not read here. */
    void release(String splitId, Optional<Progress> at) {
        moves(splitId, of(splitId).toBeReleased(), at);
    }

    /** The incarnation is over: nothing may be granted any more. */
    void over() {
        held().forEach(this::orphaned);
    }

    // ------------------------------------------------------------------------------------------
    // What the table tells
    // ------------------------------------------------------------------------------------------

    List<LeaseEvent> acquired(Acquire.Taken taken, LeaseEvent.Acquired.Way way) {
        String splitId = taken.lease().splitId();
        return moves(splitId, of(splitId).acquired(taken, way));
    }

    /** What the job is to be told of a lease as it was read. */
    List<LeaseEvent> saw(Lease lease) {
        OwnSplit split = of(lease.splitId());
        return split == Elsewhere.IT
                ? List.of()
                : moves(lease.splitId(), split.saw(SeenRow.of(lease, me, watch)));
    }

    /** What the job is to be told of claims since the last time. */
    List<LeaseEvent> newsOfClaims(KnownLeases leases) {
        Set<String> concerned = new TreeSet<>(claimed);
        leases.claimed().forEach(lease -> concerned.add(lease.splitId()));
        List<LeaseEvent> news = new ArrayList<>();
        for (String splitId : concerned) {
            Optional<Claim> claim = leases.of(splitId).flatMap(Lease::claim).filter(this::counts);
            news.addAll(moves(splitId, of(splitId).claimed(splitId, claim)));
        }
        return news;
    }

    private boolean counts(Claim claim) {
        return !claim.claimant().equals(me.memberId()) && watch.stands(claim);
    }

    /** Whether this member has claimed a split that its owner has not released yet. */
    boolean awaitsHandoff(KnownLeases leases) {
        return leases.claimed().stream()
                .filter(lease -> lease.owner().isPresent())
                .anyMatch(lease -> lease.isClaimedBy(me.memberId()));
    }

    /** A split has no row any more. */
    List<LeaseEvent> isGone(String splitId) {
        return moves(splitId, of(splitId).rowIsGone(splitId));
    }

    // ------------------------------------------------------------------------------------------
    // What is so
    // ------------------------------------------------------------------------------------------

    int heldCount() {
        return heldCount;
    }

    /** How many of those held others have claimed, as the job was told. */
    int claimedCount() {
        return claimed.size();
    }

    /** The epoch in which a split may be granted to readers, if it may. */
    Optional<Long> epochOf(String splitId) {
        return of(splitId).heldIn();
    }

    /** Of each split that may be granted to readers, the epoch. */
    Map<String, Long> epochs() {
        Map<String, Long> epochs = new HashMap<>();
        splits.forEach((splitId, split) -> split.heldIn().ifPresent(in -> epochs.put(splitId, in)));
        return epochs;
    }

    /** Whether the job's state holds a split, granted or not. */
    boolean has(String splitId) {
        return of(splitId).heldIn().isPresent() || of(splitId).restored().isPresent();
    }

    private List<String> held() {
        return splits.keySet().stream().filter(id -> of(id).heldIn().isPresent()).toList();
    }

    /** Those that the job's state holds and that are not granted yet. */
    List<String> restored() {
        return heldCount == splits.size()
                ? List.of()
                : splits.keySet().stream().filter(id -> of(id).restored().isPresent()).toList();
    }

    /** Decides where the split of this lease starts, and returns the tenure to acquire it in. */
    long tenureToAcquire(Lease lease) {
        Optional<RestoredPosition> at = of(lease.splitId()).restored().map(Restored::at);
        if (at.isEmpty()) {
            return lease.tenure() + 1;
        }
        Start start = startOf(at.get(), lease);
        becomes(lease.splitId(), of(lease.splitId()).askedFor(start));
        return at.get().tenureIn(lease, start);
    }

    private Start startOf(RestoredPosition at, Lease lease) {
        return at.startOf(lease, me.memberId(), historyWasLost, rowsAreDecided);
    }

    /** What is recorded is decided: splits resume there, whatever the state says. */
    void decides() {
        rowsAreDecided = true;
    }

    /** All that is acquired gets an epoch beyond this one. */
    void startsBeyond(long epoch) {
        beyond = epoch;
        historyWasLost = true;
    }

    /** An epoch that the lease was seen in, or may have been; acquired, it gets a later one. */
    long epochToBeBeyond(Lease lease) {
        return of(lease.splitId())
                .restored()
                .map(it -> Math.max(beyond, it.at().epoch()))
                .orElse(beyond);
    }

    /** Whether the job is to fail rather than to start this split from the table. */
    boolean isRefused(Lease lease) {
        return of(lease.splitId())
                .restored()
                .filter(it -> startOf(it.at(), lease) == Start.REFUSED)
                .isPresent();
    }

    /** Those that are not to be acquired, since they are held, or are about to be released. */
    Set<String> notToBeAcquired() {
        return splits.entrySet().stream()
                .filter(split -> !(split.getValue() instanceof Restored))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    long lastFrozenAt() {
        return lastFrozenAt;
    }
}
