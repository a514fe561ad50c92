package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.source.book.Command.Fail.Cause;
import io.leasehold.source.book.SplitState.Reading;
import io.leasehold.source.book.SplitState.Waiting;
import io.leasehold.source.book.SplitState.Withheld;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What becomes of splits by what the keeper has learnt of their leases. */
final class LeaseNews<S> implements LeaseEvent.Listener {

    private final Pages<S> pages;
    private final Outbox<S> out;

    LeaseNews(Pages<S> pages, Outbox<S> out) {
        this.pages = pages;
        this.out = out;
    }

    @Override
    public void learnt(LeaseEvent.Acquired acquired) {
        Lease lease = acquired.lease();
        String splitId = lease.splitId();
        Optional<PositionedSplit<S>> at =
                acquired.fromState()
                        ? Optional.of(inState(lease))
                        : pages.codec()
                                .inTable(splitId, acquired.progress())
                                .map(split -> PositionedSplit.inTable(splitId, split));
        if (at.isEmpty()) {
            pages.keeper().splits().cannotRead(splitId);
            return;
        }
        PositionedSplit<S> split = at.get().grantedBy(lease);
        OptionalInt inStateOf = pages.splits().inStateOf(splitId);
        if (split.finished()) {
            // Nothing is left to read; only the table does not know yet.
            pages.splits().becomes(splitId, new Withheld<>(split, inStateOf));
            pages.keeper()
                    .splits()
                    .finished(List.of(new Recorded(splitId, lease.epoch(), acquired.progress())));
        } else {
            pages.splits().becomes(splitId, new Waiting<>(split, inStateOf, Wanted.BY_NOBODY));
        }
    }

    /** A split that the keeper was told to be restored, and did not say to be over. */
    private PositionedSplit<S> inState(Lease lease) {
        return pages.splits().withheld(lease.splitId()).orElseThrow();
    }

    @Override
    public void learnt(LeaseEvent.Claimed claimed) {
        String splitId = claimed.splitId();
        Claim.Kind kind = claimed.claim().kind();
        Optional<SplitState<S>> state = pages.splits().of(splitId);
        if (state.isPresent() && state.get() instanceof Reading<S> reads) {
            pages.splits().becomes(splitId, reads.wanted(reads.wanted().claimed(kind)));
        } else if (state.isPresent() && state.get() instanceof Waiting<S> waits) {
            pages.splits().becomes(splitId, waits.wanted(waits.wanted().claimed(kind)));
        }
    }

    @Override
    public void learnt(LeaseEvent.ClaimOver over) {
        String splitId = over.splitId();
        Optional<SplitState<S>> state = pages.splits().of(splitId);
        if (state.isPresent() && state.get() instanceof Waiting<S> waits) {
            pages.splits().becomes(splitId, waits.wanted(Wanted.BY_NOBODY));
        } else if (state.isPresent() && state.get() instanceof Reading<S> reads) {
            pages.splits().becomes(splitId, reads.wanted(Wanted.BY_NOBODY));
            reads.wanted().asked().ifPresent(asked -> withdraw(splitId, reads.subtask(), asked));
        }
    }

    private void withdraw(String splitId, int subtask, Asked asked) {
        pages.attempts().stopped(subtask, Set.of(asked.number()));
        out.send(subtask, id -> new FreezeWithdrawn(id, Set.of(splitId)));
    }

    @Override
    public void learnt(LeaseEvent.Dropped gone) {
        boolean isRead = pages.splits().readerOf(gone.splitId()).isPresent();
        if (isRead && !gone.released() && pages.keeper().output().isDecided()) {
            // What was read of it since the last decision is in output that is not decided yet.
            lost(gone.splitId(), "another member has forced it");
            return;
        }
        pages.drop(gone.splitId(), out);
    }

    @Override
    public void learnt(LeaseEvent.RestoredElsewhere elsewhere) {
        pages.drop(elsewhere.splitId(), out);
    }

    /** The table says so, whoever read it. */
    @Override
    public void learnt(LeaseEvent.Finished finished) {
        pages.splits()
                .withheld(finished.splitId())
                .filter(restored -> !restored.finished())
                .ifPresent(
                        restored ->
                                out.warn(
                                        "The split '%s' has been read to its end since this state was taken, in which it was at %s; it is not read again."
                                                .formatted(restored.splitId(), restored.split())));
        pages.finished(finished.splitId(), out);
    }

    @Override
    public void learnt(LeaseEvent.TenureBroken broken) {
        out.warn(
                "The split '%s' is at %s in the state that this job started from, and at %s in the lease table; another member acquired it since, or lease.restore says so: it resumes from the %s."
                        .formatted(
                                broken.lease().splitId(),
                                inState(broken.lease()).split(),
                                broken.progress().text(),
                                broken.fromState() ? "state" : "table"));
    }

    @Override
    public void learnt(LeaseEvent.RestoreRefused refused) {
        Lease lease = refused.lease();
        out.fail(
                Cause.RESTORE_REFUSED,
                "lease.restore is fail, and the split '%s' is at %s in the state that this job starts from, but at %s in the lease table, where it was last acquired %s; set lease.restore to auto to resume such splits from the table, or to state to go back to the state."
                        .formatted(
                                lease.splitId(),
                                inState(lease).split(),
                                refused.progress()
                                        .map(Progress::toString)
                                        .orElse("no position at all"),
                                lease.owner()
                                        .map(Incarnation::memberId)
                                        .map("by '%s'"::formatted)
                                        .orElse("by a member that has released it")));
    }

    @Override
    public void learnt(LeaseEvent.Lost lost) {
        lost(lost.splitId(), lost.why());
    }

    void lost(String splitId, String cause) {
        String why = "The lease of split '%s' was lost: %s.".formatted(splitId, cause);
        if (!pages.settings().dropsLost()) {
            over(Cause.LEASE_LOST, why);
            return;
        }
        out.warn(
                "%s It is dropped; what was read of it may be read again by others."
                        .formatted(why));
        pages.distribution().stopAtOnce(splitId, out);
        pages.drop(splitId, out);
    }

    @Override
    public void learnt(LeaseEvent.ClosedByOthers over) {
        over(Cause.LEASE_LOST, over.why());
    }

    @Override
    public void learnt(LeaseEvent.TableWentBack back) {
        over(Cause.LEASE_LOST, back.why());
    }

    @Override
    public void learnt(LeaseEvent.SinkShared shared) {
        over(Cause.SINK_SHARED, shared.why());
    }

    private void over(Cause cause, String why) {
        out.sendToAll(id -> new GrantWithdrawn(id, why));
        out.fail(cause, why);
    }

    @Override
    public void learnt(LeaseEvent.OfOutput output) {
        // See CheckpointDecisions.
    }

    @Override
    public void learnt(LeaseEvent.Waits waits) {
        // No split is concerned.
    }

    @Override
    public void learnt(LeaseEvent.Joined joined) {
        // No split is concerned.
    }

    @Override
    public void learnt(LeaseEvent.Known known) {
        // The discovery is.
    }

    @Override
    public void learnt(LeaseEvent.NothingInCommon strangers) {
        // For people.
    }

    @Override
    public void learnt(LeaseEvent.Unassigned without) {
        // For people.
    }

    @Override
    public void learnt(LeaseEvent.MembersForgotten forgotten) {
        // For people.
    }

    @Override
    public void learnt(LeaseEvent.Unreadable unreadable) {
        // For people.
    }
}
