package io.leasehold.simulation;

import io.leasehold.lease.Claim;
import io.leasehold.lease.Incarnation;
import io.leasehold.lease.LeaseEvent;
import io.leasehold.lease.LeaseKeeper;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseRequest.Beat;
import io.leasehold.lease.LeaseRequest.Discover.NewSplit;
import io.leasehold.lease.LeaseRequest.Recorded;
import io.leasehold.lease.LeaseRequest.Release;
import io.leasehold.lease.LeaseStep;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.ReaderAbsence;
import io.leasehold.lease.RestoreRule;
import io.leasehold.lease.RestoredPosition;
import io.leasehold.source.enumerator.WithheldSplits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One life of a job's enumerator: drives the real keeper as the connector's enumerator does, and
 * treats splits and readers as that does. Rules can be broken here; {@link ShippedEnumerator} is
 * what the connector's does.
 */
final class Enumerator implements JobMaster {

    private final Incarnation me;
    private final Machine machine;
    private final StoreWay way;
    private final Checkpoints checkpoints;
    private final World world;
    private final SimulatedJob job;
    private final LeaseKeeper keeper;
    private final SplittableRandom dice;
    private final ReportedPositions reports;

    private final WithheldSplits<Held> withheld = new WithheldSplits<>();
    private final Assigned assigned;

    /** Which time a split was asked for last, while the claim on it stands. */
    private final Map<String, Long> asked = new TreeMap<>();

    /** Which wishes to stop at once a subtask's attempt has not confirmed. */
    private final Map<Integer, Set<Long>> unconfirmed = new HashMap<>();

    private long wishes;

    /** Attempts that run or are about to, by subtask. */
    private final TreeMap<Integer, Reader> attempts = new TreeMap<>();

    private final List<Reader> allAttempts = new ArrayList<>();
    private boolean awaitsReaders = true;
    private final ReaderAbsence absence;
    private boolean away;
    private boolean everJoined;
    private boolean over;
    private boolean underWay;
    private List<LeaseRequest<?>> lastWords = List.of();
    private long turns;
    private long lastRenewal;
    private OptionalLong nextAssign = OptionalLong.empty();

    Enumerator(World world, SimulatedJob job, Incarnation me, Snapshot restored) {
        this.world = world;
        this.job = job;
        this.me = me;
        this.machine = world.machine(me.toString());
        this.dice = world.dice("enumerator " + me);
        this.way = new StoreWay(world, machine, me, job.terms());
        this.lastRenewal = machine.clock() - job.terms().duration().toNanos();
        this.keeper = world.rules.keeper(me, job.share(), job.terms(), machine.clock());
        job.remembered(machine.clock()).ifPresent(keeper::startsAfter);
        this.reports = new ReportedPositions(job.oneBehind());
        this.assigned = new Assigned(world.rules);
        this.absence =
                new ReaderAbsence(job.terms().readersTimeout(), job.terms().readersTimeout());
        this.checkpoints = new Checkpoints(world, job, this, me.toString());
        if (world.rules.sourceTellsWhatItFinds()) {
            keeper.sourceTells(Optional.of(restored.found()));
        }
        restored.withheld().forEach(withheld::withhold);
    }

