package io.leasehold.sink.book;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the coordinator of a leased sink decides: when the output of a checkpoint is complete, what
 * the subtasks are told, and when a row of the lease table may go.
 *
 * <p>Everything is of one incarnation of the member. A subtask that works under an earlier one is
 * told so; Flink resets the coordinators of a job one after the other, and each may be asked before
 * another is there.
 *
 * <p>Not thread-safe.
 */
public final class SinkBook {

    private static final long NONE = -1;

    /** How the output stood when the incarnation had joined. */
    private record Table(String group, Incarnation me, StateLine line, boolean restoredIsVoid) {}

    private final String sinkId;
    private final DecidedRows rows = new DecidedRows();
    private final Map<String, Incarnation> sealed = new LinkedHashMap<>();
    private final NavigableMap<Long, String> voids = new TreeMap<>();
    private final Map<Integer, Long> restarts = new HashMap<>();
    private boolean allFinishedBefore;
    private long restored = NONE;
    private PreparedReports reports = new PreparedReports(false);
    private Optional<Table> table = Optional.empty();
    private Optional<Incarnation> beforeTheReset = Optional.empty();
    private Optional<String> refused = Optional.empty();
    private long decided = NONE;

    public SinkBook(String sinkId) {
        this.sinkId = sinkId;
    }

    /**
     * An incarnation has joined. Nothing happens if it is known.
     *
     * @param decidedUpTo the last decided checkpoint, see {@link Standing#decided}
     * @param own decided output of this member that may not be committed yet
     * @return rows that are committed
     */
    public List<DecidedOutput.Key> stands(
            String group,
            Incarnation me,
            StateLine line,
            long decidedUpTo,
            boolean restoredIsVoid,
            List<DecidedOutput> own) {
        if (table.filter(known -> known.me().equals(me)).isPresent()) {
            return List.of();
        }
        if (table.isPresent()) {
            reports = new PreparedReports(allFinishedBefore);
        }
        table = Optional.of(new Table(group, me, line, restoredIsVoid));
        decided = decidedUpTo;
        refused = Optional.empty();
        voids.clear();
        rows.forget(DecidedRows.OWN);
        for (DecidedOutput row : own) {
            try {
                rows.add(DecidedRows.Of.EARLIER_LIFE, row.key(), OutputRow.read(row.bytes()));
            } catch (IOException e) {
                refused = Optional.of(unreadable(row, e));
            }
        }
        return rows.takeEmpty();
    }

    private static String unreadable(DecidedOutput row, IOException why) {
        return "The %s is decided and cannot be read, so a writer of this job might abort it: %s"
                .formatted(row.key(), why.getMessage());
    }

    /** The checkpoint is decided, and all before it. */
    public void decided(DecidedCheckpoint checkpoint) {
        if (checkpoint.checkpointId() > decided) {
            decided = checkpoint.checkpointId();
            rows.decided(new DecidedOutput.Key(checkpoint, sinkId), reports.takeUpTo(decided));
        }
    }

    /** The checkpoint was never decided and never can be. */
    public void isVoid(long checkpoint, String why) {
        if (checkpoint > decided) {
            voids.put(checkpoint, why);
            reports.dropUpTo(checkpoint);
        }
    }

    /** Decided output of closed members. Rows that are known are ignored. */
    public Adopted adopt(List<DecidedOutput> others) {
        List<String> unreadable = new ArrayList<>();
        for (DecidedOutput row : others) {
            try {
                rows.add(DecidedRows.Of.OTHERS, row.key(), OutputRow.read(row.bytes()));
            } catch (IOException e) {
                unreadable.add(
                        "The %s is decided, but is not committed by this job: %s"
                                .formatted(row.key(), e.getMessage()));
            }
        }
        return new Adopted(rows.takeEmpty(), List.copyOf(unreadable));
    }

    /** This member is closed in this incarnation and sealed: what it left open may be aborted. */
    public void sealed(Incarnation closed) {
        sealed.put(closed.id(), closed);
    }

    /** Empty while reports are missing. */
    public Optional<Prepared> preparedUpTo(long checkpoint, int parallelism) {
        if (checkpoint <= decided) {
            return Optional.of(new Prepared.Row(Optional.empty()));
        }
        Optional<String> lost = reports.lostUpTo(checkpoint);
        if (lost.isPresent()) {
            return Optional.of(new Prepared.Lost(lost.get()));
        }
        if (!reports.isCompleteUpTo(checkpoint, parallelism)) {
            return Optional.empty();
        }
        List<StoredPiece> prepared = reports.preparedUpTo(checkpoint);
        return Optional.of(
                new Prepared.Row(
                        prepared.isEmpty()
                                ? Optional.empty()
                                : Optional.of(OutputRow.write(prepared))));
    }

    // ------------------------------------------------------------------------------------------
    // From Flink
    // ------------------------------------------------------------------------------------------

    /**
     * The whole job is restored. An enumerator that was there before may be there still.
     *
     * @param checkpoint the one that it is restored from; -1 for none
     * @param allFinished as {@link #haveAllFinished} said when the checkpoint began
     */
    public void restored(long checkpoint, boolean allFinished) {
        beforeTheReset = table.map(Table::me);
        table = Optional.empty();
        restored = checkpoint;
        restarts.clear();
        allFinishedBefore = allFinished;
        reports = new PreparedReports(allFinished);
        voids.clear();
        decided = NONE;
        rows.forget(DecidedRows.OWN);
    }

