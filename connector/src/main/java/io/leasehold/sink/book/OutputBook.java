package io.leasehold.sink.book;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one subtask of a leased sink decides about its output: what is reported, what is committed
 * in which order, what is dropped, and when the subtask may end.
 *
 * <p>A piece of output is prepared, then waits until a checkpoint at or above its own is decided,
 * and is then committed until that is certain. Only decided output is committed, of a checkpoint
 * that failed too: a later one covers it.
 *
 * <p>Times are nanoseconds of one monotonic clock. Not thread-safe: the task's thread.
 *
 * @param <C> the sink's committables
 */
public final class OutputBook<C> {

    private enum Phase {
        STARTING,
        COMMITTING_ROWS,
        RUNNING,
        OVER
    }

    private static final long NONE = -1;

    private final int subtask;
    private final CommitQueue<C> rows;
    private final CommitQueue<C> own;
    private final List<C> collected = new ArrayList<>();
    private final NavigableMap<Long, List<Piece<C>>> undecided = new TreeMap<>();
    private final NavigableSet<Long> completed = new TreeSet<>();
    private final OptionalLong restored;
    private Phase phase = Phase.STARTING;
    private boolean allRowsCommitted;
    private long decided = NONE;

    /**
     * @param subtask the index of this subtask
     * @param keptFor how long the other system keeps prepared output
     * @param restored the checkpoint or savepoint that the job is restored from
     * @param state what that holds, of whichever subtask
     */
    public OutputBook(int subtask, Duration keptFor, OptionalLong restored, List<Piece<C>> state) {
        this.subtask = subtask;
        this.rows = CommitQueue.ofEarlierLives(keptFor);
        this.own = CommitQueue.ofOwn(keptFor);
        this.restored = restored;
        state.forEach(this::waits);
    }

    private void waits(Piece<C> piece) {
        undecided.computeIfAbsent(piece.checkpoint(), of -> new ArrayList<>()).add(piece);
    }

    /**
     * The lease table is read, and the member has joined.
     *
     * <p>The rows' output is committed before any that this life decides. Restored output up to the
     * last decided checkpoint is dropped, whatever the state says: the table's rows alone tell what
     * of it is to be committed. Output of the restored checkpoint, if that is later, waits for its
     * late decision.
     */
    public List<OutputCommand<C>> standing(Standing<C> table, long now) {
        List<OutputCommand<C>> commands = new ArrayList<>();
        phase = Phase.COMMITTING_ROWS;
        drop(
                taken(table.decided()),
                "checkpoint %s is decided, and the table's rows say what of it is to be committed"
                        .formatted(table.decided()),
                commands);
        // Flink counts on from what the job is restored from, which may be older than what is
        // decided: then checkpoints with these numbers are decided anew.
        decided = Math.min(table.decided(), restored.orElse(NONE));
        if (table.restoredIsVoid()) {
            drop(taken(Long.MAX_VALUE), "the restored checkpoint is void", commands);
        } else if (restored.isPresent() && restored.getAsLong() > decided) {
            long checkpoint = restored.getAsLong();
            commands.add(new OutputCommand.Report<>(checkpoint, waiting(), false));
            completed.add(checkpoint);
            commands.add(new OutputCommand.AskDecision<>(checkpoint));
        }
        rows.add(table.rows());
        commitNext(now, commands);
        return commands;
    }

    /** The rows of this member's earlier lives are committed, by all subtasks. */
    public List<OutputCommand<C>> allRowsCommitted() {
        allRowsCommitted = true;
        List<OutputCommand<C>> commands = new ArrayList<>();
        startWriter(commands);
        return commands;
    }

    /** The writer has prepared this for the checkpoint that comes next. */
    public void prepared(C committable) {
        collected.add(committable);
    }

    /**
     * The subtask's state is taken. What {@link #state} returns afterwards belongs to it.
     *
     * @param last whether the subtask takes part in no later checkpoint
     */
    public List<OutputCommand<C>> snapshot(long checkpoint, boolean last) {
        List<Piece<C>> fresh = new ArrayList<>();
        for (C committable : collected) {
            fresh.add(new Piece<>(new Piece.Id(checkpoint, subtask, fresh.size()), committable));
        }
        collected.clear();
        fresh.forEach(this::waits);
        return List.of(new OutputCommand.Report<>(checkpoint, List.copyOf(fresh), last));
    }

    /** All that is not certainly committed: decided output too, for a table that loses commits. */
    public List<Piece<C>> state() {
        List<Piece<C>> all = new ArrayList<>(rows.all());
        all.addAll(own.all());
        all.addAll(waiting());
        return List.copyOf(all);
    }

    /** The checkpoint is complete. That alone commits nothing. */
    public List<OutputCommand<C>> completed(long checkpoint) {
        return checkpoint > decided && phase != Phase.OVER && completed.add(checkpoint)
                ? List.of(new OutputCommand.AskDecision<>(checkpoint))
                : List.of();
    }

