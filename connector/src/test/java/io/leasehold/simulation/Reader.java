package io.leasehold.simulation;

import io.leasehold.source.book.PositionedSplit;
import io.leasehold.source.book.ReaderBook;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.event.LeaseSourceEvent.ToReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One attempt of a reader: emits numbered records of what it was given while its grant lasts, by
 * its own clock. It goes on until then whatever became of its job.
 */
final class Reader implements ToReader.Listener {

    private static final long PACE = Scenario.SECOND;

    final int subtask;
    final String name;
    final Machine machine;
    private final World world;
    private final SimulatedJob job;
    private final Enumerator enumerator;
    private final SplittableRandom dice;
    final Channel toEnumerator;
    final Channel toReader;

    private final ReaderBook<SimulatedSplit> book = new ReaderBook<>();

    /** What the wrapped reader has, as it was granted, and where it is. */
    private final Map<String, PositionedSplit<SimulatedSplit>> granted = new TreeMap<>();

    private final Map<String, SimulatedSplit> positions = new TreeMap<>();

    /** Splits that this attempt read to their end. */
    private final Map<String, PositionedSplit<SimulatedSplit>> ended = new TreeMap<>();

    /** What it says of how many records it has read; they are more than are simulated. */
    private final Map<String, Long> counted = new TreeMap<>();

    private long countedAt;
    private boolean open;
    private boolean withdrawn;
    private long deadline;

    /** True time from which on nobody hears of it. */
    private long goneAt = Long.MAX_VALUE;

    Reader(World world, SimulatedJob job, Enumerator enumerator, int subtask, String name) {
        this.world = world;
        this.job = job;
        this.enumerator = enumerator;
        this.subtask = subtask;
        this.name = name;
        this.machine = world.machine(name);
        this.dice = world.dice("reader " + name);
        this.toEnumerator = new Channel(world, enumerator.machine, name + " up");
        this.toReader = new Channel(world, machine, name + " down");
        this.countedAt = machine.clock();
    }

    /**
     * @param restored what the last checkpoint holds of its subtask: Flink tells the enumerator, or
     *     the reader does, and holds it back
     */
    void start(List<PositionedSplit<SimulatedSplit>> restored) {
        boolean flinkReports = dice.nextBoolean();
        toEnumerator.send(() -> enumerator.registered(this, flinkReports ? restored : List.of()));
        List<Position> own = new ArrayList<>();
        if (!flinkReports) {
            restored.forEach(book::restored);
            restored.forEach(split -> own.add(SimulatedSplit.told(split)));
        }
        say(new ReaderStarted(name, own));
        asks();
        machine.after(world.dice("pace " + name).nextLong(PACE), this::emits);
    }

    private void say(LeaseSourceEvent.FromReader event) {
        toEnumerator.send(() -> enumerator.heard(this, event));
    }

    /** Its job goes on without it, or not at all: nobody hears it, and it hears of nobody. */
    void cutOff() {
        toEnumerator.cut();
        toReader.cut();
        goneAt = world.agenda.now();
    }

    private boolean lingers() {
        // What was sent to it before may still arrive.
        return world.agenda.now() - 20 * Scenario.SECOND < goneAt;
    }

    private void asks() {
        if (lingers()) {
            ask();
            machine.after(job.terms().extendInterval().toNanos(), this::asks);
        }
    }

    private void ask() {
        GrantRequested request = new GrantRequested(name, machine.clock());
        toEnumerator.sendPerhaps(() -> enumerator.heard(this, request));
    }

    /**
     * @param membersClock what that showed when it was given
     */
    void extended(GrantExtended grant, long membersClock) {
        long now = machine.clock();
        long until =
                world.rules.grantedUntil(
                        new Rules.Grant(grant.askedAt(), grant.nanos(), membersClock), now);
        if (!withdrawn && world.rules.before(now, until) && (!open || until - deadline > 0)) {
            deadline = until;
            open = true;
            // A grant is used up to its last nanosecond.
            machine.after(Math.max(0, until - now - 1), this::emit);
        }
    }

    @Override
    public void told(GrantExtended grant) {
        throw new IllegalStateException("A grant comes with the clock of who gave it.");
    }

    @Override
    public void told(GrantWithdrawn grant) {
        withdrawn = true;
        open = false;
    }

    void assigned(PositionedSplit<SimulatedSplit> split) {
        book.assigned(split);
        read(split);
        world.write(
                new Fact.Started(
                        world.agenda.now(),
                        split.splitId(),
                        job.line(),
                        attempt(split),
                        split.epoch(),
                        split.split().position()));
        emit();
        if (!mayEmit()) {
            ask();
        }
    }

    private void read(PositionedSplit<SimulatedSplit> split) {
        granted.put(split.splitId(), split);
        positions.put(split.splitId(), split.split());
    }

    private String attempt(PositionedSplit<SimulatedSplit> split) {
        return name + "@" + split.epoch();
    }