    /** Nobody else has come since: the incarnation that was there before the reset counts. */
    public void resetIsLongAgo() {
        beforeTheReset = Optional.empty();
    }

    /** Whether a checkpoint that begins now holds nothing of this sink, whose tasks are over. */
    public boolean haveAllFinished(int parallelism) {
        return reports.haveAllFinished(decided, parallelism);
    }

    /** A subtask restarts from a checkpoint, -1 for none. */
    public void subtaskReset(int subtask, long checkpoint) {
        reports.reset(subtask, checkpoint);
        restarts.put(subtask, checkpoint);
    }

    // ------------------------------------------------------------------------------------------
    // From subtasks
    // ------------------------------------------------------------------------------------------

    /**
     * See {@link PreparedReports#report}. What an earlier incarnation's subtask says is ignored.
     */
    public void reported(
            String incarnation,
            int subtask,
            long checkpoint,
            List<StoredPiece> prepared,
            boolean isLast,
            Optional<String> lost) {
        if (isCurrent(incarnation) && checkpoint > decided) {
            reports.report(subtask, checkpoint, prepared, isLast, lost);
        }
    }

    /**
     * These are certainly committed.
     *
     * @return rows of which nothing is left
     */
    public List<DecidedOutput.Key> committed(String incarnation, Collection<Piece.Id> ids) {
        return isCurrent(incarnation) ? rows.committed(ids) : List.of();
    }

    /** What the member left open is aborted, or must not be any more. */
    public void aborted(String closed) {
        sealed.remove(closed);
    }

    /** How the output stands, for one subtask; empty until an incarnation has joined. */
    public Optional<SinkAnswer> standing(int subtask, int parallelism) {
        if (table.isEmpty() || table.map(Table::me).equals(beforeTheReset)) {
            return Optional.empty();
        }
        if (refused.isPresent()) {
            return refused.map(SinkAnswer.Refused::new);
        }
        Table now = table.get();
        return Optional.of(
                new SinkAnswer.Stands(
                        now.group(),
                        now.me().memberId(),
                        now.me().id(),
                        now.line().id(),
                        decided,
                        now.restoredIsVoid()
                                && restarts.getOrDefault(subtask, restored) == restored,
                        rows.beforeTheWriterOf(subtask, parallelism)));
    }

    /** Whether a subtask's writer may be created: empty until it may. */
    public Optional<SinkAnswer> allRowsCommitted(String incarnation, int subtask, int parallelism) {
        return answer(
                incarnation,
                () ->
                        rows.isEmpty(DecidedRows.Of.EARLIER_LIFE)
                                        && rows.beforeTheWriterOf(subtask, parallelism).isEmpty()
                                ? Optional.of(new SinkAnswer.AllRowsCommitted())
                                : Optional.empty());
    }

    /** Whether a checkpoint is decided or void: empty until it is. */
    public Optional<SinkAnswer> decision(String incarnation, long checkpoint) {
        return answer(
                incarnation,
                () -> {
                    if (checkpoint <= decided) {
                        return Optional.of(new SinkAnswer.Decided(decided));
                    }
                    return Optional.ofNullable(voids.ceilingEntry(checkpoint))
                            .map(at -> new SinkAnswer.Void(at.getKey(), at.getValue()));
                });
    }

    /** What a subtask is to do for closed members. */
    public Optional<SinkAnswer> adoption(String incarnation, int subtask, int parallelism) {
        return answer(
                incarnation,
                () -> {
                    List<SinkAnswer.SealedMember> mine = new ArrayList<>();
                    int number = 0;
                    for (Incarnation closed : sealed.values()) {
                        if (number++ % parallelism == subtask) {
                            mine.add(
                                    new SinkAnswer.SealedMember(
                                            closed.memberId(),
                                            closed.id(),
                                            rows.of(closed.memberId())));
                        }
                    }
                    return Optional.of(
                            new SinkAnswer.Adoption(rows.ofOthers(subtask, parallelism), mine));
                });
    }

    /** Which incarnation the job is in, if a subtask works under another; empty if not. */
    public Optional<SinkAnswer> outdated(String incarnation) {
        return table.filter(now -> !now.me().id().equals(incarnation))
                .map(now -> new SinkAnswer.Outdated(now.me().id()));
    }

    /** The member that is closed in this incarnation, if its open output is to be aborted. */
    public Optional<Incarnation> sealedAs(String closed) {
        return Optional.ofNullable(sealed.get(closed));
    }

    private interface Question {
        Optional<SinkAnswer> answer();
    }

    private Optional<SinkAnswer> answer(String incarnation, Question question) {
        if (table.isEmpty()) {
            return Optional.empty();
        }
        Optional<SinkAnswer> outdated = outdated(incarnation);
        return outdated.isPresent() ? outdated : question.answer();
    }

    private boolean isCurrent(String incarnation) {
        return table.filter(now -> now.me().id().equals(incarnation)).isPresent();
    }
}