    /** The checkpoint is decided, and all before it. */
    public List<OutputCommand<C>> decided(long checkpoint, long now) {
        List<OutputCommand<C>> commands = new ArrayList<>();
        if (checkpoint > decided && phase != Phase.OVER) {
            decided = checkpoint;
            completed.headSet(checkpoint, true).clear();
            own.add(taken(checkpoint));
            commitNext(now, commands);
        }
        return commands;
    }

    /**
     * The checkpoint was never decided and never can be. A job that was restored from it runs
     * without its output. Any other job fails: its operators' state has seen records whose output
     * is dropped.
     */
    public List<OutputCommand<C>> isVoid(long checkpoint) {
        List<OutputCommand<C>> commands = new ArrayList<>();
        if (checkpoint <= decided || phase == Phase.OVER) {
            return commands;
        }
        String why = "checkpoint %s is void".formatted(checkpoint);
        boolean isRestored = restored.isPresent() && restored.getAsLong() == checkpoint;
        drop(taken(isRestored ? checkpoint : Long.MAX_VALUE), why, commands);
        completed.headSet(checkpoint, true).clear();
        if (!isRestored) {
            phase = Phase.OVER;
            completed.clear();
            commands.add(
                    new OutputCommand.Fail<>(
                            "Checkpoint %s was completed, but never decided, and cannot be any more: other jobs have taken this job's splits over."
                                    .formatted(checkpoint)));
        }
        return commands;
    }

    /**
     * What {@link OutputCommand.Commit} or {@link OutputCommand.CommitRows} asked for was tried.
     *
     * @param answers in the order of its pieces
     */
    public List<OutputCommand<C>> answered(List<FateAnswer> answers, long now) {
        List<OutputCommand<C>> commands = new ArrayList<>();
        CommitQueue.Outcome<C> outcome = first().answered(answers, now);
        if (!outcome.committed().isEmpty()) {
            commands.add(
                    new OutputCommand.TellCommitted<>(
                            outcome.committed().stream().map(Piece::id).toList()));
        }
        if (!outcome.failed().isEmpty()) {
            phase = Phase.OVER;
            CommitQueue.Failed<C> first = outcome.failed().get(0);
            commands.add(
                    new OutputCommand.Fail<>(
                            "Decided output of checkpoint %s is not committed and may be lost (%s pieces, the first %s): %s."
                                    .formatted(
                                            first.piece().checkpoint(),
                                            outcome.failed().size(),
                                            first.answer().fate(),
                                            first.answer().evidence())));
        }
        commitNext(now, commands);
        return commands;
    }

    /** It is that late. */
    public List<OutputCommand<C>> time(long now) {
        List<OutputCommand<C>> commands = new ArrayList<>();
        commitNext(now, commands);
        return commands;
    }

    /**
     * Whether what the subtask has prepared waits for no checkpoint that has completed: then nobody
     * ever decides it once the task takes part in no more checkpoints.
     */
    public boolean waitsForACheckpoint() {
        return !collected.isEmpty() || !undecided.isEmpty() && completed.isEmpty();
    }

    /**
     * Whether a task that ends regularly may end: nothing it has prepared waits for a checkpoint, a
     * decision or a commit. A task whose wait for this is over must fail.
     */
    public boolean mayEnd() {
        return (phase == Phase.COMMITTING_ROWS || phase == Phase.RUNNING)
                && collected.isEmpty()
                && undecided.isEmpty()
                && completed.isEmpty()
                && rows.isEmpty()
                && own.isEmpty();
    }

    private void commitNext(long now, List<OutputCommand<C>> commands) {
        if (phase == Phase.OVER) {
            return;
        }
        CommitQueue<C> queue = first();
        List<Piece<C>> next = queue.next(now);
        if (!next.isEmpty()) {
            commands.add(
                    queue == rows
                            ? new OutputCommand.CommitRows<>(next)
                            : new OutputCommand.Commit<>(next));
        }
        queue.nextAt().ifPresent(at -> commands.add(new OutputCommand.CallAt<>(at)));
        startWriter(commands);
    }

    /** What was decided in earlier lives is committed before what this life decides. */
    private CommitQueue<C> first() {
        return rows.isEmpty() ? own : rows;
    }

    /** A writer may end what it finds open: so no row of this member may be left. */
    private void startWriter(List<OutputCommand<C>> commands) {
        if (phase == Phase.COMMITTING_ROWS && allRowsCommitted) {
            phase = Phase.RUNNING;
            commands.add(new OutputCommand.StartWriter<>());
        }
    }

    private void drop(List<Piece<C>> pieces, String why, List<OutputCommand<C>> commands) {
        if (!pieces.isEmpty()) {
            commands.add(new OutputCommand.Drop<>(pieces, why));
        }
    }

    /** What waits for a decision up to a checkpoint waits no more. */
    private List<Piece<C>> taken(long upTo) {
        NavigableMap<Long, List<Piece<C>>> covered = undecided.headMap(upTo, true);
        List<Piece<C>> pieces = covered.values().stream().flatMap(List::stream).toList();
        covered.clear();
        return pieces;
    }

    private List<Piece<C>> waiting() {
        return undecided.values().stream().flatMap(List::stream).toList();
    }
}