    @Override
    public Incarnation me() {
        return me;
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public StoreWay way() {
        return way;
    }

    @Override
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    @Override
    public void start() {
        withheld().forEach(this::withhold);
        discovers();
        for (int subtask = 0; subtask < job.parallelism(); subtask++) {
            startReader(subtask, dice.nextLong(2 * Scenario.SECOND));
        }
        checkpoints.begin();
        turn();
    }

    private void startReader(int subtask, long after) {
        machine.after(
                after,
                () -> {
                    if (!over && !job.readersGone()) {
                        Reader reader =
                                new Reader(
                                        world,
                                        job,
                                        this,
                                        subtask,
                                        me.id() + "." + subtask + "." + allAttempts.size(),
                                        job.completed().readers().get(subtask));
                        allAttempts.add(reader);
                        attempts.put(subtask, reader);
                        reader.start();
                    }
                });
    }

    private void discovers() {
        if (over) {
            return;
        }
        List<NewSplit> found = new ArrayList<>();
        for (Scenario.Split split : job.splitsSoFar()) {
            // Where a new split starts is not the same for everybody who finds it.
            found.add(
                    new NewSplit(split.id(), split.parents(), Positions.as(dice.nextLong(20), 0)));
        }
        keeper.discovered(found);
        turn();
        machine.after(7 * Scenario.SECOND, this::discovers);
    }

    // ------------------------------------------------------------------------------- the keeper

    private void turn() {
        if (over || underWay) {
            return;
        }
        if (!world.rules.drainedIsCommitted()) {
            keeper.committed(Long.MAX_VALUE);
        }
        long now = world.rules.due(job.terms(), lastRenewal, machine.clock());
        Optional<LeaseStep<?>> step = keeper.next(now);
        long mine = ++turns;
        if (step.isPresent()) {
            underWay = true;
            if (step.get().request() instanceof Beat) {
                lastRenewal = now;
            }
            send(step.get(), machine.clock());
        } else {
            long later = Math.max(1, keeper.wakeAt(now) - now);
            machine.after(
                    later,
                    () -> {
                        if (turns == mine) {
                            turn();
                        }
                    });
        }
    }

    private <A> void send(LeaseStep<A> step, long sentAt) {
        way.send(
                step,
                answer -> {
                    underWay = false;
                    if (over) {
                        lastWords.forEach(way::say);
                        return;
                    }
                    long now = machine.clock();
                    List<LeaseEvent> learnt =
                            keeper.answered(
                                    answer,
                                    world.rules.dated(sentAt, now),
                                    world.rules.seen(sentAt, now));
                    learnt.forEach(this::learn);
                    if (!over) {
                        assign();
                        turn();
                    }
                });
    }

    private void learn(LeaseEvent event) {
        if (over) {
            return;
        }
        if (event instanceof LeaseEvent.Joined) {
            everJoined = true;
        } else if (event instanceof LeaseEvent.Acquired acquired) {
            acquired(acquired);
        } else if (event instanceof LeaseEvent.Claimed claimed) {
            claimed(claimed);
        } else if (event instanceof LeaseEvent.ClaimOver claim) {
            claimOver(claim.splitId());
        } else if (event instanceof LeaseEvent.LetGo gone) {
            letGo(gone.splitId());
        } else if (event instanceof LeaseEvent.Finished finished) {
            tellHolder(finished.splitId(), reader -> reader.forget(finished.splitId()));
            forget(finished.splitId());
        } else if (event instanceof LeaseEvent.RestoredElsewhere elsewhere) {
            letGo(elsewhere.splitId());
        } else if (event instanceof LeaseEvent.Lost lost) {
            fail("lost " + lost.splitId() + ": " + lost.why());
        } else if (event instanceof LeaseEvent.TableWentBack back) {
            job.remembers(back.lost().highestEpoch(), back.lost().quietUntil() - machine.clock());
            fail(back.why());
        } else if (event instanceof LeaseEvent.Over end) {
            fail(end.why());
        }
    }

    private void claimed(LeaseEvent.Claimed claimed) {
        String splitId = claimed.splitId();
        long number = ++wishes;
        asked.put(splitId, number);
        Optional<Reader> holder = holder(splitId);
        if (claimed.claim().kind() == Claim.Kind.FORCE) {
            assigned.keepBack(splitId);
            holder.ifPresent(
                    reader -> {
                        unconfirmed
                                .computeIfAbsent(reader.subtask, none -> new HashSet<>())
                                .add(number);
                        stop(reader, splitId, number);
                    });
        } else {
            holder.ifPresent(r -> r.toReader.send(() -> r.freeze(splitId, number)));
        }
    }

    /** An event that gets lost fails the reader it was for, but not before others may arrive. */
    private void stop(Reader reader, String splitId, long number) {
        if (world.calm() || dice.nextBoolean()) {
            reader.toReader.send(() -> reader.stop(splitId, number));
        } else {
            machine.after(
                    dice.nextLong(40 * Scenario.SECOND),
                    () -> {
                        if (!over && attempts.get(reader.subtask) == reader) {
                            readerFails(reader, Scenario.SECOND);
                        }
                    });
        }
    }

    private void claimOver(String splitId) {
        Long number = asked.remove(splitId);
        unconfirmed.values().forEach(numbers -> numbers.remove(number));
        assigned.keepBackNoMore(splitId);
        holder(splitId).ifPresent(reader -> reader.toReader.send(() -> reader.goOn(splitId)));
    }

    private void letGo(String splitId) {
        tellHolder(splitId, reader -> reader.letGo(splitId));
        forget(splitId);
    }

    /** The reader that has the split, or whose own state holds it. */
    private void tellHolder(String splitId, Consumer<Reader> event) {
        OptionalInt only = withheld.onlyOneFor(splitId);
        holder(splitId)
                .or(() -> only.isPresent() ? started(only.getAsInt()) : Optional.empty())
                .ifPresent(reader -> reader.toReader.send(() -> event.accept(reader)));
    }

    private Optional<Reader> started(int subtask) {
        return assigned.isStarted(subtask) ? Optional.of(attempts.get(subtask)) : Optional.empty();
    }

    private Optional<Reader> holder(String splitId) {
        return assigned.holderOf(splitId).map(attempts::get);
    }

    @Override
    public void stopped(Reader reader, long number) {
        if (!over && attempts.get(reader.subtask) == reader) {
            unconfirmed.getOrDefault(reader.subtask, Set.of()).remove(number);
        }
    }

    private void fail(String why) {
        readers().forEach(reader -> reader.toReader.send(reader::withdrawn));
        job.failed(this, why);
    }

    private void acquired(LeaseEvent.Acquired acquired) {
        String splitId = acquired.lease().splitId();
        if (!job.canRead(splitId)) {
            keeper.cannotRead(splitId);
            return;
        }
        long position =
                acquired.fromState()
                        ? withheld.of(splitId).orElseThrow().position()
                        : Positions.of(acquired.progress());
        Held split = new Held(position, acquired.lease().tenure(), acquired.lease().epoch());
        withheld.withhold(splitId, split);
        assigned.await(splitId, split, withheld.onlyOneFor(splitId));
    }

    private void forget(String splitId) {
        withheld.forget(splitId);
        assigned.forget(splitId);
        asked.remove(splitId);
    }

    private void heedAbsence() {
        long now = machine.clock();
        if (!world.rules.heedsAbsence()) {
            return;
        }
        if (!absence.isTooLong(allReadersRun(), now)) {
            if (away) {
                away = false;
                keeper.readersAreBack();
            }
            return;
        }
        if (!away) {
            away = true;
            keeper.withoutReaders("readers are missing");
        }
        boolean silent = assigned.lastSilence().stream().allMatch(until -> until - now <= 0);
        if (silent && keeper.heldCount() > 0) {
            giveUp();
        }
    }

    private void giveUp() {
        if (assigned.anyIsHeld()) {
            fail("readers are missing");
            return;
        }
        keeper.giveUp();
        withheld()
                .forEach(
                        (splitId, at) -> {
                            assigned.forget(splitId);
                            withhold(splitId, at);
                        });
    }

    private void assign() {
        heedAbsence();
        if (over) {
            return;
        }
        long now = machine.clock();
        for (Assigned.Assignment next : assigned.assignable(now)) {
            withheld.sent(Set.of(next.splitId()));
            assigned.logged(next, checkpoints.lastId());
            Reader reader = attempts.get(next.subtask());
            reader.toReader.send(() -> reader.assigned(next.splitId(), next.split()));
            Optional.ofNullable(asked.get(next.splitId()))
                    .ifPresent(n -> reader.toReader.send(() -> reader.freeze(next.splitId(), n)));
        }
        assigned.nextSilence(now)
                .ifPresent(
                        at -> {
                            if (nextAssign.isEmpty() || nextAssign.getAsLong() != at) {
                                nextAssign = OptionalLong.of(at);
                                machine.after(
                                        at - now,
                                        () -> {
                                            if (!over) {
                                                assign();
                                            }
                                        });
                            }
                        });
    }

    // ------------------------------------------------------------------------------ the readers

    @Override
    public void readerStarted(Reader reader, Map<String, Held> restored) {
        if (over || attempts.get(reader.subtask) != reader) {
            return;
        }
        assigned.started(reader.subtask);
        restored.forEach(
                (splitId, at) -> {
                    if (takeBack(reader.subtask, splitId, at)) {
                        holdsToo(reader.subtask, splitId);
                    } else {
                        reader.toReader.send(() -> reader.letGo(splitId));
                    }
                });
        for (String splitId : new TreeSet<>(withheld.missing(reader.subtask))) {
            asked.remove(splitId);
            keeper.orphaned(splitId);
        }
        withheld.attemptStarted(reader.subtask);
        if (awaitsReaders && allReadersRun()) {
            awaitsReaders = false;
            keeper.stateIsKnown();
        }
        assign();
        turn();
    }

    /** One split, one state: another reader whose own state holds it too is to forget it. */
    private void holdsToo(int subtask, String splitId) {
        OptionalInt other = withheld.onlyOneFor(splitId);
        if (other.isPresent() && other.getAsInt() != subtask) {
            started(other.getAsInt())
                    .ifPresent(reader -> reader.toReader.send(() -> reader.letGo(splitId)));
        }
        withheld.onlyFor(subtask, splitId);
    }

    /** Returns whether that is the position to go on from. */
    private boolean takeBack(int subtask, String splitId, Held at) {
        if (assigned.isHeld(splitId)
                || withheld.of(splitId).filter(it -> it.epoch() > at.epoch()).isPresent()) {
            return false;
        }
        withheld.cameBack(subtask, splitId);
        assigned.forget(splitId);
        withhold(splitId, at);
        return true;
    }

    private void withhold(String splitId, Held at) {
        withheld.withhold(splitId, at);
        asked.remove(splitId);
        keeper.ensureLeases(
                List.of(new NewSplit(splitId, Set.of(), Positions.as(at.position(), 0))));
        keeper.restored(splitId, new RestoredPosition(at.tenure(), at.epoch(), RestoreRule.AUTO));
    }

    /** A reader is cut off; the JobManager takes it for failed soon, and starts another. */
    @Override
    public void readerFails(Reader reader, long restartsAfter) {
        reader.cutOff();
        machine.after(
                dice.nextLong(Scenario.SECOND),
                () -> {
                    if (over || attempts.get(reader.subtask) != reader) {
                        return;
                    }
                    int subtask = reader.subtask;
                    attempts.remove(subtask);
                    checkpoints.abort();
                    unconfirmed.remove(subtask);
                    Set<String> last = assigned.gone(subtask);
                    last.forEach(asked::remove);
                    withheld.attemptGone(subtask, last);
                    reports.attemptGone(subtask);
                    Set<String> had = withheld.missing(subtask);
                    assigned.since(subtask, job.completed().id())
                            .forEach(
                                    (splitId, at) -> {
                                        if (had.contains(splitId)) {
                                            takeBack(subtask, splitId, at);
                                        }
                                    });
                    startReader(subtask, restartsAfter);
                    turn();
                });
    }

    @Override
    public void grantRequested(Reader reader, long askedAt) {
        if (over || attempts.get(reader.subtask) != reader || !assigned.isStarted(reader.subtask)) {
            return;
        }
        if (world.rules.grantsWaitForForcedReaders()
                && !unconfirmed.getOrDefault(reader.subtask, Set.of()).isEmpty()) {
            return;
        }
        long now = machine.clock();
        Duration granted = keeper.extendFor(now);
        if (!granted.isZero()) {
            assigned.granted(reader.subtask, now + LeaseTerms.byAnotherClock(granted).toNanos());
            Rules.Grant grant = new Rules.Grant(askedAt, granted.toNanos(), now);
            reader.toReader.send(() -> reader.extended(grant));
        }
    }

    @Override
    public void reported(Reader reader, long checkpointId, Reader.Report report) {
        if (!over && attempts.get(reader.subtask) == reader) {
            reports.reported(reader.subtask, checkpointId, report);
            if (!world.rules.awaitsTheCheckpoint()) {
                frozen(reports.frozen(checkpointId));
            }
        }
    }

    private void frozen(List<ReportedPositions.Frozen> splits) {
        keeper.frozen(
                splits.stream()
                        .filter(
                                split ->
                                        world.rules.knowsFreezesApart()
                                                ? Long.valueOf(split.number())
                                                        .equals(asked.get(split.splitId()))
                                                : asked.containsKey(split.splitId()))
                        .map(
                                split ->
                                        new Release.Released(
                                                split.splitId(),
                                                split.at().epoch(),
                                                Optional.of(
                                                        Positions.as(
                                                                split.at().position(),
                                                                split.checkpointId()))))
                        .toList());
    }

    @Override
    public void completed(long checkpointId) {
        if (over) {
            return;
        }
        keeper.committed(checkpointId - 1);
        frozen(reports.frozen(checkpointId));
        List<Recorded> progress = new ArrayList<>();
        List<Recorded> finished = new ArrayList<>();
        for (ReportedPositions.Due due : reports.completed(checkpointId)) {
            (due.finished() ? finished : progress)
                    .add(
                            new Recorded(
                                    due.splitId(),
                                    due.at().epoch(),
                                    Positions.as(due.at().position(), due.checkpointId())));
        }
        keeper.progressed(progress);
        keeper.finished(finished);
        progress.forEach(
                split -> keeper.measured(Map.of(split.splitId(), rateOf(split.splitId()))));
        turn();
    }

    /** A measurement trembles; while it storms, the input does. */
    private double rateOf(String splitId) {
        double steady = 10 + Math.floorMod(splitId.hashCode(), 90);
        return steady * (world.calm() ? 0.9 + 0.2 * dice.nextDouble() : 4 * dice.nextDouble());
    }

    // ---------------------------------------------------------------------------------- the end

    /** Says goodbye, when what is under way is over. */
    @Override
    public void close() {
        over = true;
        long now = machine.clock();
        long granted =
                assigned.lastSilence().stream()
                        .map(until -> Math.max(0, until - now))
                        .findFirst()
                        .orElse(0);
        lastWords = keeper.close(Duration.ofNanos(world.rules.saidOnClose(granted)), now);
        if (!underWay) {
            lastWords.forEach(way::say);
        }
    }

    @Override
    public boolean over() {
        return over;
    }

    @Override
    public boolean everJoined() {
        return everJoined;
    }

    @Override
    public boolean joined() {
        return keeper.joined();
    }

    @Override
    public boolean allReadersRun() {
        return assigned.startedCount() == job.parallelism();
    }

    @Override
    public Map<String, Held> withheld(long checkpointId) {
        return withheld();
    }

    private Map<String, Held> withheld() {
        Map<String, Held> all = new TreeMap<>();
        withheld.splitIds().forEach(id -> all.put(id, withheld.of(id).orElseThrow()));
        return all;
    }

    @Override
    public Set<String> found() {
        return keeper.found().orElse(Set.of());
    }

    @Override
    public Collection<Reader> readers() {
        return List.copyOf(attempts.values());
    }

    @Override
    public Collection<Reader> allAttempts() {
        return List.copyOf(allAttempts);
    }

    @Override
    public Optional<Reader> reader(int subtask) {
        return Optional.ofNullable(attempts.get(subtask));
    }
}
