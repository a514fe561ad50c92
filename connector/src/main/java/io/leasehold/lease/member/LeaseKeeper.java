package io.leasehold.lease.member;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseStanding;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim.Claimed;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

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
 * acquired once more for its progress.
 *
 * <p>Not thread-safe: one thread drives it. All times are nanoseconds of that machine's monotonic
 * clock.
 */
public final class LeaseKeeper {

    private enum Phase {
        /** Not in the table: nobody of this id is, or an earlier incarnation is being watched. */
        OUTSIDE,
        JOINED,
        /** This incarnation is over; nothing is sent any more. */
        OVER
    }

    private final String group;
    private final Incarnation me;
    private final Share share;
    private final LeaseTerms terms;
    private final MemberWatch watch;
    private final Renewals renewals;
    private final Admission admission;
    private final SinkPrefixes sinks;
    private final KnownLeases leases = new KnownLeases();
    private final SeenHistory history = new SeenHistory();
    private final Rejections rejections;
    private final CurrentPlan plan = new CurrentPlan();
    private final PendingWrites writes;
    private final OwnLeases own;
    private final ReadableSplits readable;
    private final Strangers strangers;
    private final Retention retention;

    private final List<LeaseEvent> events = new ArrayList<>();
    private Phase phase = Phase.OUTSIDE;
    private boolean underWay;

    private Optional<Join> join = Optional.empty();

    /** Whether a request is unanswered, so that the rows may be other than we think. */
    private boolean doubtful;

    /** Why a request was refused, until a renewal has told whether the table went back. */
    private Optional<String> refusal = Optional.empty();

    private boolean leasesStale = true;

    /** Whether the leases were read after the members: then an owner in them may be younger. */
    private boolean ownersMayBeNew;

    /** When to look whether a split that this member has claimed has been let go meanwhile. */
    private OptionalLong lookAt = OptionalLong.empty();

    private boolean stateIsKnown;

    /** All readers came to their end as of a completed checkpoint, and it is recorded. */
    private boolean ended;

    /** Why nothing is granted and taken, if the job has no readers. */
    private Optional<String> away = Optional.empty();

    /** What operators should know. */
    private String notice = "";

    private OptionalLong joinedAt = OptionalLong.empty();

    /** Before that nothing is acquired; see {@link LostHistory}. */
    private OptionalLong quietUntil = OptionalLong.empty();

    /** Whether it is over since the table went back: its row may be there still. */
    private boolean wentBack;

    /** Whether a later checkpoint has completed since all was given away. */
    private boolean allCommitted;

