package io.leasehold.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One attempt of a reader: emits numbered records of what it was given while its grant lasts, by
 * its own clock. It goes on until then whatever became of its job.
 */
final class Reader {

    private static final long PACE = Scenario.SECOND;

    /** What a reader tells in a checkpoint. */
    record Report(
            Map<String, Held> current, Map<String, Held> finished, Map<String, Frozen> frozen) {}

    /**
     * @param number which time it was asked for
     */
    record Frozen(Held at, long number) {}

    final int subtask;
    final String name;
    final Machine machine;
    private final World world;
    private final SimulatedJob job;
    private final JobMaster enumerator;
    final Channel toEnumerator;
    final Channel toReader;

    private final Map<String, Held> held = new TreeMap<>();
    private final Map<String, Held> heldBack = new TreeMap<>();

    /** Splits that are to stand still at the next barrier, with the number of that wish. */
    private final Map<String, Long> toFreeze = new TreeMap<>();

    private final Map<String, Frozen> frozen = new TreeMap<>();

    /** Splits that this attempt read to their end. */
    private final Map<String, Held> ended = new TreeMap<>();

    private boolean open;
    private boolean withdrawn;
    private long deadline;

    /** True time from which on nobody hears of it. */
    private long goneAt = Long.MAX_VALUE;

    Reader(
            World world,
            SimulatedJob job,
            JobMaster enumerator,
            int subtask,
            String name,
            Map<String, Held> restored) {
        this.world = world;
        this.job = job;
        this.enumerator = enumerator;
        this.subtask = subtask;
        this.name = name;
        this.machine = world.machine(name);
        this.toEnumerator = new Channel(world, enumerator.machine(), name + " up");
        this.toReader = new Channel(world, machine, name + " down");
        heldBack.putAll(restored);
    }

    void start() {
        Map<String, Held> restored = Map.copyOf(heldBack);
        toEnumerator.send(() -> enumerator.readerStarted(this, new TreeMap<>(restored)));
        asks();
        machine.after(world.dice("pace " + name).nextLong(PACE), this::emits);
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
        long askedAt = machine.clock();
        toEnumerator.sendPerhaps(() -> enumerator.grantRequested(this, askedAt));
    }

    void extended(Rules.Grant grant) {
        long now = machine.clock();
        long until = world.rules.grantedUntil(grant, now);
        if (!withdrawn && world.rules.before(now, until) && (!open || until - deadline > 0)) {
            deadline = until;
            open = true;
            // A grant is used up to its last nanosecond.
            machine.after(Math.max(0, until - now - 1), this::emit);
        }
    }

    void withdrawn() {
        withdrawn = true;
        open = false;
    }

    void assigned(String splitId, Held at) {
        if (held.putIfAbsent(splitId, at) != null) {
            throw new IllegalStateException(name + " was assigned " + splitId + " twice.");
        }
        heldBack.remove(splitId);
        world.write(
                new Fact.Started(
                        world.agenda.now(),
                        splitId,
                        job.line(),
                        attempt(at),
                        at.epoch(),
                        at.position()));
        emit();
        if (!mayEmit()) {
            ask();
        }
    }

    private String attempt(Held at) {
        return name + "@" + at.epoch();
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
        held.replaceAll(
                (splitId, at) -> {
                    if (at.position() >= job.length(splitId)) {
                        return at;
                    }
                    world.write(
                            new Fact.Emitted(
                                    world.agenda.now(),
                                    splitId,
                                    attempt(at),
                                    at.epoch(),
                                    at.position()));
                    return at.at(at.position() + 1);
                });
    }

    /** The barrier of a checkpoint has come. */
    void snapshot(long checkpointId) {
        if (withdrawn) {
            toEnumerator.send(() -> enumerator.checkpoints().declined(checkpointId));
            return;
        }
        Map<String, Held> current = new TreeMap<>();
        Map<String, Held> finished = new TreeMap<>();
        toFreeze.forEach(
                (splitId, number) -> {
                    Held at = held.get(splitId);
                    if (at != null && at.position() < job.length(splitId)) {
                        frozen.put(splitId, new Frozen(at, number));
                        if (world.rules.readerFreezesAtTheBarrier()) {
                            held.remove(splitId);
                        }
                    }
                });
        toFreeze.clear();
        held.forEach(
                (splitId, at) ->
                        (at.position() >= job.length(splitId) ? finished : current)
                                .put(splitId, at));
        ended.putAll(finished);
        if (world.rules.forgetsEndedSplits()) {
            finished.keySet().forEach(held::remove);
        }
        Map<String, Held> state = new LinkedHashMap<>(heldBack);
        state.putAll(held);
        Map<String, Held> over = new TreeMap<>(ended);
        Map<String, Held> still = new TreeMap<>();
        frozen.forEach((splitId, at) -> still.put(splitId, at.at()));
        if (world.rules.stateHoldsWhatIsFrozen()) {
            state.putAll(still);
        }
        Report report = new Report(current, finished, Map.copyOf(frozen));
        toEnumerator.send(() -> enumerator.reported(this, checkpointId, report));
        toEnumerator.send(
                () ->
                        enumerator
                                .checkpoints()
                                .acknowledged(this, checkpointId, state, over, still));
    }

    /** The end of a split is in the table. */
    void forget(String splitId) {
        held.remove(splitId);
        heldBack.remove(splitId);
    }

    /** It is to stand still at the next barrier. */
    void freeze(String splitId, long number) {
        if (held.containsKey(splitId)) {
            toFreeze.put(splitId, number);
        }
    }

    /** It is to stand still at once. */
    void stop(String splitId, long number) {
        toFreeze.remove(splitId);
        Optional.ofNullable(held.remove(splitId))
                .or(() -> Optional.ofNullable(frozen.get(splitId)).map(Frozen::at))
                .ifPresent(at -> frozen.put(splitId, new Frozen(at, number)));
        toEnumerator.send(() -> enumerator.stopped(this, number));
    }

    /** The claim is over. */
    void goOn(String splitId) {
        toFreeze.remove(splitId);
        Optional.ofNullable(frozen.remove(splitId)).ifPresent(at -> held.put(splitId, at.at()));
    }

    void letGo(String splitId) {
        toFreeze.remove(splitId);
        frozen.remove(splitId);
        forget(splitId);
    }

    List<String> holding() {
        return new ArrayList<>(held.keySet());
    }
}
