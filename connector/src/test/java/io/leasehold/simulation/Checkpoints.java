package io.leasehold.simulation;

import io.leasehold.source.book.PositionedSplit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Flink's checkpoints in one life of a job: one at a time, of all readers or of none. */
final class Checkpoints {

    private static final long INTERVAL = 3 * Scenario.SECOND;
    private static final long GIVEN_UP_AFTER = 8 * Scenario.SECOND;

    private static final class Pending {
        final long id;
        final long since;
        final List<PositionedSplit<SimulatedSplit>> withheld;
        final Set<String> found;
        final TreeMap<Integer, List<PositionedSplit<SimulatedSplit>>> states = new TreeMap<>();
        final Map<String, Fact.At> ended = new HashMap<>();
        final Map<String, Fact.At> frozen = new HashMap<>();

        Pending(
                long id,
                long since,
                List<PositionedSplit<SimulatedSplit>> withheld,
                Set<String> found) {
            this.id = id;
            this.since = since;
            this.withheld = withheld;
            this.found = found;
        }
    }

    private final World world;
    private final SimulatedJob job;
    private final Enumerator enumerator;
    private final SplittableRandom dice;
    private Optional<Pending> pending = Optional.empty();
    private long lastId;

    Checkpoints(World world, SimulatedJob job, Enumerator enumerator, String name) {
        this.world = world;
        this.job = job;
        this.enumerator = enumerator;
        this.dice = world.dice("checkpoints " + name);
        this.lastId = job.completed().id();
    }

    /** The id of the last one that the enumerator took part in. */
    long lastId() {
        return lastId;
    }

    void begin() {
        enumerator.machine.after(dice.nextLong(INTERVAL), this::trigger);
    }

    private void trigger() {
        if (enumerator.over()) {
            return;
        }
        long now = enumerator.machine.clock();
        if (pending.isPresent() && now - pending.get().since > GIVEN_UP_AFTER) {
            abort();
        }
        if (pending.isEmpty() && enumerator.allReadersRun()) {
            lastId++;
            pending =
                    Optional.of(
                            new Pending(lastId, now, enumerator.begun(lastId), enumerator.found()));
            long id = lastId;
            enumerator.readers().forEach(reader -> reader.toReader.send(() -> reader.snapshot(id)));
        }
        enumerator.machine.after(INTERVAL, this::trigger);
    }

    void abort() {
        pending = Optional.empty();
    }

    void declined(long id) {
        pending.filter(checkpoint -> checkpoint.id == id).ifPresent(checkpoint -> abort());
    }

    void acknowledged(
            Reader reader,
            long id,
            List<PositionedSplit<SimulatedSplit>> state,
            Map<String, PositionedSplit<SimulatedSplit>> ended,
            Map<String, PositionedSplit<SimulatedSplit>> frozen) {
        if (enumerator.over() || pending.isEmpty() || pending.get().id != id) {
            return;
        }
        Pending checkpoint = pending.get();
        checkpoint.states.put(reader.subtask, state);
        put(ended, checkpoint.ended);
        put(frozen, checkpoint.frozen);
        if (checkpoint.states.size() == job.parallelism()) {
            pending = Optional.empty();
            if (job.checkpointsFail()) {
                return;
            }
            if (world.calm() || dice.nextInt(1000) >= world.scenario.noise().checkpointsFailed()) {
                complete(checkpoint);
            }
        }
    }

    private static void put(
            Map<String, PositionedSplit<SimulatedSplit>> held, Map<String, Fact.At> positions) {
        held.forEach((splitId, split) -> positions.put(splitId, Snapshot.at(split)));
    }

    private void complete(Pending checkpoint) {
        Map<String, Fact.At> ended = new HashMap<>(job.completed().ended());
        ended.putAll(checkpoint.ended);
        List<List<PositionedSplit<SimulatedSplit>>> readers =
                new ArrayList<>(checkpoint.states.values());
        job.completed(
                new Snapshot(
                        checkpoint.id,
                        checkpoint.withheld,
                        readers,
                        ended,
                        checkpoint.frozen,
                        checkpoint.found));
        // Whoever completed it may die before anybody is told.
        long later = dice.nextInt(10) == 0 ? dice.nextLong(2 * Scenario.SECOND) : 1_000_000;
        enumerator.machine.after(later, () -> enumerator.completed(checkpoint.id));
    }
}
