package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.MemberOutput;
import io.leasehold.lease.member.OutputEvent;
import io.leasehold.lease.member.RestoredCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.source.book.CheckpointedPositions.CoveredPosition;
import io.leasehold.source.book.Command.Fail.Cause;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * When the completed checkpoints of a job are decided, and what its leased sinks are told of that:
 * protocol section 9. Where the member does not decide its output, positions are recorded and
 * splits released without any of that.
 *
 * <pre>
 * what happens                                   what follows
 * ---------------------------------------------  ------------------------------------------------
 * what the member has decided is read            the sinks are told how their output stands
 * the restored checkpoint can be decided late,   it is decided with the restored positions, before
 *   its output and all positions are known         anything is acquired
 * a checkpoint is complete                       its output is asked of the sinks
 * that is known                                  it is decided, with all positions as of then
 * it is decided                                  the sinks commit; what stands still in it moves
 * it is void, and the job is restored from it    the sinks drop its output; splits resume from the
 *                                                  table
 * it is void, and is the job's own               the sinks drop its output; the job fails
 * </pre>
 */
public final class CheckpointDecisions<S> {

    private final Pages<S> pages;
    private final LeaseKeeper keeper;
    private final MemberOutput output;

    /** What another reader is to have, by the completed checkpoint that it stands still in. */
    private final TreeMap<Long, List<CoveredPosition>> moved = new TreeMap<>();

    /** What the sinks have prepared for the restored checkpoint. */
    private Optional<Map<String, byte[]>> restoredOutput = Optional.empty();

    private OptionalLong decided = OptionalLong.empty();

    CheckpointDecisions(Pages<S> pages) {
        this.pages = pages;
        this.keeper = pages.keeper();
        this.output = keeper.output();
    }

    // ------------------------------------------------------------------------------------------
    // What the sinks say
    // ------------------------------------------------------------------------------------------

    /** What all sinks have prepared for checkpoints up to this one, by the id of the sink. */
    public void prepared(long checkpointId, Map<String, byte[]> bySink) {
        if (isRestored(checkpointId)) {
            restoredOutput = Optional.of(bySink);
        } else {
            output.prepared(checkpointId, bySink);
        }
    }

    private boolean isRestored(long checkpointId) {
        return output.late()
                .filter(late -> late.checkpoint().checkpointId() == checkpointId)
                .isPresent();
    }

    /** What was prepared for this checkpoint is lost: it must not be decided. */
    public void lost(long checkpointId, String why) {
        output.lost(checkpointId, why);
    }

    /** This output is certainly committed: its row may go. */
    public void committed(DecidedOutput.Key row) {
        output.committed(row);
    }

    /** Whether this member is closed and sealed is to be read: {@link SinkWord.SealRead}. */
    public void readSeal(Incarnation closed) {
        output.readSeal(closed);
    }

    /** Whether a checkpoint may begin: the leases are valid, and nothing is undecided. */
    public boolean mayBegin(long now) {
        return !output.isDecided() || output.isSettled() && !validFor(now).isZero();
    }

    /**
     * Whether a checkpoint may be acknowledged: its decision can be expected while the leases are
     * valid.
     */
    public boolean mayAcknowledge(long now) {
        Duration half = pages.settings().terms().duration().dividedBy(2);
        return !output.isDecided() || validFor(now).compareTo(half) >= 0;
    }

    private Duration validFor(long now) {
        OptionalLong until = keeper.standing().validUntil();
        return until.isPresent()
                ? Duration.ofNanos(Math.max(0, until.getAsLong() - now))
                : Duration.ZERO;
    }

    /** Belongs into the state of a checkpoint that begins now; empty if output is not decided. */
    public Optional<RestoredCheckpoint> stateOf(long checkpointId) {
        return output.stateOf(checkpointId);
    }

    // ------------------------------------------------------------------------------------------
    // What the book says
    // ------------------------------------------------------------------------------------------

    /**
     * A checkpoint is complete.
     *
     * @return what is to be granted to another reader at once; where output is decided, nothing
     */
    List<CoveredPosition> completed(long checkpointId, Outbox<S> out) {
        if (!output.isDecided()) {
            return pages.worth().completed(checkpointId);
        }
        OptionalInt silent = pages.worth().withoutReport(checkpointId, pages.attempts().subtasks());
        if (silent.isPresent()) {
            out.fail(
                    Cause.LEASE_LOST,
                    "Checkpoint %s is complete, but the reader of subtask %s has not reported its positions. The job restarts from it, and it is decided then."
                            .formatted(checkpointId, silent.getAsInt()));
            return List.of();
        }
        CheckpointWorth.Decidable all = pages.worth().decidable(checkpointId);
        output.completed(checkpointId, all.splits());
        moved.put(checkpointId, all.moved());
        look(out);
        return List.of();
    }

