package io.leasehold.lease.member;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.SplitRequest.Discover;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The splits of one member, as its job tells of them and asks for them. What becomes of their
 * leases, the {@link LeaseKeeper} tells.
 */
public final class MemberSplits {

    private final GroupView view;
    private final MemberLife life;
    private final NextWrite writes;
    private final boolean sharesByLoad;

    MemberSplits(GroupView view, MemberLife life, NextWrite writes, Share share) {
        this.view = view;
        this.life = life;
        this.writes = writes;
        this.sharesByLoad = share.balance() == Balance.LOAD;
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells
    // ------------------------------------------------------------------------------------------

    /**
     * The job's source tells each split that it finds as {@link #discovered}: from now on no other
     * split is taken, unless the job's state holds it. Not called, every split of the group is.
     *
     * @param before what it found in earlier lives, as of {@link #found}; empty if the job's state
     *     does not say: then what is in the group soon after the start counts as found
     */
    public void sourceTells(Optional<? extends Collection<String>> before) {
        view.readable.sourceTells(before);
    }

    /** Splits were found in the queue; those that the group does not know become leases. */
    public void discovered(Collection<Discover.NewSplit> splits) {
        view.readable.found(splits.stream().map(Discover.NewSplit::splitId).toList(), view.leases);
        ensureLeases(splits);
        view.plan.changed();
    }

    /** Splits, found or not, become leases if the group does not know them. */
    public void ensureLeases(Collection<Discover.NewSplit> splits) {
        view.writes.discovered(splits);
    }

    /**
     * This job's state holds a split with a position. If the lease can be had, {@link RestoreRule}
     * says whether that position is used. A split held already is to be granted to another reader
     * attempt: it gets a new epoch first.
     */
    public void restored(String splitId, RestoredPosition at) {
        view.own.restored(splitId, at);
        view.leases.of(splitId).ifPresent(view.readable::saw);
        view.plan.changed();
    }

    /** The reader of a split is gone and its state has no position: it starts from the table's. */
    public void orphaned(String splitId) {
        view.own.orphaned(splitId);
        view.plan.changed();
    }

    /** Positions of a completed checkpoint are to be written. Later ones replace earlier ones. */
    public void progressed(Collection<Recorded> splits) {
        view.writes.progressed(splits);
    }

    /** Splits came to their end, as of a completed checkpoint. */
    public void finished(Collection<Recorded> splits) {
        view.writes.finished(splits);
    }

    /**
     * Splits that were claimed stand still, in these positions, as of a completed checkpoint: they
     * are released, and not emitted any more in this epoch.
     */
    public void frozen(Collection<Release.Released> splits) {
        view.own.frozen(splits);
    }

    /** A split was acquired but cannot be decoded here: it is released, and not taken again. */
    public void cannotRead(String splitId) {
        view.readable.cannotDecode(splitId, view.leases);
        view.own.release(splitId, Optional.empty());
    }

    /**
     * All that is held is released; nobody emits it any more.
     *
     * @param at positions that no reader was given in the epoch that ends: the job's state, or what
     *     is recorded. Others are released with the position as recorded
     */
    public void releaseAll(Map<String, Progress> at) {
        view.own.releaseAll(at);
        view.plan.changed();
    }

    /**
     * How many records a second were read from splits of late. That is written where splits are
     * shared by load and a rate is no longer as it was.
     */
    public void measured(Map<String, Double> perSecond) {
        if (sharesByLoad) {
            writes.measured(perSecond);
        }
    }

    // ------------------------------------------------------------------------------------------
    // What the job asks
    // ------------------------------------------------------------------------------------------

    /** What the job's source has found so far; empty if that is not known. */
    public Optional<Set<String>> found() {
        return view.readable.found();
    }

    /** Whether it matters here how many records a second are read. */
    public boolean sharesByLoad() {
        return sharesByLoad;
    }

    public int heldCount() {
        return view.own.heldCount();
    }

    /**
     * Whether the leases are known, and every unfinished one in this member's name is held: none is
     * to be acquired anew, or being released.
     */
    public boolean holdsAllItOwns() {
        return life.isInside()
                && !life.isInDoubt()
                && !view.isStale()
                && view.leases
                        .unfinishedOf(view.me.memberId())
                        .allMatch(split -> view.own.epochOf(split).isPresent());
    }

    /**
     * Whether every split that was told has a row, and every row says that it is finished, but for
     * splits that this job's source does not find.
     */
    public boolean allFinished() {
        return life.isInside()
                && view.writes.allDiscovered()
                && !view.isStale()
                && view.leases.allFinished(
                        lease ->
                                !lease.exclusionOf(view.me.memberId())
                                        .equals(Optional.of(Exclusion.NOT_FOUND)));
    }
}
