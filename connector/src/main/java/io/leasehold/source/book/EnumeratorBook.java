package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.member.ReaderAbsence;
import io.leasehold.lease.model.CheckpointTrouble;
import io.leasehold.lease.model.LeaseStanding;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.source.book.CheckpointedPositions.CoveredPosition;
import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.FromReader;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The member: decides what becomes of the splits that its source finds and its readers hold. Events
 * in, commands out.
 *
 * <p>The life of a split here: the wrapped enumerator finds it (<i>discovered</i>); it gets a lease
 * unless it has one; the {@link LeaseKeeper} acquires that if the plan says so; it is sent to the
 * reader that has the fewest, with the position of this job's state or of the table; the reader
 * reports its positions with every checkpoint, and they are recorded when that is complete. {@link
 * SplitState} has all the ways it can go.
 *
 * <p>A split that another member claims is asked of its reader, which freezes it at a barrier; when
 * that checkpoint is complete the keeper releases it at that position, and the reader, which has
 * kept it in its state, is told to let it go. Where readers are more than one split apart, what one
 * has too much is asked of it in the same way; when it stands still in a complete checkpoint it is
 * withheld, and goes to the reader that has the fewest in a new epoch.
 *
 * <p>Not thread-safe. All times are nanoseconds of the JobManager's monotonic clock.
 *
 * @param <S> a split of the wrapped source
 */
public final class EnumeratorBook<S> {

    private final Pages<S> pages;
    private final LeaseKeeper keeper;
    private final BookSettings settings;
    private final BookedSplits<S> splits;
    private final ReaderAttempts attempts;
    private final Comebacks<S> comebacks;
    private final CheckpointTrouble checkpoints;
    private final CheckpointDecisions<S> decisions;
    private final Grants<S> grants;
    private final MissingReaders<S> missing;

    /**
     * @param checkpoints how those of the job go, in this and earlier lives
     * @param withheld positions that this enumerator's last checkpoint holds
     * @param found what the source has found, as of that checkpoint; empty if that is not known
     */
    public EnumeratorBook(
            LeaseKeeper keeper,
            BookSettings settings,
            SplitCodec<S> codec,
            CheckpointTrouble checkpoints,
            List<PositionedSplit<S>> withheld,
            Optional<Set<String>> found) {
        this(
                Pages.of(keeper, settings, codec),
                checkpoints,
                new ReaderAbsence(settings.startupTimeout(), settings.terms().readersTimeout()),
                withheld,
                found);
    }

    EnumeratorBook(
            Pages<S> pages,
            CheckpointTrouble checkpoints,
            ReaderAbsence absence,
            List<PositionedSplit<S>> withheld,
            Optional<Set<String>> found) {
        this.pages = pages;
        this.keeper = pages.keeper();
        this.settings = pages.settings();
        this.splits = pages.splits();
        this.attempts = pages.attempts();
        this.comebacks = pages.comebacks();
        this.decisions = new CheckpointDecisions<>(pages);
        this.checkpoints = checkpoints;
        this.grants = new Grants<>(splits, attempts, keeper);
        this.missing = new MissingReaders<>(pages, grants, absence);
        withheld.forEach(comebacks::withhold);
        keeper.splits().sourceTells(found);
    }

    /** Where output is decided: what the sinks of the job say and ask. */
    public CheckpointDecisions<S> decisions() {
        return decisions;
    }

    public List<Command<S>> start() {
        comebacks.acquireAnew(splits.withheld());
        return List.of();
    }

    /** Splits were found that may have no lease. */
    public List<Command<S>> discovered(List<NewSplit> found) {
        keeper.splits().discovered(found);
        return List.of();
    }

    /** A reader attempt is there; Flink says what its state holds. */
    public List<Command<S>> registered(
            int subtask, List<PositionedSplit<S>> restored, JobView job) {
        attemptGone(subtask);
        return takeBack(subtask, restored, job);
    }

    /**
     * An attempt failed that was assigned these splits since the checkpoint that it goes back to.
     */
    public List<Command<S>> cameBack(int subtask, List<PositionedSplit<S>> unchecked, JobView job) {
        attemptGone(subtask);
        Set<String> had = splits.missing(subtask);
        return takeBack(
                subtask,
                unchecked.stream().filter(split -> had.contains(split.splitId())).toList(),
                job);
    }

    private void attemptGone(int subtask) {
        splits.attemptGone(subtask)
                .forEach(splitId -> attempts.emitsUntilItsGrantIsOver(subtask, splitId));
        attempts.gone(subtask);
        pages.positions().attemptGone(subtask);
    }

    private List<Command<S>> takeBack(int subtask, List<PositionedSplit<S>> back, JobView job) {
        Outbox<S> out = new Outbox<>(attempts, job.registered());
        comebacks.takeBack(subtask, back, out);
        return out.commands();
    }

    /** The reader of a subtask says something. */
    public List<Command<S>> heard(int subtask, FromReader event, JobView job) {
        Outbox<S> out = new Outbox<>(attempts, job.registered());
        event.reach(new ReaderWords<>(this, pages, subtask, job, out));
        return out.commands();
    }

    /** For how long a reader attempt that asks now may emit; zero if it may not. */
    public Duration granted(int subtask, String readerId, JobView job) {
        return grants.granted(subtask, readerId, job);
    }