    private boolean mayEmit() {
        return open && world.rules.before(machine.clock(), deadline);
    }

    private void emits() {
        emit();
        if (lingers()) {
            machine.after(PACE, this::emits);
        }
    }

    private void emit() {
        if (!mayEmit()) {
            return;
        }
        positions.replaceAll(
                (splitId, at) -> {
                    if (isAtItsEnd(at)) {
                        return at;
                    }
                    PositionedSplit<SimulatedSplit> split = granted.get(splitId);
                    world.write(
                            new Fact.Emitted(
                                    world.agenda.now(),
                                    splitId,
                                    attempt(split),
                                    split.epoch(),
                                    at.position()));
                    return new SimulatedSplit(splitId, at.position() + 1);
                });
    }

    private boolean isAtItsEnd(SimulatedSplit split) {
        return split.position() >= job.length(split.splitId());
    }

    /** The barrier of a checkpoint has come. */
    void snapshot(long checkpointId) {
        if (withdrawn) {
            toEnumerator.send(() -> enumerator.checkpoints.declined(checkpointId));
            return;
        }
        takePositions();
        Set<String> toFreeze = book.toFreeze();
        book.freeze(toFreeze);
        if (world.rules.readerFreezesAtTheBarrier()) {
            positions.keySet().removeAll(toFreeze);
        }
        ReaderBook.Report<SimulatedSplit> report = book.report();
        say(
                new LeaseSourceEvent.Positions(
                        name,
                        checkpointId,
                        report.granted().stream().map(SimulatedSplit::told).toList(),
                        report.frozen(),
                        counted()));
        Map<String, PositionedSplit<SimulatedSplit>> still = new TreeMap<>();
        report.granted().stream()
                .filter(split -> report.frozen().containsKey(split.splitId()))
                .forEach(split -> still.put(split.splitId(), split));
        List<PositionedSplit<SimulatedSplit>> kept =
                book.state().stream()
                        .filter(
                                split ->
                                        world.rules.stateHoldsWhatIsFrozen()
                                                || !still.containsKey(split.splitId()))
                        .filter(
                                split ->
                                        !world.rules.forgetsEndedSplits()
                                                || !ended.containsKey(split.splitId()))
                        .toList();
        Map<String, PositionedSplit<SimulatedSplit>> over = new TreeMap<>(ended);
        toEnumerator.send(
                () -> enumerator.checkpoints.acknowledged(this, checkpointId, kept, over, still));
    }

    private void takePositions() {
        positions.keySet().retainAll(book.reading());
        Map<String, SimulatedSplit> at = new TreeMap<>(positions);
        at.values().removeIf(this::isAtItsEnd);
        book.took(at);
        for (PositionedSplit<SimulatedSplit> split : book.state()) {
            if (split.finished() && positions.remove(split.splitId()) != null) {
                ended.put(split.splitId(), split);
            }
        }
    }

    /** A rate trembles; while it storms, the input does. */
    private Map<String, Long> counted() {
        double seconds = (machine.clock() - countedAt) / 1e9;
        countedAt = machine.clock();
        for (String splitId : positions.keySet()) {
            double steady = 10 + Math.floorMod(splitId.hashCode(), 90);
            double trembles =
                    world.agenda.now() > Scenario.STORMY
                            ? 0.97 + 0.06 * dice.nextDouble()
                            : 4 * dice.nextDouble();
            counted.merge(splitId, (long) (steady * trembles * seconds), Long::sum);
        }
        counted.keySet().retainAll(positions.keySet());
        return Map.copyOf(counted);
    }

    /** The end of splits is in the table. */
    @Override
    public void told(FinishRecorded finished) {
        finished.splitIds().forEach(book::finishRecorded);
    }

    /** Splits are to stand still at the next barrier. */
    @Override
    public void told(FreezeRequested requested) {
        book.asked(requested.requests());
    }

    /** Splits are to stand still at once. */
    @Override
    public void told(StopRequested requested) {
        stop(requested.requests());
        say(new Stopped(name, Set.copyOf(requested.requests().values())));
    }

    private void stop(Map<String, Long> requests) {
        book.asked(requests);
        takePositions();
        Set<String> toFreeze = new TreeSet<>(book.toFreeze());
        toFreeze.retainAll(requests.keySet());
        book.freeze(toFreeze);
        positions.keySet().removeAll(toFreeze);
    }

    /** Claims are over. */
    @Override
    public void told(FreezeWithdrawn withdrawn) {
        withdrawn.splitIds().forEach(splitId -> book.thawed(splitId).ifPresent(this::read));
    }

    @Override
    public void told(DropRequested gone) {
        Map<String, Long> all = new TreeMap<>();
        gone.splitIds().forEach(splitId -> all.put(splitId, 0L));
        stop(all);
        gone.splitIds().forEach(book::drop);
        positions.keySet().removeAll(gone.splitIds());
    }

    @Override
    public void told(BarrierAhead barrier) {
        // Event time is not simulated.
    }
}
