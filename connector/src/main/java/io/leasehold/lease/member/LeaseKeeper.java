package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseStanding;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseRequest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What one member holds, until when, and what it wants next: the member's side of the protocol as a
 * pure state machine.
 *
 * <p>Whoever drives it asks for the {@link #next} step, sends that to the store, brings the {@link
 * #answered answer} back, and carries out the {@link LeaseEvent}s. At most one step is under way at
 * a time. Where there is nothing to send, {@link #wakeAt} says when there will be.
 *
 * <p><b>Validity.</b> All leases of an incarnation are valid until the time its last answered
 * renewal was sent, plus the duration (T2): nobody takes a lease from an incarnation that is not
 * CLOSED, and who would close it must have seen its beat unchanged for longer than that (T3), and
 * names that beat. A renewal of a closed incarnation is refused, so it learns of it before it could
 * trust a new validity.
 *
 * <p><b>Unknown outcomes</b> (T5) change nothing here. The next answered renewal is followed by a
 * read, and that tells: a lease found to be this incarnation's own, though no answer said so, is
 * acquired once more for its position.
 *
 * <p>Not thread-safe: one thread drives it. All times are nanoseconds of that machine's monotonic
 * clock.
 */
public final class LeaseKeeper {

    private final GroupView view;
    private final MemberLife life;
    private final Entrance entrance;
    private final NextWrite writes;
    private final MemberSplits splits;
    private final MemberOutput output;
    private final NextMove moves;
    private final OwnRow ownRow;
    private final OthersRows othersRows;
    private JobState job = new JobState.Starting();
    private boolean underWay;

    /**
     * A member whose sinks are not known.
     *
     * @param now a time before the first step
     */
    public LeaseKeeper(
            String group,
            Incarnation me,
            Share share,
            String description,
            LeaseTerms terms,
            long now) {
        this(group, me, share, Set.of(), description, terms, now);
    }

    /**
     * @param sinkPrefixes what the transactions of this member's sinks begin with, as far as that
     *     was said
     * @param now a time before the first step
     */
    public LeaseKeeper(
            String group,
            Incarnation me,
            Share share,
            Set<String> sinkPrefixes,
            String description,
            LeaseTerms terms,
            long now) {
        this(
                new GroupView(
                        Names.require("group", group),
                        me,
                        terms,
                        new MemberWatch(terms),
                        new Renewals(terms, now)),
                share,
                sinkPrefixes,
                description);
    }

    LeaseKeeper(GroupView view, Share share, Set<String> sinkPrefixes, String description) {
        SinkPrefixes sinks = new SinkPrefixes(view.me.memberId(), sinkPrefixes, view.watch);
        this.view = view;
        this.life = new MemberLife(view, sinks);
        this.entrance =
                new Entrance(view, life, sinks, new Admission(view, share, description, sinks));
        this.writes = new NextWrite(view);
        this.splits = new MemberSplits(view, life, writes, share);
        this.output = new MemberOutput(view);
        this.moves = new NextMove(view);
        this.ownRow = new OwnRow(view, life, output);
        this.othersRows = new OthersRows(view, life);
    }

    /** What this member has of splits, for the job to tell and to ask. */
    public MemberSplits splits() {
        return splits;
    }

    /** The output of this member: the job tells it of checkpoints, and asks what is decided. */
    public MemberOutput output() {
        return output;
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells of itself
    // ------------------------------------------------------------------------------------------

    /** An earlier incarnation in this process saw a history that the table has lost. */
    public void startsAfter(LostHistory lost) {
        view.own.startsBeyond(lost.highestEpoch());
        moves.waitsUntil(lost.quietUntil());
    }

    /** All that the job's state holds has been told: before that, nothing is acquired. */
    public void stateIsKnown() {
        becomes(job.stateIsTold());
    }

    /**
     * The job has had no reader for its splits for too long: no grant is given any more, and the
     * member's row says so. When the last grant is over, {@link MemberSplits#releaseAll}.
     *
     * @param why for people
     */
    public void withoutReaders(String why) {
        becomes(job.withoutReaders(why));
    }

    /** The readers are back: the member takes part again. */
    public void readersAreBack() {
        becomes(job.withReaders());
    }

    /**
     * All readers have come to their end as of a completed checkpoint, whose positions have been
     * told. So this is no restart, and others need not leave the splits to the next incarnation.
     */
    public void stopped() {
        becomes(new JobState.Stopped());
    }

    private void becomes(JobState state) {
        job = state;
        view.plan.changed();
    }

    /**
     * What operators should know from now on, as the member's row shows; empty if nothing.
     *
     * @return whether that is news
     */
    public boolean notice(String text) {
        return ownRow.notice(text);
    }

    /** What belongs to this checkpoint of the job, and to those before it, is surely committed. */
    public void committed(long checkpointId) {
        ownRow.committed(checkpointId, job);
    }

    /**
     * This machine was suspended before now (T8): the leases are not valid any more, until they are
     * renewed by a request that is sent from now on. Nothing that others do is expected earlier.
     */
    public void suspended(long now) {
        view.renewals.suspendedBefore(now);
    }

    // ------------------------------------------------------------------------------------------
    // What the job asks
    // ------------------------------------------------------------------------------------------

    /** How long from now a reader may be granted to emit what this member holds; zero if not. */
    public Duration extendFor(long now) {
        if (!joined() || job.whyWithoutReaders().isPresent()) {
            return Duration.ZERO;
        }
        Duration valid = view.renewals.validFor(now);
        Duration most = view.terms.readerGrant();
        return valid.compareTo(most) < 0 ? valid : most;
    }

    public boolean joined() {
        return life.isInside();
    }

    /**
     * Whether all that this member is to have is acquired, as far as it knows now. Not before there
     * is any split in the group.
     */
    public boolean settled() {
        return joined()
                && job.isStateKnown()
                && view.writes.allDiscovered()
                && !view.isStale()
                && !view.leases.isEmpty()
                && view.plan.isCarriedOut()
                && !underWay;
    }

    /** How this member stands now. */
    public LeaseStanding standing() {
        return new LeaseStanding(
                view.own.heldCount(),
                view.plan.planned(),
                view.own.claimedCount(),
                view.plan.unassigned(),
                view.leases.unreadableCount() + view.readable.undecodableCount(),
                joined() ? view.watch.candidates(view.me).size() : 0,
                joined() ? view.renewals.validUntil() : OptionalLong.empty());
    }

    // ------------------------------------------------------------------------------------------
    // Driving
    // ------------------------------------------------------------------------------------------

    /** The request to send now, if there is one and none is under way. */
    public Optional<LeaseStep<?>> next(long now) {
        if (underWay || life.isOver()) {
            return Optional.empty();
        }
        Optional<LeaseStep<?>> step = joined() ? nextInside(now) : entrance.next(now);
        underWay = step.isPresent();
        return step;
    }

    /** First what is known must be true, then what is true must be known to others. */
    private Optional<LeaseStep<?>> nextInside(long now) {
        Optional<LeaseStep<?>> first = life.nextRenewal(now);
        if (first.isPresent() || life.isInDoubt()) {
            return first;
        }
        Optional<LeaseStep<?>> decision = output.next();
        if (decision.isPresent()) {
            return decision;
        }
        if (view.isStale()) {
            return view.nextRead();
        }
        boolean settled = output.isSettled();
        if (job.isStateKnown() && view.readable.searchedBy(now, view.leases)) {
            view.plan.changed();
        }
        return writes.next(settled)
                .or(() -> othersRows.nextToClose(now))
                .or(() -> ownRow.next(job))
                .or(() -> settled ? moves.next(job, life.insideFor(now), now) : Optional.empty())
                .or(() -> output.nextAside(now))
                .or(() -> othersRows.nextToForget(now))
                .or(() -> view.nextLook(now));
    }

    /**
     * When there is something to send, if nothing happens before. Only for when none is under way.
     */
    public long wakeAt(long now) {
        if (life.isOver()) {
            return now + view.terms.duration().toNanos();
        }
        long due = life.renewalDue();
        long at = life.isInDoubt() ? due : view.lookBefore(due);
        return at - now < 0 ? now : at;
    }

    /**
     * Takes in the outcome of the step under way.
     *
     * @param sentAt a time before it was sent
     * @param now a time after it was answered
     * @return what was learnt, in order
     */
    public List<LeaseEvent> answered(LeaseStep.Answer<?> answer, long sentAt, long now) {
        underWay = false;
        answer.reach(life, sentAt, now);
        List<LeaseEvent> learnt = List.copyOf(view.news);
        view.news.clear();
        return learnt;
    }

    /**
     * Ends this incarnation.
     *
     * @param granted how long the longest grant to a reader still runs
     * @return the last requests, in order: what waits to be recorded, and that it is closed, with
     *     how long its readers may still emit. Empty if the table knows nothing of it
     */
    public List<LeaseRequest<?>> close(Duration granted, long now) {
        return life.close(
                granted,
                job.isStopped() ? Duration.ZERO : view.terms.restartHold(),
                output.farewell(view.writes.last()),
                now);
    }
}
