package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.Decision;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseRequest;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The output of one member, as its job tells of it and asks for it: which checkpoints are decided,
 * and when (protocol section 9). What becomes of them, the {@link LeaseKeeper} tells as {@link
 * OutputEvent}s.
 *
 * <pre>
 * stage     what happens                                         next      told
 * --------  ---------------------------------------------------  --------  ----------------
 * Off       this member decides its output                       Unread
 * Unread    what it has decided is read; the restored
 *             checkpoint can still be decided                    Late      Stands
 *             it is void                                         Open      Stands, IsVoid
 *             it is anything else                                Open      Stands
 * Late      the restored checkpoint is decided                   Open      Decided
 * Late      the table rejects that, or its output is lost        Open      IsVoid
 * Open      a completed checkpoint is decided                    Open      Decided
 * Open      the table rejects that, or its output is lost        Failed    IsVoid
 * </pre>
 *
 * <p>Nothing is acquired while it is Unread, Late or Failed, or while a completed checkpoint is not
 * decided: no epoch of an own split grows before its records are decided.
 */
public final class MemberOutput {

    private sealed interface Stage {
        /** Output is not decided: the job's sinks commit by themselves. */
        record Off() implements Stage {}

        record Unread(Optional<RestoredCheckpoint> restored) implements Stage {}

        /**
         * @param isAsked whether the job was asked for the output
         */
        record Late(RestoredCheckpoint restored, boolean isAsked) implements Stage {}

        record Open() implements Stage {}

        record Failed() implements Stage {}
    }

    private final GroupView view;
    private final CommittedOutput committed;
    private final SealReading seals;
    private final PendingDecision pending;
    private Stage stage = new Stage.Off();
    private Optional<StateLine> line = Optional.empty();
    private Optional<DecidedCheckpoint> last = Optional.empty();

