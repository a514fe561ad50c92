package io.leasehold.simulation;

import io.leasehold.lease.member.LostHistory;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** A Flink job through all its lives: what survives them is its last completed checkpoint. */
final class SimulatedJob {

    private final World world;
    private final Scenario.Job plan;
    private final SplittableRandom dice;
    private final Map<String, Long> lengths = new HashMap<>();
    private Optional<Enumerator> enumerator = Optional.empty();
    private Snapshot completed;
    private boolean over;
    private int lives;
    private long checkpointsFailUntil = -1;
    private long readsCutFor;
    private boolean readersGone;
    private Optional<Scenario.CrashWhenFrozen> frozenCrash = Optional.empty();

    /** What its process knows of a history that the table has lost, by the time of the world. */
    private Optional<LostHistory> lost = Optional.empty();

    SimulatedJob(World world, Scenario.Job plan) {
        this.world = world;
        this.plan = plan;
        this.dice = world.dice("job " + plan.line());
        this.completed =
                new Snapshot(
                        0,
                        List.of(),
                        Collections.nCopies(plan.readers(), List.of()),
                        Map.of(),
                        Map.of(),
                        Set.of());
        world.scenario.splits().forEach(split -> lengths.put(split.id(), split.length()));
    }

    String line() {
        return plan.line();
    }

    String memberId() {
        return plan.memberId();
    }

    LeaseTerms terms() {
        return plan.terms();
    }

    Share share() {
        return plan.share();
    }

    int parallelism() {
        return plan.readers();
    }

    boolean oneBehind() {
        return plan.oneBehind();
    }

    /** Its process remembers what its enumerator has learnt. */
    void remembers(long highestEpoch, long quietFor) {
        LostHistory learnt = new LostHistory(highestEpoch, world.agenda.now() + quietFor);
        lost = Optional.of(lost.map(learnt::and).orElse(learnt));
    }

    /** As a new enumerator is told, by its own clock. */
    Optional<LostHistory> remembered(long clock) {
        return lost.map(
                it ->
                        world.rules.afterwards(
                                new LostHistory(
                                        it.highestEpoch(),
                                        clock
                                                + Math.max(
                                                        0, it.quietUntil() - world.agenda.now()))));
    }

    boolean canRead(String splitId) {
        return !plan.cannotRead().equals(splitId);
    }

    long length(String splitId) {
        return lengths.get(splitId);
    }

    List<Scenario.Split> splitsSoFar() {
        return world.scenario.splits().stream()
                .filter(split -> split.appearsAt() <= world.agenda.now())
                .filter(split -> !plan.misses().contains(split.id()))
                .toList();
    }

    Snapshot completed() {
        return completed;
    }

    void completed(Snapshot checkpoint) {
        completed = checkpoint;
        world.write(new Fact.Checkpointed(world.agenda.now(), line(), checkpoint.positions()));
        if (!checkpoint.frozen().isEmpty() && frozenCrash.isPresent() && !world.calm()) {
            long restartsAfter = frozenCrash.get().restartsAfter();
            frozenCrash = Optional.empty();
            enumerator.ifPresent(current -> crash(current, restartsAfter));
        }
    }

    /** One of its splits was forced. */
    void forced(Incarnation owner) {
        enumerator
                .filter(current -> current.me.equals(owner) && readsCutFor > 0)
                .ifPresent(
                        current -> {
                            current.way.cutReads(readsCutFor);
                            readsCutFor = 0;
                        });
    }

    boolean checkpointsFail() {
        return world.agenda.now() < checkpointsFailUntil && !world.calm();
    }

    /** Whether it runs, or will. */
    boolean alive() {
        return !over && lives > 0;
    }

    Optional<Incarnation> incarnation() {
        return enumerator.map(current -> current.me);
    }

    boolean joined() {
        return alive() && enumerator.filter(Enumerator::joined).isPresent();
    }

    void start() {
        if (over || enumerator.isPresent()) {
            return;
        }
        lives++;
        Incarnation me = new Incarnation(memberId(), line() + "-" + lives);
        world.write(new Fact.Lives(world.agenda.now(), line(), me, plan.cannotHave()));
        Enumerator next = new Enumerator(world, this, me, completed);
        enumerator = Optional.of(next);
        next.start();
    }

