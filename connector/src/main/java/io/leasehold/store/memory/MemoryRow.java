package io.leasehold.store.memory;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.OwnershipRequest.Acquire.Wanted;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;

import java.util.Map;
import java.util.Optional;

/**
 * The row of one split: what conditions say of it, and what it becomes.
 *
 * @param progressEpoch the epoch that the position was recorded in
 */
record MemoryRow(Lease lease, Progress progress, long progressEpoch) {

    static MemoryRow of(NewSplit split) {
        Lease free =
                new Lease(
                        split.splitId(),
                        Optional.empty(),
                        0,
                        0,
                        Optional.empty(),
                        false,
                        split.parents(),
                        0,
                        0);
        return new MemoryRow(free, split.start(), 0);
    }

    String splitId() {
        return lease.splitId();
    }

    boolean isAsRead(long version) {
        return lease.version() == version;
    }

    boolean isUnfinishedAsRead(long version) {
        return isAsRead(version) && !lease.finished();
    }

    boolean isUnowned() {
        return lease.owner().isEmpty();
    }

    boolean isOwnedBy(String memberId) {
        return lease.ownerId().equals(Optional.of(memberId));
    }

    boolean isOwnedBy(Incarnation by, long epoch) {
        return lease.ownedBy(by) && lease.epoch() == epoch;
    }

    boolean isClaimedBy(String memberId) {
        return lease.claim().map(Claim::claimant).equals(Optional.of(memberId));
    }

    /** The owner's, and never back within one epoch (S3). */
    boolean accepts(Incarnation by, Recorded recorded) {
        return isOwnedBy(by, recorded.epoch())
                && (progressEpoch != recorded.epoch()
                        || progress.checkpointId() <= recorded.progress().checkpointId());
    }

    MemoryRow acquired(Incarnation by, Wanted wanted) {
        Optional<Claim> kept =
                lease.claim()
                        .filter(claim -> isOwnedBy(by.memberId()))
                        .filter(claim -> !claim.claimant().equals(by.memberId()));
        long epoch = Math.max(lease.epoch(), wanted.beyond()) + 1;
        return with(Optional.of(by), epoch, wanted.tenure(), kept, false);
    }

    MemoryRow claimed(Optional<Claim> claim) {
        return with(lease.owner(), lease.epoch(), lease.tenure(), claim, lease.finished());
    }

    MemoryRow recorded(Recorded recorded) {
        return new MemoryRow(lease, recorded.progress(), recorded.epoch());
    }

    MemoryRow finished(Recorded last) {
        return recorded(last).finished();
    }

    MemoryRow finished() {
        return with(Optional.empty(), lease.epoch(), lease.tenure(), Optional.empty(), true);
    }

    MemoryRow released(Incarnation by, Released split) {
        return split.recorded()
                .filter(recorded -> accepts(by, recorded))
                .map(this::recorded)
                .orElse(this)
                .unowned();
    }

    MemoryRow unowned() {
        return with(Optional.empty(), lease.epoch(), lease.tenure(), lease.claim(), false);
    }

    MemoryRow startingAt(Progress start) {
        MemoryRow next =
                with(
                        lease.owner(),
                        lease.epoch(),
                        lease.tenure() + 1,
                        lease.claim(),
                        lease.finished());
        return new MemoryRow(next.lease, start, lease.epoch());
    }

    MemoryRow excluding(Map<String, Exclusion> excluded) {
        return with(excluded, lease.rate(), lease.version());
    }

    MemoryRow rated(double rate) {
        return with(lease.excluded(), rate, lease.version());
    }

    MemoryRow changedAt(long version) {
        return with(lease.excluded(), lease.rate(), version);
    }

    private MemoryRow with(Map<String, Exclusion> excluded, double rate, long version) {
        return with(
                new Lease(
                        lease.splitId(),
                        lease.owner(),
                        lease.epoch(),
                        lease.tenure(),
                        lease.claim(),
                        lease.finished(),
                        lease.parents(),
                        excluded,
                        rate,
                        version));
    }

    private MemoryRow with(
            Optional<Incarnation> owner,
            long epoch,
            long tenure,
            Optional<Claim> claim,
            boolean finished) {
        return with(
                new Lease(
                        lease.splitId(),
                        owner,
                        epoch,
                        tenure,
                        claim,
                        finished,
                        lease.parents(),
                        lease.excluded(),
                        lease.rate(),
                        lease.version()));
    }

    private MemoryRow with(Lease changed) {
        return new MemoryRow(changed, progress, progressEpoch);
    }
}