    MemberOutput(GroupView view) {
        this.view = view;
        this.committed = new CommittedOutput(view);
        this.seals = new SealReading(view);
        this.pending = new PendingDecision(view, committed);
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells
    // ------------------------------------------------------------------------------------------

    /**
     * This member decides its output. Before the first request.
     *
     * @param line the line of Flink state that the job is on
     * @param restored what the state says that the job is restored from; empty if it starts without
     *     state, or if that was written without a line
     */
    public void decides(StateLine line, Optional<RestoredCheckpoint> restored) {
        this.line = Optional.of(line);
        stage = new Stage.Unread(restored);
        view.decides();
    }

    /**
     * A checkpoint is complete.
     *
     * @param splits all whose records may be in its output, with their positions as of then
     */
    public void completed(long checkpointId, Collection<DecidedSplit> splits) {
        if (stage instanceof Stage.Off || stage instanceof Stage.Failed) {
            return;
        }
        pending.completed(ownCheckpoint(checkpointId), splits);
    }

    private DecidedCheckpoint ownCheckpoint(long checkpointId) {
        return new DecidedCheckpoint(view.me, line.orElseThrow(), checkpointId);
    }

    /**
     * The sinks have prepared this for checkpoints up to that one, as {@link #outputToAsk} asked.
     */
    public void prepared(long checkpointId, Map<String, byte[]> output) {
        pending.prepared(checkpointId, output);
    }

    /**
     * The restored checkpoint is to be decided late.
     *
     * @param splits as for {@link #completed}, in the epochs in which they were read
     * @param output what its sinks have prepared for it
     */
    public void decidesLate(Collection<DecidedSplit> splits, Map<String, byte[]> output) {
        if (stage instanceof Stage.Late late && pending.request().isEmpty()) {
            DecidedCheckpoint checkpoint = late.restored().checkpoint();
            try {
                pending.make(checkpoint, splits, output);
            } catch (IllegalArgumentException tooMuch) {
                isVoid(checkpoint, tooMuch.getMessage());
            }
        }
    }

    /**
     * Output of a completed checkpoint, or of the restored one, is lost, or a split whose records
     * may be in it: it must not be decided.
     */
    public void lost(long checkpointId, String why) {
        if (stage instanceof Stage.Late late
                && late.restored().checkpoint().checkpointId() == checkpointId
                && pending.request().isEmpty()) {
            isVoid(late.restored().checkpoint(), why);
        } else if (stage instanceof Stage.Open
                && pending.last().equals(OptionalLong.of(checkpointId))) {
            isVoid(ownCheckpoint(checkpointId), why);
        }
    }

    /** This output is certainly committed: its row may go. */
    public void committed(DecidedOutput.Key output) {
        committed.add(output);
    }

    /**
     * Reads whether a member is closed in this incarnation and sealed: {@link
     * OutputEvent.SealRead}.
     */
    public void readSeal(Incarnation closed) {
        seals.ask(closed);
    }

    // ------------------------------------------------------------------------------------------
    // What the job asks
    // ------------------------------------------------------------------------------------------

    /** Whether this member decides its output. */
    public boolean isDecided() {
        return !(stage instanceof Stage.Off);
    }

    /**
     * Whether nothing is undecided: the restored checkpoint is judged, and no completed one waits
     * for its decision.
     */
    public boolean isSettled() {
        return stage instanceof Stage.Off || stage instanceof Stage.Open && pending.isEmpty();
    }

    /**
     * A checkpoint whose output the job is to collect now, up to that one; each is named once. Not
     * while an earlier one is being decided, whose output would be in it once more.
     */
    public OptionalLong outputToAsk() {
        if (stage instanceof Stage.Late late) {
            stage = new Stage.Late(late.restored(), true);
            return late.isAsked()
                    ? OptionalLong.empty()
                    : OptionalLong.of(late.restored().checkpoint().checkpointId());
        }
        return stage instanceof Stage.Open ? pending.outputToAsk() : OptionalLong.empty();
    }

    /** The restored checkpoint, while it is to be decided late. */
    public Optional<RestoredCheckpoint> late() {
        return stage instanceof Stage.Late late ? Optional.of(late.restored()) : Optional.empty();
    }

    /** Belongs into the state of a checkpoint that begins now; empty if output is not decided. */
    public Optional<RestoredCheckpoint> stateOf(long checkpointId) {
        Map<String, Long> owned = pending.notFinished(view.own.epochs());
        return line.isEmpty()
                ? Optional.empty()
                : Optional.of(new RestoredCheckpoint(ownCheckpoint(checkpointId), owned, last));
    }

    // ------------------------------------------------------------------------------------------
    // Driving
    // ------------------------------------------------------------------------------------------

    /** Before anything else of this member is written. */
    Optional<LeaseStep<?>> next() {
        if (stage instanceof Stage.Unread unread) {
            return LeaseStep.of(
                    new ReadDecisions(view.group, view.me.memberId()),
                    (decisions, sentAt, now) -> read(unread, decisions));
        }
        makeRequest();
        return pending.request()
                .flatMap(
                        decide ->
                                LeaseStep.of(
                                        decide,
                                        (decision, sentAt, now) -> answered(decide, decision)));
    }

    /** When there is nothing more urgent. */
    Optional<LeaseStep<?>> nextAside(long now) {
        return stage instanceof Stage.Open
                ? seals.next()
                        .or(() -> committed.next(now))
                        .or(() -> view.adoptions.next(view.watch, now))
                : Optional.empty();
    }

    private void makeRequest() {
        OptionalLong last = pending.last();
        try {
            if (stage instanceof Stage.Open) {
                pending.make();
            }
        } catch (IllegalArgumentException tooMuch) {
            isVoid(ownCheckpoint(last.orElseThrow()), tooMuch.getMessage());
        }
    }

    private void read(Stage.Unread unread, Decisions decisions) {
        RestoredVerdict verdict =
                RestoredVerdict.of(unread.restored(), view.me.memberId(), decisions);
        last = decisions.last();
        tell(
                new OutputEvent.Stands(
                        line.orElseThrow(), verdict, decisions.output(), decisions.unreadable()));
        stage = new Stage.Open();
        if (verdict instanceof RestoredVerdict.CanBeDecided late) {
            stage = new Stage.Late(late.checkpoint(), false);
        } else if (verdict instanceof RestoredVerdict.IsVoid never) {
            tell(new OutputEvent.IsVoid(never.checkpoint(), true, new Decision.Sealed().reason()));
        }
    }

    private void answered(Decide decide, Decision decision) {
        if (decision instanceof Decision.Rejected rejected) {
            pending.rejected();
            isVoid(decide.checkpoint(), rejected.reason());
            return;
        }
        pending.decided();
        if (stage instanceof Stage.Late) {
            stage = new Stage.Open();
        }
        last = Optional.of(decide.checkpoint());
        tell(new OutputEvent.Decided(decide.checkpoint(), decide.isLate()));
    }

    private void isVoid(DecidedCheckpoint checkpoint, String why) {
        boolean restored = stage instanceof Stage.Late;
        stage = restored ? new Stage.Open() : new Stage.Failed();
        if (!restored) {
            pending.clear();
        }
        tell(new OutputEvent.IsVoid(checkpoint, restored, why));
    }

    private void tell(OutputEvent event) {
        view.news.add(new LeaseEvent.OfOutput(event));
    }

    /**
     * The last requests of this incarnation, before it is closed.
     *
     * @param others what else would be written: not while a checkpoint is undecided, whose late
     *     decision needs the splits as they are
     */
    List<LeaseRequest<?>> farewell(List<LeaseRequest<?>> others) {
        makeRequest();
        if (pending.request().isPresent()) {
            return List.of(pending.request().get());
        }
        return isSettled() ? others : List.of();
    }
}
