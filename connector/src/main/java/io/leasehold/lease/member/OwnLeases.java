package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The splits that one member holds, that its job's state holds, and that it is letting go. */
final class OwnLeases {

    private final Incarnation me;
    private final MemberWatch watch;
    private final PendingWrites writes;
    private final Handoffs handoffs;

    /** Epochs of the splits that may be granted to readers. */
    private final Map<String, Long> held = new HashMap<>();

    private final RestoredPositions restored;

    /** See {@link #startsBeyond}. */
    private long beyond;

    /** The last checkpoint that a split was frozen at. */
    private long lastFrozenAt = Long.MIN_VALUE;

    OwnLeases(Incarnation me, MemberWatch watch, PendingWrites writes) {
        this.me = me;
        this.watch = watch;
        this.writes = writes;
        this.handoffs = new Handoffs(me, watch);
        this.restored = new RestoredPositions(me.memberId());
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells; see LeaseKeeper
    // ------------------------------------------------------------------------------------------

    void restored(String splitId, RestoredPosition at) {
        notHeld(splitId);
        restored.restored(splitId, at);
    }

    Optional<Long> notHeld(String splitId) {
        handoffs.notHeld(splitId);
        return Optional.ofNullable(held.remove(splitId));
    }

    void frozen(Collection<Released> splits) {
        for (Released split : splits) {
            if (held.remove(split.splitId(), split.epoch())) {
                handoffs.frozen(split.splitId(), split.epoch());
                writes.released(split);
                split.progress()
                        .ifPresent(at -> lastFrozenAt = Math.max(lastFrozenAt, at.checkpointId()));
            }
        }
    }

    void giveUp(Map<String, Progress> at) {
        List.copyOf(held.keySet())
                .forEach(splitId -> giveBack(splitId, Optional.ofNullable(at.get(splitId))));
    }

    /** Gives back a split that was acquired and is not read here. */
    void giveBack(String splitId, Optional<Progress> at) {
        notHeld(splitId).ifPresent(epoch -> writes.released(new Released(splitId, epoch, at)));
    }

    // ------------------------------------------------------------------------------------------
    // What the table tells
    // ------------------------------------------------------------------------------------------

    List<LeaseEvent> acquired(Acquire.Taken taken, LeaseEvent.Acquired.Way way) {
        Lease lease = taken.lease();
        List<LeaseEvent> events = new ArrayList<>();
        boolean wasRestored = restored.has(lease.splitId());
        RestoredPositions.Start start = restored.acquired(lease.splitId());
        boolean fromState = wasRestored && start != RestoredPositions.Start.TABLE;
        if (wasRestored && start != RestoredPositions.Start.STATE) {
            events.add(new LeaseEvent.TenureBroken(lease, taken.progress(), fromState));
        }
        held.put(lease.splitId(), lease.epoch());
        events.add(new LeaseEvent.Acquired(lease, taken.progress(), fromState, way));
        return events;
    }

    /** What the job is to be told of a lease as it was read. */
    List<LeaseEvent> saw(Lease lease) {
        String splitId = lease.splitId();
        Optional<Long> epoch = epochOf(splitId);
        List<LeaseEvent> events = new ArrayList<>();
        if (handoffs.isOver(lease, epoch)) {
            boolean released = handoffs.isLeaving(splitId);
            forget(splitId);
            events.add(new LeaseEvent.LetGo(splitId, released));
        } else if (lease.finished()
                && (restored.has(splitId) || epoch.equals(Optional.of(lease.epoch())))) {
            forget(splitId);
            events.add(new LeaseEvent.Finished(splitId));
        } else if (epoch.isPresent() && !(lease.ownedBy(me) && lease.epoch() == epoch.get())) {
            forget(splitId);
            events.add(
                    new LeaseEvent.Lost(
                            splitId,
                            lease.owner()
                                    .map(owner -> "it is owned by " + owner)
                                    .orElse(
                                            lease.finished()
                                                    ? "someone else has read it to its end"
                                                    : "it was released by someone else")));
        }
        Optional<Incarnation> other =
                lease.owner()
                        .filter(owner -> !owner.memberId().equals(me.memberId()))
                        .filter(owner -> watch.live(owner.memberId()));
        if (other.isPresent() && restored.forget(splitId)) {
            events.add(new LeaseEvent.RestoredElsewhere(splitId, other.get()));
        }
        return events;
    }

    private void forget(String splitId) {
        held.remove(splitId);
        restored.forget(splitId);
        handoffs.forget(splitId);
        writes.forget(splitId);
    }

    /** What the job is to be told of claims since the last time. */
    List<LeaseEvent> newsOfClaims(KnownLeases leases) {
        return handoffs.news(leases, held);
    }

    /** Whether this member has claimed a split that its owner has not let go yet. */
    boolean awaitsHandoff(KnownLeases leases) {
        return leases.claimed().stream()
                .filter(lease -> lease.owner().isPresent())
                .flatMap(lease -> lease.claim().stream())
                .anyMatch(claim -> claim.claimant().equals(me.memberId()));
    }

    /** A split has no row any more. */
    List<LeaseEvent> isGone(String splitId) {
        boolean was = epochOf(splitId).isPresent();
        handoffs.forget(splitId);
        writes.forget(splitId);
        held.remove(splitId);
        return was
                ? List.of(new LeaseEvent.Lost(splitId, "the lease table has no row of it any more"))
                : List.of();
    }

    /** The incarnation is over: nothing may be granted any more. */
    void over() {
        held.clear();
    }

    // ------------------------------------------------------------------------------------------
    // What is so
    // ------------------------------------------------------------------------------------------

    int heldCount() {
        return held.size();
    }

    /** How many of those held others have claimed, as the job was told. */
    int claimedCount() {
        return handoffs.claimedCount();
    }

    /** The epoch in which a split may be granted to readers, if it may. */
    Optional<Long> epochOf(String splitId) {
        return Optional.ofNullable(held.get(splitId));
    }

    /** Whether the job's state holds a split, granted or not. */
    boolean has(String splitId) {
        return held.containsKey(splitId) || restored.has(splitId);
    }

    /** Those that the job's state holds and that are not granted yet. */
    List<String> restored() {
        return restored.splitIds();
    }

    /** The tenure to acquire this lease in; where it starts is decided with it. */
    long tenureToAcquire(Lease lease) {
        return restored.tenureToAcquire(lease);
    }

    /** All that is acquired gets an epoch beyond this one. */
    void startsBeyond(long epoch) {
        beyond = epoch;
        restored.historyWasLost();
    }

    /** An epoch that the lease was seen in, or may have been; acquired, it gets a later one. */
    long epochToBeBeyond(Lease lease) {
        return Math.max(beyond, restored.epochOf(lease.splitId()));
    }

    /** Whether the job is to fail rather than to start this split from the table. */
    boolean isRefused(Lease lease) {
        return restored.of(lease) == RestoredPositions.Start.REFUSED;
    }

    /** Those that are not to be acquired, since they are held, or are about to be released. */
    Set<String> notToBeAcquired() {
        Set<String> kept = new HashSet<>(held.keySet());
        kept.addAll(handoffs.leaving());
        return kept;
    }

    long lastFrozenAt() {
        return lastFrozenAt;
    }
}