    /** A member whose sinks are not known. */
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
                group,
                me,
                share,
                sinkPrefixes,
                description,
                terms,
                new MemberWatch(terms),
                new Renewals(terms, now));
    }

    LeaseKeeper(
            String group,
            Incarnation me,
            Share share,
            String description,
            LeaseTerms terms,
            MemberWatch watch,
            Renewals renewals) {
        this(group, me, share, Set.of(), description, terms, watch, renewals);
    }

    private LeaseKeeper(
            String group,
            Incarnation me,
            Share share,
            Set<String> sinkPrefixes,
            String description,
            LeaseTerms terms,
            MemberWatch watch,
            Renewals renewals) {
        this.group = Names.require("group", group);
        this.me = me;
        this.share = share;
        this.terms = terms;
        this.rejections = new Rejections(terms);
        this.watch = watch;
        this.renewals = renewals;
        this.sinks = new SinkPrefixes(me.memberId(), sinkPrefixes, watch);
        this.admission = new Admission(group, me, share, description, terms, watch, sinks);
        this.writes = new PendingWrites(group, me);
        this.own = new OwnLeases(me, watch, writes);
        this.readable = new ReadableSplits(me.memberId(), terms, own::has);
        this.strangers = new Strangers(me.memberId());
        this.retention = new Retention(group, me, terms);
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells
    // ------------------------------------------------------------------------------------------

    /** An earlier incarnation in this process saw a history that the table has lost. */
    public void startsAfter(LostHistory lost) {
        own.startsBeyond(lost.highestEpoch());
        quietUntil = OptionalLong.of(lost.quietUntil());
    }

    /**
     * The job's source tells each split that it finds as {@link #discovered}: from now on no other
     * split is taken, unless the job's state holds it. Not called, every split of the group is.
     *
     * @param before what it found in earlier lives, as of {@link #found}; empty if the job's state
     *     does not say: then what is in the group soon after the start counts as found
     */
    public void sourceTells(Optional<? extends Collection<String>> before) {
        readable.sourceTells(before);
    }

    /** What the job's source has found so far; empty if that is not known. */
    public Optional<Set<String>> found() {
        return readable.found();
    }

    /** Splits were found in the queue; those that the group does not know become leases. */
    public void discovered(Collection<Discover.NewSplit> splits) {
        readable.found(splits.stream().map(Discover.NewSplit::splitId).toList(), leases);
        ensureLeases(splits);
        plan.changed();
    }

    /** Splits, found or not, become leases if the group does not know them. */
    public void ensureLeases(Collection<Discover.NewSplit> splits) {
        writes.discovered(splits);
    }

    /**
     * This job's state holds a split with a position. If the lease can be had, {@link RestoreRule}
     * says whether that position is used. A split held already is to be granted to another reader
     * attempt: it gets a new epoch first.
     */
    public void restored(String splitId, RestoredPosition at) {
        own.restored(splitId, at);
        leases.of(splitId).ifPresent(readable::saw);
        plan.changed();
    }

    /** The reader of a split is gone and its state has no position: it starts from the table's. */
    public void orphaned(String splitId) {
        own.orphaned(splitId);
        plan.changed();
    }

    /** All that the job's state holds has been told: before that, nothing is acquired. */
    public void stateIsKnown() {
        stateIsKnown = true;
        plan.changed();
    }

    /** Positions of a completed checkpoint are to be written. Later ones replace earlier ones. */
    public void progressed(Collection<Recorded> splits) {
        writes.progressed(splits);
    }

    /** Splits came to their end, as of a completed checkpoint. */
    public void finished(Collection<Recorded> splits) {
        writes.finished(splits);
    }

    /**
     * Splits that were claimed stand still, in these positions, as of a completed checkpoint: they
     * are released, and not emitted any more in this epoch.
     */
    public void frozen(Collection<Release.Released> splits) {
        own.frozen(splits);
    }

    /** A split was acquired but cannot be decoded here: it is released, and not taken again. */
    public void cannotRead(String splitId) {
        readable.cannotDecode(splitId, leases);
        own.giveBack(splitId, Optional.empty());
    }

    /**
     * The job has had no reader for its splits for too long: no grant is given any more, and the
     * member's row says so. When the last grant is over, {@link #giveUp}.
     *
     * @param why for people
     */
    public void withoutReaders(String why) {
        away = Optional.of(why);
        plan.changed();
    }

    /**
     * All that is held is released; nobody emits it any more.
     *
     * @param at positions that no reader was given in the epoch that ends: the job's state, or what
     *     is recorded. Others are released with the progress as recorded
     */
    public void giveUp(Map<String, Progress> at) {
        own.giveUp(at);
        plan.changed();
    }

    /** The readers are back: the member takes part again. */
    public void readersAreBack() {
        away = Optional.empty();
        plan.changed();
    }

    /**
     * What operators should know from now on, as the member's row shows; empty if nothing.
     *
     * @return whether that is news
     */
    public boolean notice(String text) {
        boolean news = !notice.equals(text);
        notice = text;
        return news;
    }

    /**
     * All readers have come to their end as of a completed checkpoint, whose positions have been
     * told. So this is no restart, and others need not leave the splits to the next incarnation.
     */
    public void ended() {
        ended = true;
    }

    /** What belongs to this checkpoint of the job, and to those before it, is surely committed. */
    public void committed(long checkpointId) {
        allCommitted |= hasDrained() && checkpointId >= own.lastFrozenAt();
    }

    /**
     * How many records a second were read from splits of late. That is written where splits are
     * shared by load and a rate is no longer as it was.
     */
    public void measured(Map<String, Double> perSecond) {
        if (!sharesByLoad()) {
            return;
        }
        perSecond.forEach(
                (splitId, rate) -> {
                    Optional<Long> epoch = own.epochOf(splitId);
                    double known = leases.of(splitId).map(Lease::rate).orElse(rate);
                    if (epoch.isPresent() && isOther(rate, known)) {
                        writes.rated(new Rate.Rated(splitId, epoch.get(), rate));
                    }
                });
    }

    /** A quarter of the greater, and a record a second: or each wobble would be a change. */
    private static boolean isOther(double rate, double known) {
        double difference = Math.abs(rate - known);
        return difference >= 1 && difference > Math.max(rate, known) / 4;
    }

    /**
     * This machine was suspended before now (T8): the leases are not valid any more, until they are
     * renewed by a request that is sent from now on. Nothing that others do is expected earlier.
     */
    public void suspended(long now) {
        renewals.suspendedBefore(now);
    }

    // ------------------------------------------------------------------------------------------
    // What the job asks
    // ------------------------------------------------------------------------------------------

    /** How long from now a reader may be granted to emit what this member holds; zero if not. */
    public Duration extendFor(long now) {
        if (phase != Phase.JOINED || away.isPresent()) {
            return Duration.ZERO;
        }
        Duration valid = renewals.validFor(now);
        return valid.compareTo(terms.readerGrant()) < 0 ? valid : terms.readerGrant();
    }

    public boolean joined() {
        return phase == Phase.JOINED;
    }

    /**
     * Whether all that this member is to have is acquired, as far as it knows now. Not before there
     * is any split in the group.
     */
    public boolean settled() {
        return phase == Phase.JOINED
                && stateIsKnown
                && writes.allDiscovered()
                && !leasesStale
                && !leases.isEmpty()
                && plan.isCarriedOut()
                && !underWay;
    }

    /** Whether it matters here how many records a second are read. */
    public boolean sharesByLoad() {
        return share.balance() == Balance.LOAD;
    }

    public int heldCount() {
        return own.heldCount();
    }

    /** How this member stands now. */
    public LeaseStanding standing() {
        return new LeaseStanding(
                own.heldCount(),
                plan.planned(),
                own.claimedCount(),
                plan.withoutTaker(),
                leases.unreadableCount() + readable.undecodableCount(),
                phase == Phase.JOINED ? watch.takers(me).size() : 0,
                phase == Phase.JOINED ? renewals.validUntil() : OptionalLong.empty());
    }

    /**
     * Whether the leases are known, and every unfinished one in this member's name is held: none is
     * to be acquired anew, or being released.
     */
    public boolean holdsAllItOwns() {
        return phase == Phase.JOINED
                && !doubtful
                && !leasesStale
                && leases.unfinishedOf(me.memberId())
                        .allMatch(split -> own.epochOf(split).isPresent());
    }

    /**
     * Whether every split that was told has a row, and every row says that it is finished, but for
     * splits that this job's source does not find.
     */
    public boolean allFinished() {
        return phase == Phase.JOINED
                && writes.allDiscovered()
                && !leasesStale
                && leases.allFinished(lease -> !isNotFound(lease));
    }

    private boolean isNotFound(Lease lease) {
        return lease.exclusionOf(me.memberId()).equals(Optional.of(Exclusion.NOT_FOUND));
    }

    // ------------------------------------------------------------------------------------------
    // Driving
    // ------------------------------------------------------------------------------------------

    /** The request to send now, if there is one and none is under way. */
    public Optional<LeaseStep<?>> next(long now) {
        if (underWay || phase == Phase.OVER) {
            return Optional.empty();
        }
        Optional<LeaseStep<?>> step = phase == Phase.OUTSIDE ? nextOutside(now) : nextInside(now);
        underWay = step.isPresent();
        return step;
    }

    /**
     * When there is something to send, if nothing happens before. Only for when none is under way.
     */
    public long wakeAt(long now) {
        if (phase == Phase.OVER) {
            return now + terms.duration().toNanos();
        }
        long at = beatDue();
        if (!doubtful && lookAt.isPresent() && lookAt.getAsLong() - at < 0) {
            at = lookAt.getAsLong();
        }
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
        answer.reachKeeper(sentAt, now);
        List<LeaseEvent> learnt = List.copyOf(events);
        events.clear();
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
        // A row that was asked for may be there, though no answer said so.
        boolean inTable = (phase != Phase.OVER || wentBack) && renewals.last() > 0;
        phase = Phase.OVER;
        if (!inTable) {
            return List.of();
        }
        List<LeaseRequest<?>> last = new ArrayList<>(writes.last());
        // Readers of the incarnation that ours replaced may outlast ours.
        Duration passed =
                joinedAt.isPresent() ? Duration.ofNanos(now - joinedAt.getAsLong()) : Duration.ZERO;
        Duration replaced =
                watch.row(me.memberId())
                        .map(row -> LeaseTerms.byAnotherClock(row.emitsFor()).minus(passed))
                        .orElse(Duration.ZERO);
        last.add(
                new Close(
                        group,
                        me,
                        Optional.empty(),
                        granted.compareTo(replaced) < 0 ? replaced : granted,
                        ended ? Duration.ZERO : terms.restartHold(),
                        0));
        return last;
    }

    // ------------------------------------------------------------------------------------------
    // Outside: until our row is in the table
    // ------------------------------------------------------------------------------------------

    private Optional<LeaseStep<?>> nextOutside(long now) {
        if (join.isPresent()) {
            Join request = join.get();
            join = Optional.empty();
            // If it is refused, somebody wrote the row meanwhile: look again.
            return step(request, this::onJoined, (reason, s, n) -> renewals.unanswered(s, n));
        }
        if (now - beatDue() < 0) {
            return Optional.empty();
        }
        return step(new Open(group, history.seen()), this::onOpen);
    }

    private void onOpen(Membership membership, long sentAt, long now) {
        renewals.dueAt(now + terms.renewInterval().toNanos());
        history.saw(membership.changeNumber());
        watch.saw(membership, sentAt, now);
        SinkPrefixes.Verdict sinksAre = sinks.of(membership.members());
        if (sinksAre instanceof SinkPrefixes.Verdict.Shared shared) {
            overBecause(shared);
            return;
        }
        if (sinksAre instanceof SinkPrefixes.Verdict.Unclear) {
            // Read again when due: by then it has renewed, or is found dead.
            return;
        }
        Admission.Verdict verdict = admission.of(membership.member(me.memberId()), renewals, now);
        if (verdict instanceof Admission.Verdict.Joins joins) {
            join = Optional.of(joins.request().bySomebodyWhoSaw(history.seen()));
        } else if (verdict instanceof Admission.Verdict.Inside) {
            joined(now);
            // Renewed before anything is trusted.
            renewals.dueAt(now);
        } else if (verdict instanceof Admission.Verdict.Waits waits) {
            if (waits.first()) {
                events.add(new LeaseEvent.Waits(waits.elder()));
            }
        } else if (verdict instanceof Admission.Verdict.HasTwin twin) {
            over(
                    "The member id '%s' is in use by another running job: %s. Give one of the two another lease.member.id."
                            .formatted(me.memberId(), twin.elder().description()));
        }
    }

    private void onJoined(Membership membership, long sentAt, long now) {
        doubtful = false;
        renewals.answered(sentAt);
        joined(now);
        saw(membership, sentAt, now);
    }

    private void joined(long now) {
        phase = Phase.JOINED;
        joinedAt = OptionalLong.of(now);
        events.add(new LeaseEvent.Joined());
    }

    // ------------------------------------------------------------------------------------------
    // Inside
    // ------------------------------------------------------------------------------------------

    private Optional<LeaseStep<?>> nextInside(long now) {
        if (now - beatDue() >= 0) {
            return step(new Beat(group, me, renewals.next(), history.seen()), this::onBeat);
        }
        if (doubtful) {
            return Optional.empty();
        }
        if (leasesStale) {
            Read read = history.toRead(group);
            return step(read, (changes, s, n) -> onRead(read, changes, n));
        }
        if (stateIsKnown && readable.searchedBy(now, leases)) {
            plan.changed();
        }
        return nextWrite()
                .or(() -> nextDead(now))
                .or(this::nextDeclaration)
                .or(() -> nextMove(now))
                .or(() -> nextForgetting(now))
                .or(() -> nextLook(now));
    }

    private Optional<LeaseStep<?>> nextForgetting(long now) {
        return retention
                .next(watch, leases, now)
                .flatMap(request -> step(request, (forgotten, s, n) -> onForgotten(forgotten)));
    }

    private void onForgotten(Set<String> memberIds) {
        if (!memberIds.isEmpty()) {
            leasesStale = true;
            events.add(new LeaseEvent.MembersForgotten(memberIds));
        }
    }

    /**
     * A split stands still from when its owner lets it go until it is acquired: whoever waits for
     * one looks more often than at each renewal.
     */
    private Optional<LeaseStep<?>> nextLook(long now) {
        if (lookAt.isEmpty() || now - lookAt.getAsLong() < 0) {
            return Optional.empty();
        }
        Read look = history.toRead(group);
        return step(look, (changes, s, n) -> onLook(look, changes, n));
    }

    private void onLook(Read look, LeaseChanges changes, long now) {
        if (changes.changeNumber() == look.since()) {
            lookAgain(now);
        } else {
            onRead(look, changes, now);
        }
    }

    /** Not where the next renewal comes first, which shows the same. */
    private void lookAgain(long now) {
        long at = now + terms.lookInterval().toNanos();
        lookAt =
                at - renewals.dueAt() < 0 && own.awaitsHandoff(leases)
                        ? OptionalLong.of(at)
                        : OptionalLong.empty();
    }

    private Optional<LeaseStep<?>> nextWrite() {
        return writes.discover()
                .flatMap(this::discover)
                .or(this::exclude)
                .or(() -> writes.next().flatMap(this::write));
    }

    private Optional<LeaseStep<?>> discover(Discover request) {
        return step(request, (inserted, s, n) -> onDiscovered(request, inserted));
    }

    private Optional<LeaseStep<?>> exclude() {
        List<Exclude.Excluded> splits = readable.next(leases, id -> watch.row(id).isPresent());
        if (splits.isEmpty()) {
            return Optional.empty();
        }
        Exclude request = new Exclude(group, me, splits);
        return step(
                request,
                (written, s, n) -> {
                    readable.written(request);
                    leasesStale = true;
                });
    }

    private Optional<LeaseStep<?>> write(PendingWrites.Write write) {
        return step(
                write.request(), (applied, s, n) -> leasesStale |= write.written().test(applied));
    }

    /** Closes a member that is dead: its validity is over, and so the grants of its readers. */
    private Optional<LeaseStep<?>> nextDead(long now) {
        return watch.rows().stream()
                .filter(row -> !row.incarnation().equals(me) && watch.dead(row.id()))
                .findFirst()
                .flatMap(
                        dead ->
                                step(
                                        new Close(
                                                group,
                                                dead.incarnation(),
                                                Optional.of(dead.beat()),
                                                // Those of the one it replaced may not be.
                                                watch.silentIn(dead.incarnation(), now),
                                                Duration.ZERO,
                                                history.seen()),
                                        this::saw));
    }

    /** Says that all was given away as ordered, or that it takes part again. */
    private Optional<LeaseStep<?>> nextDeclaration() {
        allCommitted &= hasDrained();
        MemberState state =
                allCommitted
                        ? MemberState.DRAINED
                        : away.isPresent() ? MemberState.AWAY : MemberState.ACTIVE;
        String says = Names.readable(away.orElse(notice), Member.LONGEST_DESCRIPTION);
        return myRow().filter(row -> row.state() != state || !row.notice().equals(says))
                .filter(row -> !rejections.holdBackDeclaration())
                .flatMap(
                        row ->
                                step(
                                        new Declare(
                                                group,
                                                me,
                                                state,
                                                says,
                                                renewals.last(),
                                                history.seen()),
                                        (members, s, n) -> onDeclared(state, members, s, n)));
    }

    private void onDeclared(MemberState state, Membership membership, long sentAt, long now) {
        saw(membership, sentAt, now);
        if (myRow().filter(row -> row.state() == state).isEmpty()) {
            rejections.declarationRejected();
        }
        // Where the table says otherwise, some lease is ours that we do not know of.
        leasesStale = true;
    }

    private boolean hasDrained() {
        return myRow().filter(row -> row.orders().drain()).isPresent()
                && stateIsKnown
                && !leasesStale
                && own.restored().isEmpty()
                && leases.isNothingOf(me.memberId());
    }

    private Optional<Member> myRow() {
        return watch.row(me.memberId()).filter(row -> row.incarnation().equals(me));
    }

    private void onBeat(Membership membership, long sentAt, long now) {
        if (refusal.isPresent()) {
            over(refusal.get());
            return;
        }
        renewals.answered(sentAt);
        if (doubtful) {
            doubtful = false;
            leasesStale = true;
        }
        saw(membership, sentAt, now);
        if (rejections.renewed(sentAt)) {
            history.doubt();
            leasesStale = true;
            plan.changed();
        }
        plan.membersRead(sentAt);
        if (!leasesStale) {
            renewals.leasesKnown();
            lookAgain(now);
        }
    }

    private void saw(Membership membership, long sentAt, long now) {
        watch.saw(membership, sentAt, now);
        ownersMayBeNew = false;
        history.saw(membership.changeNumber());
        leasesStale |= !history.isKnown();
        if (phase == Phase.JOINED
                && sinks.of(membership.members()) instanceof SinkPrefixes.Verdict.Shared shared
                && sinks.givesWayTo(shared.other())) {
            overBecause(shared);
        }
        if (plan.sawMembers(watch)) {
            // Claims stand as long as their claimants do.
            events.addAll(own.newsOfClaims(leases));
        }
    }

    private void onRead(Read read, LeaseChanges changes, long now) {
        history.read(read, changes.changeNumber());
        leasesStale = !history.isKnown();
        ownersMayBeNew = true;
        if (read.since() == 0) {
            leases.retain(changes.splitIds()).forEach(gone -> events.addAll(own.isGone(gone)));
        }
        changes.unreadable()
                .forEach(
                        (splitId, why) -> {
                            if (leases.sawUnreadable(splitId, why)) {
                                events.add(new LeaseEvent.Unreadable(splitId, why));
                            }
                        });
        changes.leases().forEach(lease -> saw(lease, now));
        Set<String> known = writes.discoveredBefore(leases);
        if (!known.isEmpty()) {
            events.add(new LeaseEvent.Known(known));
        }
        events.addAll(own.newsOfClaims(leases));
        if (!leasesStale) {
            renewals.leasesKnown();
        }
        lookAgain(now);
        plan.changed();
    }

    private void saw(Lease lease, long now) {
        Lease kept = leases.saw(lease, now);
        events.addAll(own.saw(kept));
        readable.saw(kept);
    }

    private Optional<LeaseStep<?>> nextMove(long now) {
        if (away.isPresent()) {
            return withdrawAll();
        }
        if (!stateIsKnown) {
            return Optional.empty();
        }
        if (!plan.isDue()) {
            return acquire();
        }
        plan.begun();
        // Told after its row was read, or its owner came to life since.
        leases.of(own.restored()).forEach(lease -> saw(lease, now));
        Optional<Lease> refused =
                leases.of(own.restored()).stream().filter(own::isRefused).findFirst();
        if (refused.isPresent()) {
            if (ownerMayBeNew(refused.get())) {
                plan.readAgainAt(now);
                return Optional.empty();
            }
            return refuse(refused.get());
        }
        if (quietUntil.isPresent() && now - quietUntil.getAsLong() < 0) {
            plan.readAgainAt(quietUntil.getAsLong());
            return Optional.empty();
        }
        if (waitsForOthers(now)) {
            plan.readAgainAt(joinedAt.getAsLong() + terms.initialWait().toNanos());
            return Optional.empty();
        }
        PlannedMoves moves =
                PlannedMoves.of(
                        new PlannedMoves.View(
                                me,
                                terms,
                                leases,
                                watch,
                                ownersMayBeNew,
                                readable,
                                own.notToBeAcquired(),
                                now));
        if (moves.withoutTaker() != plan.withoutTaker()) {
            events.add(new LeaseEvent.WithoutTaker(moves.withoutTaker()));
        }
        plan.made(moves);
        events.addAll(strangers.news(otherLiveMembers(), leases.toBeHad()));
        return acquire().or(() -> withdraw(moves)).or(() -> claim(moves));
    }

    private List<String> otherLiveMembers() {
        return watch.rows().stream()
                .map(Member::id)
                .filter(id -> !id.equals(me.memberId()) && watch.live(id))
                .toList();
    }

    /** Who has no readers waits for nothing; an earlier life, or an operator, may have claimed. */
    private Optional<LeaseStep<?>> withdrawAll() {
        List<String> claimed =
                leases.claimed().stream()
                        .filter(
                                lease ->
                                        lease.claim()
                                                .filter(c -> c.claimant().equals(me.memberId()))
                                                .isPresent())
                        .map(Lease::splitId)
                        .limit(LeaseRequest.MOST_SPLITS)
                        .toList();
        return claimed.isEmpty()
                ? Optional.empty()
                : step(new Withdraw(group, me, claimed), (withdrawn, s, n) -> leasesStale = true);
    }

    /** It may live though it is in no row: the members are to be read again. */
    private boolean ownerMayBeNew(Lease lease) {
        return ownersMayBeNew && lease.owner().filter(owner -> !watch.hasRow(owner)).isPresent();
    }

    /** Before anything is acquired, so that the rows stay as they are. */
    private Optional<LeaseStep<?>> refuse(Lease lease) {
        return step(
                new Locate(group, lease.splitId()),
                (progress, s, n) -> events.add(new LeaseEvent.RestoreRefused(lease, progress)));
    }

    private Optional<LeaseStep<?>> acquire() {
        List<Lease> free = notHeldBack(plan.nextToAcquire(), Lease::splitId);
        if (free.isEmpty()) {
            return Optional.empty();
        }
        Acquire request =
                new Acquire(
                        group,
                        me,
                        free.stream()
                                .map(
                                        lease ->
                                                new Acquire.Wanted(
                                                        lease.splitId(),
                                                        lease.version(),
                                                        own.tenureToAcquire(lease),
                                                        own.epochToBeBeyond(lease)))
                                .toList(),
                        history.seen());
        return step(request, (taken, s, now) -> onAcquired(request, taken, now));
    }

    /** Those that may be asked for now; the others are planned again after the next renewal. */
    private <X> List<X> notHeldBack(List<X> wanted, Function<X, String> splitId) {
        List<X> now = wanted.stream().filter(one -> !isHeldBack(splitId.apply(one))).toList();
        if (now.size() < wanted.size()) {
            plan.changed();
        }
        return now;
    }

    private boolean isHeldBack(String splitId) {
        return leases.of(splitId).filter(rejections::holdBack).isPresent();
    }

    private Optional<LeaseStep<?>> withdraw(PlannedMoves moves) {
        List<String> splits = plan.few(notHeldBack(moves.withdraw(), Function.identity()));
        return splits.isEmpty()
                ? Optional.empty()
                : step(
                        new Withdraw(group, me, splits),
                        (withdrawn, s, n) -> onChanged(splits, withdrawn));
    }

    private Optional<LeaseStep<?>> claim(PlannedMoves moves) {
        List<Claimed> splits = plan.few(notHeldBack(moves.claim(), Claimed::splitId));
        return splits.isEmpty()
                ? Optional.empty()
                : step(
                        new OwnershipRequest.Claim(group, me, splits),
                        (claimed, s, n) ->
                                onChanged(splits.stream().map(Claimed::splitId).toList(), claimed));
    }

    /** Rows were to be changed; some of them may have been other than known. */
    private void onChanged(List<String> wanted, Set<String> changed) {
        leasesStale = true;
        wanted.stream().filter(splitId -> !changed.contains(splitId)).forEach(this::rejected);
    }

    private void rejected(String splitId) {
        leases.of(splitId).ifPresent(known -> rejections.rejected(splitId, known.version()));
    }

    /** A group that nobody has ever read is given time to come together. */
    private boolean waitsForOthers(long now) {
        return now - joinedAt.getAsLong() - terms.initialWait().toNanos() < 0
                && watch.takers(me).size() < terms.initialMembers()
                && leases.neverGranted();
    }

    private void onAcquired(Acquire request, List<Acquire.Taken> taken, long now) {
        // Who lost a race, and whoever won it, shows in the rows.
        if (taken.size() < request.splits().size()) {
            leasesStale = true;
            Set<String> had =
                    taken.stream().map(one -> one.lease().splitId()).collect(Collectors.toSet());
            request.splits().stream()
                    .filter(wanted -> !had.contains(wanted.splitId()))
                    .forEach(wanted -> rejections.rejected(wanted.splitId(), wanted.version()));
        }
        if (!taken.isEmpty()) {
            history.made(taken.get(0).lease().version());
            leasesStale |= !history.isKnown();
        }
        for (Acquire.Taken one : taken) {
            LeaseEvent.Acquired.Way way =
                    leases.of(one.lease().splitId())
                            .map(before -> LeaseEvent.Acquired.Way.from(before, me))
                            .orElse(LeaseEvent.Acquired.Way.FREE);
            Lease kept = leases.saw(one.lease(), now);
            if (!readable.canRead(kept.splitId())) {
                // It had it in an earlier life; nobody of this one has read it.
                writes.released(
                        new Release.Released(kept.splitId(), kept.epoch(), Optional.empty()));
                continue;
            }
            events.addAll(own.acquired(new Acquire.Taken(kept, one.progress()), way));
        }
        events.addAll(own.newsOfClaims(leases));
    }

    private void onDiscovered(Discover request, Set<String> inserted) {
        writes.written(request);
        // Where another member was faster, its row is not known here either.
        leasesStale |=
                request.splits().stream()
                        .anyMatch(
                                split ->
                                        inserted.contains(split.splitId())
                                                || leases.of(split.splitId()).isEmpty());
        events.add(
                new LeaseEvent.Known(
                        request.splits().stream()
                                .map(Discover.NewSplit::splitId)
                                .collect(Collectors.toSet())));
    }

    // ------------------------------------------------------------------------------------------
    // Common
    // ------------------------------------------------------------------------------------------

    /** What is made of the answer to a request that was carried out. */
    private interface Applied<A> {
        void take(A answer, long sentAt, long now);
    }

    private <A> Optional<LeaseStep<?>> step(LeaseRequest<A> request, Applied<A> applied) {
        return step(request, applied, (reason, s, n) -> refused(request, reason, n));
    }

    /**
     * Who is refused is over. A renewal is sent first: it says whether the table went back, which
     * other requests do not ask.
     */
    private void refused(LeaseRequest<?> request, String reason, long now) {
        if (request instanceof Beat) {
            over(reason);
            return;
        }
        refusal = Optional.of(reason);
        doubtful = true;
        renewals.dueAt(now);
    }

    private <A> Optional<LeaseStep<?>> step(
            LeaseRequest<A> request, Applied<A> applied, Applied<String> refused) {
        return Optional.of(
                new LeaseStep<>(
                        request,
                        (outcome, sentAt, now) -> {
                            if (outcome instanceof LeaseOutcome.WentBack<A> other) {
                                wentBack(other.reason(), now);
                                return;
                            }
                            outcome.react(
                                    answer -> applied.take(answer, sentAt, now),
                                    reason -> refused.take(reason, sentAt, now),
                                    cause -> silent(sentAt, now));
                        }));
    }

    private void silent(long sentAt, long now) {
        doubtful = true;
        plan.changed();
        renewals.unanswered(sentAt, now);
    }

    private void overBecause(SinkPrefixes.Verdict.Shared sinkIs) {
        phase = Phase.OVER;
        own.over();
        events.add(
                new LeaseEvent.SinkShared(
                        "The sinks of member '%s' and of member '%s' (%s) of group '%s' both have the transactional id prefix '%s': each would end the other's transactions. Give each member a prefix of its own, and say it with lease.sink-prefixes."
                                .formatted(
                                        me.memberId(),
                                        sinkIs.other().id(),
                                        sinkIs.other().description(),
                                        group,
                                        sinkIs.prefix())));
    }

    private void over(String why) {
        phase = Phase.OVER;
        own.over();
        events.add(new LeaseEvent.Over(why));
    }

    /** What is known is of no use, and must not be acted upon: the next incarnation looks anew. */
    private void wentBack(String why, long now) {
        phase = Phase.OVER;
        wentBack = true;
        own.over();
        events.add(
                new LeaseEvent.TableWentBack(
                        group,
                        me,
                        why,
                        new LostHistory(
                                leases.highestEpoch(),
                                now + terms.deadAfter(watch.longestDuration()).toNanos())));
    }

    private long beatDue() {
        return doubtful
                ? renewals.dueAt()
                : plan.readAgainBefore(watch.worthReadingAt(renewals.dueAt(), me.memberId()));
    }
}
