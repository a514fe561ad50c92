package io.leasehold.lease;

import io.leasehold.lease.LeaseRequest.Acquire;
import io.leasehold.lease.LeaseRequest.Beat;
import io.leasehold.lease.LeaseRequest.Close;
import io.leasehold.lease.LeaseRequest.Discover;
import io.leasehold.lease.LeaseRequest.Finish;
import io.leasehold.lease.LeaseRequest.Join;
import io.leasehold.lease.LeaseRequest.Open;
import io.leasehold.lease.LeaseRequest.Read;
import io.leasehold.lease.LeaseRequest.Record;
import io.leasehold.lease.LeaseRequest.Recorded;
import io.leasehold.lease.LeaseRequest.Release;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
    private final String description;
    private final LeaseTerms terms;
    private final MemberWatch watch;

    private final List<LeaseEvent> events = new ArrayList<>();
    private Phase phase = Phase.OUTSIDE;
    private boolean underWay;

    /**
     * An earlier incarnation that may be still alive.
     *
     * @param since when its row was first read
     * @param readAt when it was last read
     */
    private record Elder(Member row, long since, long readAt) {}

    private Optional<Elder> elder = Optional.empty();

    private Optional<Join> join = Optional.empty();

    /** The last one sent: none is sent twice, since observers count from when they first saw it. */
    private long beat;

    private long beatAt;
    private OptionalLong validUntil = OptionalLong.empty();

    /** Whether a request is unanswered, so that the rows may be other than we think. */
    private boolean doubtful;

    private long knownChange;
    private boolean leasesStale = true;

    /** Whether the leases were read after the members: then an owner in them may be younger. */
    private boolean ownersMayBeNew;

    private final KnownLeases leases = new KnownLeases();

    /** Epochs of the splits that may be granted to readers. */
    private final Map<String, Long> held = new HashMap<>();

    /** Tenures of the splits that this job's state holds and that are not granted yet. */
    private final Map<String, Long> restored = new HashMap<>();

    private boolean stateIsKnown;
    private OptionalLong joinedAt = OptionalLong.empty();

    /** Whether something changed that the plan depends on. */
    private boolean planDue;

    /**
     * When time alone will have changed something that the plan depends on. The members are read
     * then before anything is planned: one that was over may have come back.
     */
    private OptionalLong planAt = OptionalLong.empty();

    /** The members that the last plan was, or the next plan will be, made for. */
    private Set<Object> plannedFor = Set.of();

    private final PendingWrites writes;

    /** Splits this member cannot read, though another may. */
    private final Set<String> refused = new HashSet<>();

    /**
     * @param now a time before the first step
     */
    public LeaseKeeper(
            String group,
            Incarnation me,
            Share share,
            String description,
            LeaseTerms terms,
            long now) {
        this(group, me, share, description, terms, new MemberWatch(terms), now);
    }

    LeaseKeeper(
            String group,
            Incarnation me,
            Share share,
            String description,
            LeaseTerms terms,
            MemberWatch watch,
            long now) {
        this.group = Names.require("group", group);
        this.me = me;
        this.share = share;
        this.description = description;
        this.terms = terms;
        this.watch = watch;
        this.writes = new PendingWrites(group, me);
        this.beatAt = now;
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells
    // ------------------------------------------------------------------------------------------

    /** Splits were found in the queue; those that the group does not know become leases. */
    public void discovered(Collection<Discover.NewSplit> splits) {
        writes.discovered(splits);
    }

    /**
     * This job's state holds a split with a position taken in that tenure. If the lease can be had
     * and is in that tenure still, the state's position is used. A split held already is to be
     * granted to another reader attempt: it gets a new epoch first.
     */
    public void restored(String splitId, long tenure) {
        held.remove(splitId);
        restored.put(splitId, tenure);
        planDue = true;
    }

    /** The reader of a split is gone and its state has no position: it starts from the table's. */
    public void orphaned(String splitId) {
        held.remove(splitId);
        planDue = true;
    }

    /** All that the job's state holds has been told: before that, nothing is acquired. */
    public void stateIsKnown() {
        stateIsKnown = true;
        planDue = true;
    }

    /** Positions of a completed checkpoint are to be written. Later ones replace earlier ones. */
    public void progressed(Collection<Recorded> splits) {
        writes.progressed(splits);
    }

    /** Splits came to their end, as of a completed checkpoint. */
    public void finished(Collection<Recorded> splits) {
        writes.finished(splits);
    }

    /** A split was acquired but cannot be read here: it is released, and not taken again. */
    public void cannotRead(String splitId) {
        Long epoch = held.remove(splitId);
        refused.add(splitId);
        if (epoch != null) {
            writes.released(new Release.Released(splitId, epoch, Optional.empty()));
        }
    }

    // ------------------------------------------------------------------------------------------
    // What the job asks
    // ------------------------------------------------------------------------------------------

    /** How long from now a reader may be granted to emit what this member holds; zero if not. */
    public Duration extendFor(long now) {
        if (phase != Phase.JOINED || validUntil.isEmpty()) {
            return Duration.ZERO;
        }
        long left = Math.min(validUntil.getAsLong() - now, terms.readerGrant().toNanos());
        return Duration.ofNanos(Math.max(0, left));
    }

    public boolean joined() {
        return phase == Phase.JOINED;
    }

    public int heldCount() {
        return held.size();
    }

    /** Whether every split that was told has a row, and every row says that it is finished. */
    public boolean allFinished() {
        return phase == Phase.JOINED
                && writes.allDiscovered()
                && !leasesStale
                && leases.unfinished() == 0;
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
        boolean inTable = phase != Phase.OVER && beat > 0;
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
                        granted.compareTo(replaced) < 0 ? replaced : granted));
        return last;
    }

    // ------------------------------------------------------------------------------------------
    // Outside: until our row is in the table
    // ------------------------------------------------------------------------------------------

    private Optional<LeaseStep<?>> nextOutside(long now) {
        if (join.isPresent()) {
            LeaseStep<?> step = new LeaseStep<>(join.get(), this::onJoin);
            join = Optional.empty();
            return Optional.of(step);
        }
        if (now - beatDue() < 0) {
            return Optional.empty();
        }
        return step(new Open(group), this::onOpen);
    }

    private void onOpen(Membership membership, long sentAt, long now) {
        beatAt = now + terms.renewInterval().toNanos();
        watch.saw(membership, sentAt, now);
        Optional<Member> row = membership.member(me.memberId());
        if (row.isEmpty()) {
            join(Optional.empty(), Duration.ZERO);
        } else if (row.get().incarnation().equals(me)) {
            // Our own, of which no answer came: renew before anything is trusted.
            joined(now);
            beatAt = now;
        } else if (row.get().state() == MemberState.CLOSED) {
            join(row, row.get().emitsFor());
        } else if (watch.dead(me.memberId())) {
            join(row, watch.silentIn(row.get().incarnation(), now));
        } else {
            watchElder(row.get(), now);
        }
    }

    private void join(Optional<Member> replaced, Duration emitsFor) {
        Member row =
                new Member(
                        me,
                        ++beat,
                        MemberState.ACTIVE,
                        share,
                        replaced.map(Member::orders).orElse(Orders.NONE),
                        terms.duration(),
                        emitsFor,
                        description);
        join = Optional.of(new Join(group, row, replaced));
    }

    /**
     * It is alive if it is seen to beat after its duration; a gap in watching shows nothing (T4).
     */
    private void watchElder(Member row, long now) {
        long tooLong = 2 * terms.deadAfter(row.duration()).toNanos();
        boolean beats =
                elder.filter(seen -> now - seen.readAt() <= 2 * terms.renewInterval().toNanos())
                        .filter(seen -> !seen.row().equals(row))
                        .isPresent();
        long since = elder.map(Elder::since).orElse(now);
        if (elder.isEmpty()) {
            events.add(new LeaseEvent.Waits(row));
        }
        elder = Optional.of(new Elder(row, since, now));
        if (beats && now - since > tooLong) {
            over(
                    "The member id '%s' is in use by another running job: %s. Give one of the two another lease.member.id."
                            .formatted(me.memberId(), row.description()));
        }
    }

    private void onJoin(LeaseOutcome<Membership> outcome, long sentAt, long now) {
        outcome.react(
                membership -> {
                    doubtful = false;
                    renewed(sentAt);
                    joined(now);
                    saw(membership, sentAt, now);
                },
                // Somebody wrote the row meanwhile: look again.
                reason -> retryFrom(sentAt, now),
                cause -> silent(cause, sentAt, now));
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
            return step(new Beat(group, me, ++beat), this::onBeat);
        }
        if (doubtful) {
            return Optional.empty();
        }
        if (leasesStale) {
            return step(new Read(group, knownChange), (changes, s, n) -> onRead(changes));
        }
        return nextWrite().or(() -> nextDead(now)).or(() -> nextAcquisition(now));
    }

    private Optional<LeaseStep<?>> nextWrite() {
        return writes.discover()
                .flatMap(this::send)
                .or(() -> writes.release().flatMap(this::send))
                .or(() -> writes.finish().flatMap(this::send))
                .or(() -> writes.record().flatMap(this::send));
    }

    private Optional<LeaseStep<?>> send(Discover discover) {
        return step(discover, (inserted, s, n) -> onDiscovered(discover, inserted));
    }

    private Optional<LeaseStep<?>> send(Release release) {
        return step(
                release,
                (released, s, n) -> {
                    writes.written(release);
                    leasesStale = true;
                });
    }

    private Optional<LeaseStep<?>> send(Finish finish) {
        return step(
                finish,
                (finished, s, n) -> {
                    writes.written(finish);
                    leasesStale = true;
                });
    }

    private Optional<LeaseStep<?>> send(Record record) {
        return step(
                record,
                (recorded, s, n) -> {
                    writes.written(record);
                    // Whose condition failed has lost the lease, which shows in its row.
                    leasesStale |= recorded.size() < record.splits().size();
                });
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
                                                watch.silentIn(dead.incarnation(), now)),
                                        this::saw));
    }

    private void onBeat(Membership membership, long sentAt, long now) {
        renewed(sentAt);
        if (doubtful) {
            doubtful = false;
            leasesStale = true;
            events.add(new LeaseEvent.StoreAnswers());
        }
        saw(membership, sentAt, now);
        if (planAt.isPresent() && sentAt - planAt.getAsLong() >= 0) {
            planAt = OptionalLong.empty();
            planDue = true;
        }
    }

    /** Rule T2: dated from before it was sent. */
    private void renewed(long sentAt) {
        validUntil = OptionalLong.of(sentAt + terms.duration().toNanos());
        beatAt = sentAt + terms.renewInterval().toNanos();
    }

    private void saw(Membership membership, long sentAt, long now) {
        watch.saw(membership, sentAt, now);
        ownersMayBeNew = false;
        if (membership.changeNumber() > knownChange) {
            leasesStale = true;
        }
        Set<Object> standing = new HashSet<>();
        for (Member row : watch.rows()) {
            standing.add(
                    List.of(row.incarnation(), row.state(), row.weight(), watch.live(row.id())));
        }
        if (!standing.equals(plannedFor)) {
            plannedFor = standing;
            planDue = true;
        }
    }

    private void onRead(LeaseChanges changes) {
        leasesStale = false;
        ownersMayBeNew = true;
        knownChange = changes.changeNumber();
        changes.unreadable()
                .forEach(
                        (splitId, why) -> {
                            if (leases.sawUnreadable(splitId, why)) {
                                events.add(new LeaseEvent.Unreadable(splitId, why));
                            }
                        });
        changes.leases().forEach(this::saw);
        planDue = true;
    }

    private void saw(Lease lease) {
        String splitId = lease.splitId();
        leases.saw(lease);
        Long epoch = held.get(splitId);
        if (lease.finished() && (epoch != null || restored.containsKey(splitId))) {
            forget(splitId);
            events.add(new LeaseEvent.Finished(splitId));
        } else if (epoch != null && !(lease.ownedBy(me) && lease.epoch() == epoch)) {
            forget(splitId);
            events.add(
                    new LeaseEvent.Lost(
                            splitId,
                            lease.owner()
                                    .map(owner -> "it is held by " + owner)
                                    .orElse("it was released by someone else")));
        }
        Optional<Incarnation> other =
                lease.owner()
                        .filter(owner -> !owner.memberId().equals(me.memberId()))
                        .filter(owner -> watch.live(owner.memberId()));
        if (other.isPresent() && restored.remove(splitId) != null) {
            events.add(new LeaseEvent.RestoredElsewhere(splitId, other.get()));
        }
    }

    private void forget(String splitId) {
        held.remove(splitId);
        restored.remove(splitId);
        writes.forget(splitId);
    }

    private Optional<LeaseStep<?>> nextAcquisition(long now) {
        if (!stateIsKnown || !planDue) {
            return Optional.empty();
        }
        planDue = false;
        planAt = OptionalLong.empty();
        // Told after its row was read, or its owner came to life since.
        leases.of(List.copyOf(restored.keySet())).forEach(this::saw);
        if (waitsForOthers(now)) {
            planAt = OptionalLong.of(joinedAt.getAsLong() + terms.initialWait().toNanos());
            return Optional.empty();
        }
        AcquirableLeases acquirable = AcquirableLeases.of(me, leases, watch, ownersMayBeNew, now);
        planAt = acquirable.readAgainAt();
        List<Lease> mine =
                acquirable.leases().stream()
                        .filter(lease -> !held.containsKey(lease.splitId()))
                        .filter(lease -> !refused.contains(lease.splitId()))
                        .toList();
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        if (mine.size() > LeaseRequest.MOST_SPLITS) {
            mine = mine.subList(0, LeaseRequest.MOST_SPLITS);
            planDue = true;
        }
        Acquire request =
                new Acquire(
                        group,
                        me,
                        mine.stream()
                                .map(
                                        lease ->
                                                new Acquire.Wanted(
                                                        lease.splitId(),
                                                        lease.version(),
                                                        lease.tenure()
                                                                + (fromState(lease) ? 0 : 1)))
                                .toList());
        return step(request, (taken, s, n) -> onAcquired(request, taken));
    }

    /** A group that nobody has ever read is given time to come together. */
    private boolean waitsForOthers(long now) {
        return now - joinedAt.getAsLong() - terms.initialWait().toNanos() < 0
                && watch.takers(me).size() < terms.initialMembers()
                && leases.neverGranted();
    }

    private boolean fromState(Lease lease) {
        return Long.valueOf(lease.tenure()).equals(restored.get(lease.splitId()));
    }

    private void onAcquired(Acquire request, List<Acquire.Taken> taken) {
        // Who lost a race, and whoever won it, shows in the rows.
        leasesStale |= taken.size() < request.splits().size();
        for (Acquire.Taken one : taken) {
            Lease lease = one.lease();
            boolean fromState = fromState(lease);
            restored.remove(lease.splitId());
            leases.saw(lease);
            held.put(lease.splitId(), lease.epoch());
            events.add(new LeaseEvent.Acquired(lease, one.progress(), fromState));
        }
    }

    private void onDiscovered(Discover request, Set<String> inserted) {
        writes.written(request);
        leasesStale |= !inserted.isEmpty();
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
        return Optional.of(
                new LeaseStep<>(
                        request,
                        (outcome, sentAt, now) ->
                                outcome.react(
                                        answer -> applied.take(answer, sentAt, now),
                                        this::over,
                                        cause -> silent(cause, sentAt, now))));
    }

    private void silent(LeaseStoreException cause, long sentAt, long now) {
        events.add(new LeaseEvent.StoreSilent(cause));
        doubtful = true;
        planDue = true;
        retryFrom(sentAt, now);
    }

    /** A store that does not answer is asked again four times a tick. */
    private void retryFrom(long sentAt, long now) {
        long again = sentAt + terms.renewInterval().toNanos() / 4;
        beatAt = again - now < 0 ? now : again;
    }

    private void over(String why) {
        phase = Phase.OVER;
        held.clear();
        events.add(new LeaseEvent.Over(why));
    }

    private long beatDue() {
        if (doubtful) {
            return beatAt;
        }
        long due = watch.worthReadingAt(beatAt, me.memberId());
        return planAt.isPresent() && planAt.getAsLong() - due < 0 ? planAt.getAsLong() : due;
    }
}