    // ------------------------------------------------------------------------------------ fate

    void strike(Scenario.Mishap mishap) {
        readersGone |= mishap instanceof Scenario.ReadersGone;
        if (mishap instanceof Scenario.CheckpointsFail fail) {
            checkpointsFailUntil = world.agenda.now() + fail.nanos();
        }
        if (enumerator.isEmpty()) {
            return;
        }
        Enumerator current = enumerator.get();
        if (mishap instanceof Scenario.Crash crash) {
            crash(current, crash.restartsAfter());
        } else if (mishap instanceof Scenario.Stop stop) {
            if (!current.machine.frozen()) {
                current.close();
                gone(current, "stop");
                if (stop.forGood()) {
                    stopped("stopped for good");
                } else {
                    restartAfter(stop.restartsAfter());
                }
            }
        } else if (mishap instanceof Scenario.Freeze freeze) {
            current.machine.freeze(freeze.nanos());
            trouble(current, "frozen", world.agenda.now() + freeze.nanos());
        } else if (mishap instanceof Scenario.FreezeWhenForcing freeze) {
            current.way.freezeWhenForcing(freeze.nanos());
        } else if (mishap instanceof Scenario.ReadsCutWhenForced cut) {
            readsCutFor = cut.nanos();
        } else if (mishap instanceof Scenario.CrashWhenFrozen crash) {
            frozenCrash = Optional.of(crash);
        } else if (mishap instanceof Scenario.FreezeBeforeAnswer freeze) {
            current.way.freezeBeforeAnswer(freeze.nanos());
        } else if (mishap instanceof Scenario.SeenThenLost seen) {
            trouble(current, "frozen before sending", world.agenda.now() + 2 * seen.nanos());
            current.way.holdsNext(seen.nanos(), () -> world.cutOff(seen.lost()));
        } else if (mishap instanceof Scenario.CutOff cut) {
            current.way.cutOff(cut.nanos());
            trouble(current, "cut off", world.agenda.now() + cut.nanos());
        } else if (mishap instanceof Scenario.FreezeReader freeze) {
            current.reader(freeze.reader())
                    .ifPresent(reader -> reader.machine.freeze(freeze.nanos()));
        } else if (mishap instanceof Scenario.ReadersGone) {
            current.readersGo();
        } else if (mishap instanceof Scenario.ReaderFails fails) {
            current.reader(fails.reader())
                    .ifPresent(reader -> current.readerFails(reader, fails.restartsAfter()));
        }
    }

    /** Whether no reader is started any more. */
    boolean readersGone() {
        return readersGone;
    }

    private void crash(Enumerator current, long restartsAfter) {
        current.machine.die();
        lost = Optional.empty();
        gone(current, "crash");
        restartAfter(restartsAfter);
    }

    void killForGood(Duration mayTake) {
        Enumerator current = enumerator.orElseThrow();
        world.write(new Fact.Killed(world.agenda.now(), line(), current.me, mayTake));
        current.machine.die();
        gone(current, "killed");
        stopped("killed");
    }

    /** The enumerator lost what its job rests on: Flink starts the job again. */
    void failed(Enumerator failed, String why) {
        if (enumerator.filter(current -> current == failed).isEmpty()) {
            return;
        }
        failed.close();
        gone(failed, "failed: " + why);
        if (!failed.everJoined() && world.hasTwin(this)) {
            stopped(why);
        } else {
            restartAfter(dice.nextLong(Scenario.SECOND / 10, 2 * Scenario.SECOND));
        }
    }

    private void gone(Enumerator current, String why) {
        trouble(current, why, Long.MAX_VALUE);
        world.aftermath().isOver(current.me);
        current.allAttempts().forEach(Reader::cutOff);
        enumerator = Optional.empty();
    }

    private void stopped(String why) {
        over = true;
        world.write(new Fact.Stopped(world.agenda.now(), line(), why));
    }

    private void restartAfter(long nanos) {
        world.agenda.at(world.agenda.now() + nanos, this::start);
    }

    private void trouble(Enumerator current, String what, long until) {
        world.write(new Fact.Trouble(world.agenda.now(), current.me.toString(), what, until));
    }
}
