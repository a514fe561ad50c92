package io.leasehold.source.enumerator;

import io.leasehold.lease.CheckpointTrouble;
import io.leasehold.lease.Claim;
import io.leasehold.lease.Lease;
import io.leasehold.lease.LeaseEvent;
import io.leasehold.lease.LeaseKeeper;
import io.leasehold.lease.LeaseRequest.Recorded;
import io.leasehold.lease.LeaseRequest.Release.Released;
import io.leasehold.lease.LeaseStep;
import io.leasehold.lease.LeaseStoreFactory;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.ReaderAbsence;
import io.leasehold.lease.RestoreRule;
import io.leasehold.lease.RestoredPosition;
import io.leasehold.source.enumerator.CheckpointedPositions.Due;
import io.leasehold.source.enumerator.CheckpointedPositions.Worth;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.Ended;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.SplitsLetGo;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.metrics.EnumeratorMetrics;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.FlinkRuntimeException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The member: runs the wrapped enumerator, wins leases for what it finds, and grants them to
 * readers.
 *
 * <p>The life of a split here: the wrapped enumerator assigns it (<i>discovered</i>); it gets a
 * lease unless it has one; the {@link LeaseKeeper} acquires that if the plan says so; it is sent to
 * the reader that has the fewest, with the position of this job's state or of the table; the reader
 * reports its positions with every checkpoint, and they are recorded when that is complete.
 *
 * <p>A split that comes back, with a restored reader or as one that a failed reader never
 * checkpointed, is <i>withheld</i> until it is acquired anew, in a new epoch: its position is in
 * this enumerator's checkpoints meanwhile, since nobody else remembers it.
 *
 * <p>A split that another member claims is asked of its reader, which freezes it at a barrier; when
 * that checkpoint is complete the keeper releases it at that position, and the reader, which has
 * kept it in its state, is told to let it go.
 *
 * <p>Where readers are more than one split apart, what one has too much is asked of it in the same
 * way; when it stands still in a complete checkpoint it is withheld, and goes to the reader that
 * has the fewest in a new epoch.
 *
 * <p>Coordinator thread only, but for {@link #close}.
 */
public final class LeasedSplitEnumerator<SplitT extends SourceSplit, InnerT>
        implements SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>> {

    private static final Logger LOG = LoggerFactory.getLogger(LeasedSplitEnumerator.class);

    private static final Duration RATES_MEMORY = Duration.ofMinutes(1);

    /** Makes the wrapped enumerator, new or from its state. */
    public interface InnerFactory<SplitT extends SourceSplit, InnerT> {
        SplitEnumerator<SplitT, InnerT> create(SplitEnumeratorContext<SplitT> context)
                throws Exception;
    }

    /**
     * What a source says of itself.
     *
     * @param startupTimeout how long a start tries to reach the store
     * @param deniedTimeout how long a member that the store denies access goes on before its job
     *     fails
     * @param oneBehind whether progress is recorded one checkpoint late
     * @param bounded whether the queue has an end
     * @param restore for the splits in the state that the enumerator starts from
     * @param dropsLost whether a split whose lease is lost is dropped, and the job goes on
     */
    public record Settings(
            LeaseTerms terms,
            LeaseStoreFactory stores,
            Duration startupTimeout,
            Duration deniedTimeout,
            boolean oneBehind,
            boolean bounded,
            RestoreRule restore,
            boolean dropsLost) {}

    private final SplitEnumeratorContext<LeasedSplit<SplitT>> context;
    private final SplitDiscovery<SplitT, InnerT> discovery;
    private final PositionDecoder<SplitT> decoder;
    private final Settings settings;
    private final LongSupplier nanoClock;
    private final EnumeratorMetrics metrics;
    private final LeaseLoop loop;

    private final ReaderAssignments<SplitT> assignments = new ReaderAssignments<>();
    private final ReaderGateway readers;
    private final GrantDesk grants;
    private final CheckpointedPositions positions;
    private final HandoffRequests handoffs = new HandoffRequests();
    private final RecordRates rates = new RecordRates(RATES_MEMORY);
    private final SplitBounds<SplitT> bounds;
    private final LeaseEventLog log = new LeaseEventLog();

    private final WithheldSplits<LeasedSplit<SplitT>> withheld = new WithheldSplits<>();

    private final Set<Integer> toldNoMore = new HashSet<>();

    /**
     * Whether not all readers have started yet: they may restore positions, and the first of them
     * would get every split.
     */
    private boolean awaitsReaders = true;

    private final StoreOutage outage;
    private final ReaderAbsence absence;
    private final CheckpointTrouble checkpoints;

    /** Whether readers have been missing for too long. */
    private boolean away;

    /**
     * @param boundsOf what of a split must be the same in every job, for people
     * @param restored what a checkpoint held, if this enumerator goes on from one
     * @param nanoClock this machine's monotonic clock
     * @param wallMillis its wall clock, milliseconds: shows whether the machine was suspended
     * @param counts what earlier enumerators of this source have counted
     * @param io a thread of the enumerator's own, that may wait; shut down on close
     */
    public LeasedSplitEnumerator(
            SplitEnumeratorContext<LeasedSplit<SplitT>> context,
            InnerFactory<SplitT, InnerT> innerFactory,
            Optional<LeasedEnumeratorState<SplitT, InnerT>> restored,
            SimpleVersionedSerializer<SplitT> serializer,
            Function<SplitT, String> boundsOf,
            LeaseKeeper keeper,
            Settings settings,
            LongSupplier nanoClock,
            LongSupplier wallMillis,
            LeaseCounts counts,
            ScheduledExecutorService io)
            throws Exception {
        this.context = context;
        this.readers = new ReaderGateway(context, assignments);
        this.grants =
                new GrantDesk(
                        context::runInCoordinatorThread,
                        new GrantDesk.Decisions() {
                            @Override
                            public Duration granted(int subtask, String readerId) {
                                return assignments.isCurrent(subtask, readerId)
                                        ? grant(subtask)
                                        : Duration.ZERO;
                            }

                            @Override
                            public void closed(String readerId) {
                                readersClosed(Set.of(readerId));
                            }
                        });
        this.bounds = new SplitBounds<>(boundsOf);
        this.decoder = new PositionDecoder<>(serializer, bounds);
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.absence =
                new ReaderAbsence(settings.startupTimeout(), settings.terms().readersTimeout());
        this.checkpoints = counts.checkpoints();
        this.positions = new CheckpointedPositions(settings.oneBehind());
        this.metrics = new EnumeratorMetrics(context.metricGroup(), counts, nanoClock);
        this.loop =
                new LeaseLoop(
                        keeper,
                        settings.stores(),
                        settings.terms().storeTimeout(),
                        nanoClock,
                        wallMillis,
                        io,
                        context::runInCoordinatorThread,
                        this::heard,
                        this::learn,
                        this::assign,
                        this::fail,
                        metrics);
        this.outage =
                new StoreOutage(
                        settings.startupTimeout(), settings.deniedTimeout(), restored.isPresent());
        restored.ifPresent(state -> state.withheld().forEach(this::withhold));
        keeper.sourceTells(
                restored.map(LeasedEnumeratorState::found).orElse(Optional.of(Set.of())));
        this.discovery =
                new SplitDiscovery<>(
                        context,
                        innerFactory,
                        serializer,
                        bounds,
                        restored.map(LeasedEnumeratorState::discovered).orElse(List.of()),
                        splits -> loop.tell(it -> it.discovered(splits)),
                        this::assign);
    }

    @Override
    public void start() {
        discovery.start();
        acquireAnew(withheld.all());
        loop.turn();
    }

    @Override
    public void handleSplitRequest(int subtask, String requesterHostname) {
        discovery.request(subtask, requesterHostname);
    }

    // ------------------------------------------------------------------------------------------
    // Readers
    // ------------------------------------------------------------------------------------------

    @Override
    public void addReader(int subtask) {
        forgetAttempt(subtask);
        List<LeasedSplit<SplitT>> reported =
                context.registeredReaders().get(subtask).getReportedSplitsOnRegistration();
        takeBack(subtask, reported);
        discovery.inner().addReader(subtask);
    }

    /**
     * Splits that a failed attempt was assigned since the checkpoint it goes back to. The wrapped
     * enumerator is not told: to it they are assigned for good, here they wait for the next reader.
     */
    @Override
    public void addSplitsBack(List<LeasedSplit<SplitT>> splits, int subtask) {
        forgetAttempt(subtask);
        Set<String> had = withheld.missing(subtask);
        takeBack(subtask, splits.stream().filter(split -> had.contains(split.leaseId())).toList());
    }

    private void forgetAttempt(int subtask) {
        withheld.attemptGone(subtask, assignments.gone(subtask));
        positions.attemptGone(subtask);
        grants.gone(subtask);
        handoffs.attemptGone(subtask);
        discovery.attemptGone(subtask);
        toldNoMore.remove(subtask);
    }

    /** Returns those of the splits whose position it is that is gone on from. */
    private Set<String> takeBack(int subtask, List<LeasedSplit<SplitT>> splits) {
        List<LeasedSplit<SplitT>> taken = new ArrayList<>();
        for (LeasedSplit<SplitT> split : splits) {
            if (isLatest(split)) {
                withheld.cameBack(subtask, split.leaseId());
                assignments.forget(split.leaseId());
                withhold(split);
                taken.add(split);
            }
        }
        acquireAnew(taken);
        return taken.stream().map(LeasedSplit::leaseId).collect(Collectors.toSet());
    }

    private boolean isLatest(LeasedSplit<SplitT> split) {
        Optional<LeasedSplit<SplitT>> later =
                withheld.of(split.leaseId()).filter(other -> other.epoch() > split.epoch());
        if (later.isPresent() || assignments.holderOf(split.leaseId()).isPresent()) {
            LOG.info("Ignored the restored split {}: a later position is in use.", split.splitId());
            return false;
        }
        return true;
    }

    private void withhold(LeasedSplit<SplitT> split) {
        withheld.withhold(split.leaseId(), split.withoutGrant());
        handoffs.notHeld(split.leaseId());
    }

    /** Splits that are withheld. */
    private void acquireAnew(List<LeasedSplit<SplitT>> splits) {
        if (splits.isEmpty()) {
            return;
        }
        // A reader that fails alone is not a start.
        RestoreRule rule = awaitsReaders ? settings.restore() : RestoreRule.AUTO;
        // Without a lease in the table, as after the table was lost, this is where they start.
        loop.tell(
                keeper -> {
                    keeper.ensureLeases(
                            splits.stream()
                                    .map(split -> discovery.newSplit(split.inner()))
                                    .toList());
                    splits.forEach(
                            split ->
                                    keeper.restored(
                                            split.leaseId(),
                                            new RestoredPosition(
                                                    split.tenure(), split.epoch(), rule)));
                });
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (!(event instanceof LeaseSourceEvent ours)) {
            discovery.inner().handleSourceEvent(subtask, event);
        } else if (ours instanceof ReaderStarted reader) {
            readerStarted(subtask, reader);
        } else if (ours instanceof Closed readers) {
            readersClosed(readers.closed());
        } else if (!assignments.isCurrent(subtask, ours.readerId())) {
            LOG.debug("Ignored an event of an earlier attempt of subtask {}: {}", subtask, ours);
        } else if (ours instanceof GrantRequested request) {
            Duration granted = grant(subtask);
            if (!granted.isZero()) {
                readers.send(
                        subtask, id -> new GrantExtended(id, request.askedAt(), granted.toNanos()));
            }
        } else if (ours instanceof Positions report) {
            positions.reported(subtask, report);
            count(report);
        } else if (ours instanceof Ended reader) {
            positions.ended(subtask, reader.checkpointId());
        } else if (ours instanceof Stopped stopped) {
            assignments.stopped(subtask, stopped.requests());
        } else {
            throw new IllegalStateException(
                    "The enumerator got an event that is not for it: " + event);
        }
    }

    /** Only where rates matter: it takes much to remember them. */
    private void count(Positions report) {
        if (loop.ask(LeaseKeeper::sharesByLoad)) {
            long now = nanoClock.getAsLong();
            report.emitted()
                    .forEach(
                            (splitId, emitted) ->
                                    rates.counted(report.readerId(), splitId, emitted, now));
        }
    }

    /** Of earlier attempts too. */
    private void readersClosed(Set<String> readerIds) {
        assignments.closed(readerIds);
        assign();
    }

    private void readerStarted(int subtask, ReaderStarted reader) {
        assignments.started(subtask, reader.readerId());
        grants.started(subtask, reader.readerId());
        Set<String> taken =
                takeBack(subtask, reader.restored().stream().map(decoder::ofReader).toList());
        taken.forEach(splitId -> holdsToo(subtask, splitId));
        Set<String> ignored =
                reader.restored().stream()
                        .map(Position::splitId)
                        .filter(splitId -> !taken.contains(splitId))
                        .collect(Collectors.toSet());
        if (!ignored.isEmpty()) {
            readers.send(subtask, id -> new SplitsLetGo(id, ignored));
        }
        // Neither in the state it went back to nor assigned since: only the table knows.
        Set<String> orphaned = withheld.missing(subtask);
        if (!orphaned.isEmpty()) {
            orphaned.forEach(handoffs::notHeld);
            loop.tell(keeper -> orphaned.forEach(keeper::orphaned));
        }
        withheld.attemptStarted(subtask);
        if (awaitsReaders && assignments.startedCount() >= context.currentParallelism()) {
            awaitsReaders = false;
            loop.tell(LeaseKeeper::stateIsKnown);
        }
        assign();
    }

    /**
     * A reader's own state holds a withheld split too, so that it must not go anywhere else. If
     * another reader's state does, that is told to forget it.
     */
    private void holdsToo(int subtask, String splitId) {
        OptionalInt other = withheld.onlyOneFor(splitId);
        if (other.isPresent() && other.getAsInt() != subtask) {
            readers.send(other.getAsInt(), id -> new SplitsLetGo(id, Set.of(splitId)));
        }
        withheld.onlyFor(subtask, splitId);
    }

    /** For how long a reader that asks now may emit; zero if it may not. */
    private Duration grant(int subtask) {
        if (!context.registeredReaders().containsKey(subtask)
                || assignments.isToStop(subtask)
                || (assignments.hasNone(subtask) && moreMayCome())) {
            return Duration.ZERO;
        }
        return loop.ask(keeper -> extended(subtask, keeper));
    }

    /**
     * Whether splits are on their way to readers. One that has none takes a grant for the word that
     * it gets none for now, and says that it is idle: event time would go on without a split that
     * it had before a failure and is about to get again.
     */
    private boolean moreMayCome() {
        return assignments.anyWaits() || !loop.ask(LeaseKeeper::settled);
    }

    /** While the keeper is ours: who closes it must see either this grant or that none is given. */
    private Duration extended(int subtask, LeaseKeeper keeper) {
        long now = nanoClock.getAsLong();
        Duration granted = keeper.extendFor(now);
        if (!granted.isZero()) {
            assignments.granted(subtask, now + LeaseTerms.byAnotherClock(granted).toNanos());
        }
        return granted;
    }

    // ------------------------------------------------------------------------------------------
    // Leases
    // ------------------------------------------------------------------------------------------

    private void heard(LeaseStep.Answer<?> answer) {
        Optional<StoreOutage.News> news =
                outage.heard(answer.request(), answer.outcome(), nanoClock.getAsLong());
        metrics.deniedSince(outage.deniedSince());
        news.ifPresent(log::say);
        if (news.isPresent() && news.get() instanceof StoreOutage.Fails fails) {
            if (fails.forGood()) {
                throw new StoreDeniedException(fails.cause());
            }
            fail(fails.cause());
        }
    }

    private void learn(List<LeaseEvent> events) {
        // What goes on from the table goes on from what is recorded there.
        positions.forget(
                events.stream()
                        .filter(LeaseEvent.Acquired.class::isInstance)
                        .map(LeaseEvent.Acquired.class::cast)
                        .filter(acquired -> !acquired.fromState())
                        .map(acquired -> acquired.lease().splitId())
                        .collect(Collectors.toSet()));
        events.forEach(this::learn);
    }

    private void learn(LeaseEvent event) {
        log.say(event);
        metrics.learnt(event);
        if (event instanceof LeaseEvent.Acquired acquired) {
            acquired(acquired);
        } else if (event instanceof LeaseEvent.Known known) {
            discovery.haveLeases(known.splitIds());
        } else if (event instanceof LeaseEvent.Claimed claimed) {
            handoffs.claimed(claimed.splitId(), claimed.claim().kind());
        } else if (event instanceof LeaseEvent.ClaimOver over) {
            claimOver(over.splitId());
        } else if (event instanceof LeaseEvent.LetGo gone) {
            letGo(gone.splitId());
        } else if (event instanceof LeaseEvent.Finished finished) {
            finished(finished.splitId());
        } else if (event instanceof LeaseEvent.RestoredElsewhere elsewhere) {
            letGo(elsewhere.splitId());
        } else if (event instanceof LeaseEvent.TenureBroken broken) {
            log.say(broken, inState(broken.lease()).inner());
        } else if (event instanceof LeaseEvent.RestoreRefused refused) {
            fail(new RestoreRefusedException(refused, inState(refused.lease())));
        } else if (event instanceof LeaseEvent.Joined) {
            outage.joined();
        } else if (event instanceof LeaseEvent.Lost lost) {
            lost(lost);
        } else if (event instanceof LeaseEvent.Over over) {
            withdraw(over.why());
        } else if (event instanceof LeaseEvent.TableWentBack back) {
            LostHistories.remember(
                    settings.stores(), back.group(), back.me().memberId(), back.lost());
            withdraw(back.why());
        } else if (event instanceof LeaseEvent.SinkShared shared) {
            readers.sendToAll(id -> new GrantWithdrawn(id, shared.why()));
            throw new SinkSharedException(shared.why());
        }
    }

    /** A split that the keeper was told to be restored, and did not say to be over. */
    private LeasedSplit<SplitT> inState(Lease lease) {
        return withheld.of(lease.splitId()).orElseThrow();
    }

    private void acquired(LeaseEvent.Acquired acquired) {
        Lease lease = acquired.lease();
        String splitId = lease.splitId();
        Optional<LeasedSplit<SplitT>> at =
                acquired.fromState()
                        ? Optional.of(inState(lease))
                        : decoder.inTable(splitId, acquired.progress());
        if (at.isEmpty()) {
            handoffs.notHeld(splitId);
            loop.tell(keeper -> keeper.cannotRead(splitId));
            return;
        }
        LeasedSplit<SplitT> split = at.get().grantedIn(lease.epoch(), lease.tenure());
        withheld.withhold(splitId, split);
        if (split.finished()) {
            // Nothing is left to read; only the table does not know yet.
            Recorded end = new Recorded(splitId, lease.epoch(), acquired.progress());
            loop.tell(keeper -> keeper.finished(List.of(end)));
            return;
        }
        bounds.keepsName(splitId);
        assignments.await(splitId, split, withheld.onlyOneFor(splitId));
    }

    /** The table says so, whoever read it: nobody's state need hold the split any more. */
    private void finished(String splitId) {
        withheld.of(splitId)
                .filter(restored -> !restored.finished())
                .ifPresent(
                        restored ->
                                LOG.warn(
                                        "The split '{}' has been read to its end since this state was taken, in which it was at {}; it is not read again.",
                                        splitId,
                                        restored.inner()));
        sendToHolder(splitId, readerId -> new FinishRecorded(readerId, Set.of(splitId)));
        forget(splitId);
    }

    private void claimOver(String splitId) {
        handoffs.over(splitId)
                .ifPresent(
                        asked -> {
                            assignments.stopped(asked.subtask(), Set.of(asked.number()));
                            readers.send(
                                    asked.subtask(),
                                    readerId -> new FreezeWithdrawn(readerId, Set.of(splitId)));
                        });
    }

    private void letGo(String splitId) {
        sendToHolder(splitId, readerId -> new SplitsLetGo(readerId, Set.of(splitId)));
        forget(splitId);
    }

    /** To the reader whose state holds the split, if one is there. */
    private void sendToHolder(String splitId, Function<String, LeaseSourceEvent> event) {
        OptionalInt holder = assignments.holderOf(splitId);
        (holder.isPresent() ? holder : withheld.onlyOneFor(splitId))
                .ifPresent(subtask -> readers.send(subtask, event));
    }

    private void forget(String splitId) {
        withheld.forget(splitId);
        assignments.forget(splitId);
        positions.forget(Set.of(splitId));
        handoffs.forget(splitId);
        rates.forget(splitId);
    }

    /**
     * Sends what is acquired to readers, asks for what is claimed, and tells them when there is
     * nothing more to come. Whenever something was learnt, before anything else is done.
     */
    private void assign() {
        long now = nanoClock.getAsLong();
        heedAbsence(now);
        loop.ask(keeper -> keeper.notice(checkpoints.notice(now)));
        Map<Integer, List<LeasedSplit<SplitT>>> next = new TreeMap<>();
        for (ReaderAssignments.Assignment<SplitT> one :
                assignments.assignable(
                        context.registeredReaders().keySet(), handoffs.forced(), now)) {
            next.computeIfAbsent(one.subtask(), none -> new ArrayList<>()).add(one.split());
        }
        if (!next.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(next));
            next.values()
                    .forEach(
                            splits ->
                                    withheld.sent(
                                            splits.stream().map(LeasedSplit::leaseId).toList()));
        }
        assignments.nextSilence(now).ifPresent(at -> loop.callAt(at, this::assign));
        spread();
        askForSplits();
        if (settings.bounded() && nothingMoreToCome()) {
            for (int subtask : context.registeredReaders().keySet()) {
                if (toldNoMore.add(subtask)) {
                    context.signalNoMoreSplits(subtask);
                    assignments.ends(subtask);
                }
            }
        }
    }

    /** Others may read what waits for readers that do not come. */
    private void heedAbsence(long now) {
        int readers = context.currentParallelism();
        boolean allThere =
                assignments.startedCount() >= readers
                        && context.registeredReaders().size() >= readers;
        Duration timeout = absence.timeout();
        if (!absence.isTooLong(allThere, now)) {
            if (away) {
                away = false;
                LOG.info("All readers are there: this member takes splits again.");
                loop.tell(LeaseKeeper::readersAreBack);
            }
            return;
        }
        String why =
                "%s of %s readers have been missing for %s s: no splits are taken until all are there"
                        .formatted(
                                readers - Math.min(readers, context.registeredReaders().size()),
                                readers,
                                timeout.toSeconds());
        if (!away) {
            away = true;
            LOG.warn("This member gives its splits up: {}.", why);
            loop.tell(keeper -> keeper.withoutReaders(why));
        }
        if (stillGranted().isZero() && loop.ask(LeaseKeeper::heldCount) > 0) {
            giveUp(why);
        }
    }

    /**
     * No reader has a grant. Positions that are withheld here stay, and are used if nobody else is
     * granted the split in between; readers bring theirs when they come.
     */
    private void giveUp(String why) {
        assignments
                .splits()
                .values()
                .forEach(held -> held.forEach(id -> lost(new LeaseEvent.Lost(id, why))));
        loop.tell(LeaseKeeper::giveUp);
        List<LeasedSplit<SplitT>> kept = withheld.all();
        for (LeasedSplit<SplitT> split : kept) {
            String splitId = split.leaseId();
            assignments.forget(splitId);
            handoffs.notHeld(splitId);
        }
        acquireAnew(kept);
    }

    /**
     * Where some readers have more splits than others, for whatever reason, what they have too much
     * is to move; but only while all else is at rest, since what waits for a reader goes to the one
     * that has the fewest anyway.
     *
     * <p>Not over a bounded source: readers that finish early would get splits whose records are
     * late for windows by then, which they are not if the source is not leased.
     */
    private void spread() {
        int readers = context.currentParallelism();
        if (settings.bounded()
                || assignments.startedCount() < readers
                || context.registeredReaders().size() < readers
                || assignments.isEven()
                || assignments.anyWaits()
                || !handoffs.isAtRest()) {
            return;
        }
        Map<Integer, List<String>> surplus = ReaderSpread.surplus(assignments.splits());
        if (!surplus.isEmpty() && loop.ask(LeaseKeeper::holdsAllItOwns)) {
            LOG.info("Splits of these subtasks are to move to others with fewer: {}", surplus);
            surplus.values().forEach(splitIds -> splitIds.forEach(handoffs::moves));
        }
    }

    private void askForSplits() {
        Map<Integer, Map<String, Long>> freezes = new TreeMap<>();
        Map<Integer, Map<String, Long>> stops = new TreeMap<>();
        for (HandoffRequests.Due due : handoffs.due(assignments::holderOf)) {
            boolean forced = due.kind() == Claim.Kind.FORCE;
            if (forced) {
                assignments.stopRequested(due.subtask(), due.number());
            }
            (forced ? stops : freezes)
                    .computeIfAbsent(due.subtask(), none -> new HashMap<>())
                    .put(due.splitId(), due.number());
        }
        freezes.forEach(
                (subtask, requests) ->
                        readers.send(subtask, id -> new FreezeRequested(id, requests)));
        stops.forEach(
                (subtask, requests) ->
                        readers.send(subtask, id -> new StopRequested(id, requests)));
    }

    /**
     * Everything is discovered, and every split of the group is at its end, whoever read it. Not
     * before all readers have come: the wrapped enumerator may find more for those that are to.
     */
    private boolean nothingMoreToCome() {
        return !awaitsReaders
                && !context.registeredReaders().isEmpty()
                && discovery.isComplete(context.registeredReaders().keySet())
                && loop.ask(LeaseKeeper::allFinished);
    }

    private void lost(LeaseEvent.Lost lost) {
        String splitId = lost.splitId();
        String why = "The lease of split '%s' was lost: %s.".formatted(splitId, lost.why());
        if (!settings.dropsLost()) {
            withdraw(why);
        }
        LOG.warn("{} It is dropped; what was read of it may be read again by others.", why);
        assignments
                .holderOf(splitId)
                .ifPresent(
                        subtask -> {
                            // No grant before it has stopped: this one is not to be emitted.
                            long number = handoffs.nextNumber();
                            assignments.stopRequested(subtask, number);
                            readers.send(
                                    subtask, id -> new StopRequested(id, Map.of(splitId, number)));
                        });
        assignments.emitsUntilItsGrantIsOver(splitId);
        letGo(splitId);
    }

    private void withdraw(String why) {
        readers.sendToAll(id -> new GrantWithdrawn(id, why));
        throw new LeaseLostException(why);
    }

    private void fail(Throwable cause) {
        throw new FlinkRuntimeException(cause.getMessage(), cause);
    }

    // ------------------------------------------------------------------------------------------
    // Checkpoints
    // ------------------------------------------------------------------------------------------

    @Override
    public LeasedEnumeratorState<SplitT, InnerT> snapshotState(long checkpointId) throws Exception {
        positions.begun(checkpointId);
        // Goes out before the barrier. What is sent behind it comes when the reader has taken its
        // part, so that none of the others becomes idle in between.
        assignments.subtasks().stream()
                .filter(assignments::hasNone)
                .forEach(
                        subtask -> readers.send(subtask, id -> new BarrierAhead(id, checkpointId)));
        return new LeasedEnumeratorState<>(
                discovery.inner().snapshotState(checkpointId),
                withheld.all(),
                discovery.leaseless(),
                loop.ask(LeaseKeeper::found));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        checkpoints.completed();
        CheckpointedPositions.Completed completed = positions.completed(checkpointId, this::worth);
        loop.tell(
                keeper -> {
                    record(completed, keeper);
                    keeper.measured(rates.perSecond());
                    keeper.committed(positions.committed());
                });
        // Behind the progress that is recorded now, in the epoch that ends.
        completed.moved().forEach(split -> moveOn(split.position()));
        discovery.inner().notifyCheckpointComplete(checkpointId);
    }

    private void record(CheckpointedPositions.Completed completed, LeaseKeeper keeper) {
        Map<Boolean, List<Recorded>> byEnd =
                completed.progress().stream()
                        .collect(
                                Collectors.partitioningBy(
                                        due -> due.position().finished(),
                                        Collectors.mapping(this::recorded, Collectors.toList())));
        List<Released> released = completed.released().stream().map(Due::released).toList();
        released.forEach(split -> handoffs.leaves(split.splitId(), split.epoch()));
        keeper.progressed(byEnd.get(false));
        keeper.finished(byEnd.get(true));
        keeper.frozen(released);
    }

    /** In the epoch that the split is in by now, as far as that is known. */
    private Recorded recorded(Due due) {
        String splitId = due.position().splitId();
        long reportedIn = due.position().epoch();
        if (assignments.has(due.subtask(), splitId, reportedIn)) {
            return due.recordedIn(reportedIn);
        }
        return due.recordedIn(
                withheld.of(splitId)
                        .map(LeasedSplit::epoch)
                        .or(() -> assignments.epochOf(splitId))
                        .orElse(reportedIn));
    }

    private Worth worth(Due due) {
        String splitId = due.position().splitId();
        if (!assignments.has(due.subtask(), splitId, due.position().epoch())
                || handoffs.isLeaving(splitId, due.position().epoch())) {
            return Worth.NOTHING;
        }
        if (due.frozenFor().filter(number -> handoffs.isLast(splitId, number)).isEmpty()) {
            return Worth.PROGRESS;
        }
        return handoffs.isClaimed(splitId) ? Worth.RELEASE : Worth.MOVE;
    }

    /**
     * A reader's split stands still at a position of a complete checkpoint: from now on it is
     * withheld here, until it is acquired in a new epoch for the reader with the fewest. Its reader
     * is told in the same breath, and no barrier comes between: one of the two holds it in each
     * checkpoint.
     */
    private void moveOn(Position position) {
        String splitId = position.splitId();
        sendToHolder(splitId, id -> new SplitsLetGo(id, Set.of(splitId)));
        assignments.forget(splitId);
        LeasedSplit<SplitT> split = decoder.ofReader(position);
        withhold(split);
        acquireAnew(List.of(split));
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        checkpoints.failed(nanoClock.getAsLong());
        discovery.inner().notifyCheckpointAborted(checkpointId);
    }

    /**
     * Says goodbye to the store. Why Flink closes is not known here, and readers may go on emitting
     * until their grants are over, unless they have said that they are closed.
     */
    @Override
    public void close() throws IOException {
        try {
            loop.close(this::recordTheEnd, this::stillGranted);
        } finally {
            grants.close();
            metrics.close();
            discovery.inner().close();
        }
    }

    /**
     * What the readers ended with need not wait for another checkpoint: there will be none. Where
     * the job is about to go back to an earlier one, Flink has taken its readers off the list.
     */
    private void recordTheEnd() {
        Set<Integer> subtasks = context.registeredReaders().keySet();
        if (subtasks.size() == context.currentParallelism()) {
            positions
                    .last(subtasks, this::worth)
                    .ifPresent(
                            all ->
                                    loop.tell(
                                            keeper -> {
                                                record(all, keeper);
                                                keeper.ended();
                                            }));
        }
    }

    /** Under the keeper's lock, as grants are given. */
    private Duration stillGranted() {
        OptionalLong until = assignments.lastSilence();
        return until.isPresent()
                ? Duration.ofNanos(Math.max(0, until.getAsLong() - nanoClock.getAsLong()))
                : Duration.ZERO;
    }
}