    /** The request to send now, if there is one and none is under way. */
    public Optional<LeaseStep<?>> next(long now) {
        return keeper.next(now);
    }

    /** When there is something to send, if nothing happens before. */
    public long wakeAt(long now) {
        return keeper.wakeAt(now);
    }

    /** This machine was suspended before now. */
    public void suspended(long now) {
        keeper.suspended(now);
    }

    /** Whether the member's row is in the table. */
    public boolean joined() {
        return keeper.joined();
    }

    /** How this member stands now. */
    public LeaseStanding standing() {
        return keeper.standing();
    }

    /**
     * Takes in the outcome of the request under way.
     *
     * @param sentAt a time before it was sent
     */
    public Lesson<S> answered(LeaseStep.Answer<?> answer, long sentAt, JobView job) {
        List<LeaseEvent> learnt = keeper.answered(answer, sentAt, job.now());
        Outbox<S> out = new Outbox<>(attempts, job.registered());
        // Splits that resume from the table resume at the recorded position.
        pages.positions()
                .forget(
                        learnt.stream()
                                .filter(LeaseEvent.Acquired.class::isInstance)
                                .map(LeaseEvent.Acquired.class::cast)
                                .filter(acquired -> !acquired.fromState())
                                .map(acquired -> acquired.lease().splitId())
                                .collect(Collectors.toSet()));
        LeaseNews<S> news = new LeaseNews<>(pages, out);
        for (LeaseEvent event : learnt) {
            if (out.fails()) {
                break;
            }
            if (event instanceof LeaseEvent.OfOutput output) {
                decisions.learnt(output.event(), out);
            } else {
                event.reach(news);
            }
        }
        assign(job, out);
        return new Lesson<>(learnt, out.commands());
    }

    /** Time has passed, or more is known of the job. */
    public List<Command<S>> looked(JobView job) {
        Outbox<S> out = new Outbox<>(attempts, job.registered());
        assign(job, out);
        return out.commands();
    }

    /**
     * Sends what is acquired to readers, asks for what is claimed, and tells them when there is
     * nothing more to come. Whenever something was learnt, before anything else is done.
     */
    void assign(JobView job, Outbox<S> out) {
        if (out.fails()) {
            return;
        }
        missing.look(job, out);
        if (out.fails()) {
            return;
        }
        keeper.notice(checkpoints.notice(job.now()));
        decisions.look(out);
        pages.distribution().assign(job, out);
        pages.distribution().spread(job, out);
        pages.distribution().askForSplits(out);
        if (settings.bounded() && nothingMoreToCome(job)) {
            pages.distribution().tellNoMore(job.registered(), out);
        }
    }

    /**
     * Everything is discovered, and every split of the group is at its end, whoever read it. Not
     * before all readers have come: the wrapped enumerator may find more for those that are to.
     */
    private boolean nothingMoreToCome(JobView job) {
        return !comebacks.awaitsReaders()
                && !job.registered().isEmpty()
                && job.allFound()
                && keeper.splits().allFinished();
    }

    /**
     * A checkpoint begins. What is sent now reaches the readers before its barrier; what is sent
     * later comes when a reader has taken its part, so that none becomes idle in between.
     */
    public List<Command<S>> begun(long checkpointId, JobView job) {
        pages.positions().begun(checkpointId);
        Outbox<S> out = new Outbox<>(attempts, job.registered());
        attempts.subtasks().stream()
                .filter(subtask -> splits.countOf(subtask) == 0)
                .forEach(subtask -> out.send(subtask, id -> new BarrierAhead(id, checkpointId)));
        return out.commands();
    }

    /** The positions that belong into this enumerator's checkpoint. */
    public List<PositionedSplit<S>> withheld() {
        return splits.withheld();
    }

    /** What the source has found so far; empty if that is not known. */
    public Optional<Set<String>> found() {
        return keeper.splits().found();
    }

    /** A checkpoint is complete. */
    public List<Command<S>> completed(long checkpointId, JobView job) {
        checkpoints.completed();
        Outbox<S> out = new Outbox<>(attempts, job.registered());
        List<CoveredPosition> moved = decisions.completed(checkpointId, out);
        keeper.splits().measured(pages.rates().perSecond());
        keeper.committed(pages.positions().committed());
        // After the positions that are recorded now, in the epoch that ends.
        moved.forEach(split -> comebacks.moveOn(split, out));
        return out.commands();
    }

    /** A checkpoint has failed. */
    public List<Command<S>> failed(JobView job) {
        checkpoints.failed(job.now());
        return List.of();
    }

    /**
     * No event comes any more. The last positions of the readers need not wait for another
     * checkpoint. Where the job is about to go back to an earlier one, Flink has taken its readers
     * off the list.
     *
     * @return whether all readers have finished
     */
    public boolean heardOut(JobView job) {
        boolean allThere = job.registered().size() == job.parallelism();
        return allThere && decisions.tasksFinished(job.registered());
    }

    /**
     * Closes this incarnation. Flink does not say why it closes, and readers may continue emitting
     * until their grants are over, unless they have said that they are closed.
     *
     * @return the last requests, in order
     */
    public List<LeaseRequest<?>> close(long now) {
        return keeper.close(grants.stillRun(now), now);
    }
}