    /** Asks and decides what is due; whenever something was learnt. */
    void look(Outbox<S> out) {
        if (output.late().isEmpty() || !pages.comebacks().awaitsReaders()) {
            output.outputToAsk()
                    .ifPresent(id -> out.add(new Command.ToSinks<>(new SinkWord.AskOutput(id))));
        }
        if (restoredOutput.isPresent() && !pages.comebacks().awaitsReaders()) {
            output.late().ifPresent(late -> decideLate(late, restoredOutput.get()));
            restoredOutput = Optional.empty();
        }
    }

    /**
     * All readers have told what they restored, and nothing is acquired. A split that its
     * incarnation owned, and whose restored position is of an earlier epoch, was not read since.
     */
    private void decideLate(RestoredCheckpoint late, Map<String, byte[]> prepared) {
        long checkpointId = late.checkpoint().checkpointId();
        List<DecidedSplit> named = new ArrayList<>();
        for (Map.Entry<String, Long> owned : late.owned().entrySet()) {
            Optional<PositionedSplit<S>> at = pages.splits().withheld(owned.getKey());
            if (at.isEmpty()) {
                output.lost(
                        checkpointId,
                        "No restored position of the split '%s' is of use any more, which was read for it."
                                .formatted(owned.getKey()));
                return;
            }
            if (at.get().epoch() == owned.getValue()) {
                named.add(restored(at.get(), checkpointId));
            }
        }
        output.decidesLate(named, prepared);
    }

    private DecidedSplit restored(PositionedSplit<S> split, long checkpointId) {
        Progress at = pages.codec().lease(split.split()).start();
        return new DecidedSplit(
                split.splitId(),
                split.epoch(),
                new Progress(at.bytes(), at.serializerVersion(), at.text(), checkpointId),
                split.finished() ? Then.FINISHED : Then.OWNED);
    }

    /**
     * No event comes any more.
     *
     * @return whether all readers have come to their end as of a checkpoint that is complete, and
     *     decided where output is
     */
    boolean tasksFinished(Set<Integer> subtasks) {
        if (!output.isDecided()) {
            return pages.worth().tasksFinished(subtasks);
        }
        OptionalLong last = pages.positions().stoppedAt(subtasks);
        boolean all =
                last.isPresent() && decided.isPresent() && last.getAsLong() <= decided.getAsLong();
        if (all) {
            keeper.stopped();
        }
        return all;
    }

    /** Takes in what the keeper has learnt. */
    void learnt(OutputEvent event, Outbox<S> out) {
        event.reach(new News(out));
    }

    private final class News implements OutputEvent.Listener {

        private final Outbox<S> out;

        News(Outbox<S> out) {
            this.out = out;
        }

        private void tell(SinkWord word) {
            out.add(new Command.ToSinks<>(word));
        }

        @Override
        public void learnt(OutputEvent.Stands stands) {
            stands.unreadable().forEach(out::warn);
            tell(
                    new SinkWord.Stands(
                            stands.line(),
                            stands.verdict().decided(),
                            stands.verdict().isVoid(),
                            stands.rows()));
        }

        @Override
        public void learnt(OutputEvent.Decided event) {
            tell(new SinkWord.IsDecided(event.checkpoint()));
            if (event.late()) {
                return;
            }
            long checkpointId = event.checkpoint().checkpointId();
            decided = OptionalLong.of(checkpointId);
            Map<Long, List<CoveredPosition>> covered = moved.headMap(checkpointId, true);
            covered.values().stream()
                    .flatMap(List::stream)
                    .filter(pages.worth()::isToMove)
                    .forEach(split -> pages.comebacks().moveOn(split, out));
            covered.clear();
        }

        @Override
        public void learnt(OutputEvent.IsVoid never) {
            tell(new SinkWord.IsVoid(never.checkpoint().checkpointId(), never.why()));
            if (never.restored()) {
                out.warn(
                        "The %s that this job is restored from was not decided and cannot be any more. Its output is dropped, and splits resume from the lease table: what operators keep has seen these records once more. %s"
                                .formatted(never.checkpoint(), never.why()));
            } else {
                out.fail(
                        Cause.LEASE_LOST,
                        "The completed %s cannot be decided: its output must not be committed. %s"
                                .formatted(never.checkpoint(), never.why()));
            }
        }

        @Override
        public void learnt(OutputEvent.Adopt adopt) {
            adopt.unreadable().forEach(out::warn);
            if (!adopt.rows().isEmpty()) {
                tell(new SinkWord.Adopt(adopt.rows()));
            }
        }

        @Override
        public void learnt(OutputEvent.Sealed sealed) {
            tell(new SinkWord.IsSealed(sealed.closed()));
        }

        @Override
        public void learnt(OutputEvent.SealRead read) {
            tell(new SinkWord.SealRead(read.closed(), read.isSealed()));
        }
    }
}
