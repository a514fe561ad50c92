package io.leasehold.simulation;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.simulation.Violation.Promise;
import io.leasehold.store.memory.MemoryLeaseTable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** All that takes part in one run: the table, the jobs, the time, and what happened. */
final class World {

    static final String GROUP = "simulated";

    private static final long SECOND = Scenario.SECOND;

    /** When everything that goes wrong is over. */
    private static final long CALM = Scenario.STORMY + 35 * SECOND;

    private static final long KILL = CALM + 75 * SECOND;

    /** An outage that every member must have noticed as longer than two ticks. */
    static final Duration BLIND = Duration.ofMillis(13_000);

    private static final long[] ORIGINS = {
        0, -1, Long.MAX_VALUE - 60 * SECOND, Long.MAX_VALUE, Long.MIN_VALUE, 1_000_000 * SECOND
    };

    final Scenario scenario;
    final Rules rules;
    final Agenda agenda = new Agenda();
    final WrittenDown table;
    private final List<Fact> history = new ArrayList<>();
    private final Map<String, SimulatedJob> jobs = new LinkedHashMap<>();
    private final Map<String, Incarnation> owners = new HashMap<>();
    private final Map<Incarnation, Long> hardToClose = new HashMap<>();
    private long storeDownUntil = -1;

    private final MemoryLeaseTable memory = new MemoryLeaseTable(agenda::now);
    private final AfterTheTableWentBack aftermath = new AfterTheTableWentBack(this);

    private World(Scenario scenario, Rules rules) {
        this.scenario = scenario;
        this.rules = rules;
        this.table = new WrittenDown(rules.table(memory.open()), agenda::now, this::write);
    }

    /** Runs a scenario to its end. */
    static Run run(Scenario scenario, Rules rules) {
        World world = new World(scenario, rules);
        Optional<Violation> thrown = world.played();
        List<Violation> violations = new ArrayList<>(HistoryChecker.violations(world.history, 0));
        thrown.ifPresentOrElse(
                violations::add,
                () -> violations.addAll(CalmChecker.violations(world.history, BLIND)));
        return new Run(scenario, world.history, violations, world.agenda.steps());
    }

    /** Runs a scenario in which the table goes back, and judges it by what holds then. */
    static Run runGoingBack(Scenario scenario, Rules rules) {
        World world = new World(scenario, rules);
        List<Violation> violations = new ArrayList<>();
        world.played().ifPresent(violations::add);
        violations.addAll(LostHistoryChecker.violations(world.history, world.leases()));
        return new Run(scenario, world.history, violations, world.agenda.steps());
    }

    private List<Lease> leases() {
        return memory.open()
                .ask(new Read(GROUP, 0))
                .match(LeaseChanges::leases, refused -> List.of(), unknown -> List.of());
    }

    /** To its end, or until something is thrown. */
    private Optional<Violation> played() {
        try {
            play();
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            String where =
                    Arrays.stream(e.getStackTrace())
                            .limit(8)
                            .map(frame -> "\n    at " + frame)
                            .collect(Collectors.joining());
            return Optional.of(
                    new Violation(Promise.NOTHING_IS_THROWN, agenda.now(), "", e + where));
        }
    }

    private void play() {
        for (Scenario.Job plan : scenario.jobs()) {
            SimulatedJob job = new SimulatedJob(this, plan);
            jobs.put(plan.line(), job);
            agenda.at(plan.startsAt(), job::start);
        }
        scenario.mishaps().forEach(mishap -> agenda.at(mishap.at(), () -> strike(mishap)));
        scenario.mishaps().stream()
                .filter(Scenario.TableGoesBack.class::isInstance)
                .map(Scenario.TableGoesBack.class::cast)
                .forEach(back -> agenda.at(back.at() - back.nanos(), () -> aftermath.keep(memory)));
        agenda.at(CALM, () -> write(new Fact.Calm(agenda.now())));
        agenda.runUntil(KILL);
        List<SimulatedJob> alive = jobs.values().stream().filter(SimulatedJob::joined).toList();
        if (!alive.isEmpty()) {
            SimulatedJob killed = alive.get(dice("kill").nextInt(alive.size()));
            long ticks =
                    2
                            * alive.stream()
                                    .mapToLong(job -> job.terms().renewInterval().toNanos())
                                    .max()
                                    .orElse(0);
            long mayTake =
                    (killed.terms().duration().toNanos() + ticks) / 100 * 103 + 3 * SECOND / 2;
            killed.killForGood(Duration.ofNanos(mayTake));
            agenda.runUntil(KILL + mayTake + SECOND);
        }
        write(new Fact.Over(agenda.now()));
    }

    private void strike(Scenario.Mishap mishap) {
        if (mishap instanceof Scenario.StoreDown down) {
            storeDownUntil = Math.max(storeDownUntil, agenda.now() + down.nanos());
            write(new Fact.Outage(agenda.now(), storeDownUntil));
        } else if (mishap instanceof Scenario.TableGoesBack) {
            aftermath.goBack(memory, jobs.values());
        } else if (mishap instanceof Scenario.Ordered ordered) {
            new Operator(table).orders(jobs.get(ordered.line()).memberId(), ordered.orders());
        } else if (mishap instanceof Scenario.Moved moved) {
            new Operator(table).moves(moved, jobs.get(moved.line()).memberId());
        } else {
            jobs.get(Scenario.lineOf(mishap)).strike(mishap);
        }
    }

    /** Cuts a job off from the store, if it is there. */
    void cutOff(String line) {
        Optional.ofNullable(jobs.get(line))
                .ifPresent(job -> job.strike(new Scenario.CutOff(0, line, 20 * SECOND)));
    }

    AfterTheTableWentBack aftermath() {
        return aftermath;
    }

    void hardToClose(Incarnation incarnation, long until) {
        hardToClose.put(incarnation, until);
    }

    boolean isHardToClose(Incarnation incarnation) {
        return agenda.now() < hardToClose.getOrDefault(incarnation, -1L);
    }

    boolean storeIsDown() {
        return agenda.now() < storeDownUntil;
    }

    boolean calm() {
        return agenda.now() >= CALM;
    }

    /** Whether another job of this member id is alive. */
    boolean hasTwin(SimulatedJob job) {
        return jobs.values().stream()
                .anyMatch(
                        other ->
                                other != job
                                        && other.memberId().equals(job.memberId())
                                        && other.alive());
    }

    void write(Fact fact) {
        history.add(fact);
        if (fact instanceof Fact.Acquired acquired) {
            owners.put(acquired.splitId(), acquired.by());
        } else if (fact instanceof Fact.Claimed claim
                && claim.kind() == Claim.Kind.FORCE
                && owners.containsKey(claim.splitId())) {
            jobs.values().forEach(job -> job.forced(owners.get(claim.splitId())));
        }
    }

    /** Chance for one purpose: it stays the same whatever else is left out of the scenario. */
    SplittableRandom dice(String purpose) {
        return new SplittableRandom(scenario.seed() * 1_000_003 + purpose.hashCode());
    }

    Machine machine(String name) {
        SplittableRandom dice = dice("machine " + name);
        int drawn =
                switch (dice.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> -20_000;
                    case 2 -> 20_000;
                    default -> dice.nextInt(-20_000, 20_001);
                };
        return new Machine(
                agenda, ORIGINS[dice.nextInt(ORIGINS.length)], rules.partsPerMillion(drawn));
    }
}
