package io.leasehold.simulation;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who takes part in a run and what goes wrong in it. Everything smaller, such as how long each
 * message takes, is drawn from the seed, for each machine on its own: leaving one thing out of a
 * scenario leaves the others as they were.
 */
record Scenario(long seed, List<Job> jobs, List<Split> splits, List<Mishap> mishaps, Noise noise) {

    /**
     * A line of Flink state.
     *
     * @param memberId its member id; twins have the same
     * @param readers its parallelism
     * @param oneBehind whether it records progress one checkpoint late
     * @param cannotRead a split that this job cannot decode; empty if there is none
     * @param misses splits that its source does not find
     */
    record Job(
            String line,
            String memberId,
            long startsAt,
            int readers,
            boolean oneBehind,
            String cannotRead,
            Set<String> misses,
            Share share,
            LeaseTerms terms) {

        /** What it must not be given, or gives back. */
        Set<String> cannotHave() {
            Set<String> all = new TreeSet<>(misses);
            if (!cannotRead.isEmpty()) {
                all.add(cannotRead);
            }
            return all;
        }

        Job missing(Set<String> missed) {
            return new Job(
                    line, memberId, startsAt, readers, oneBehind, cannotRead, missed, share, terms);
        }

        /** Another line of the same member, without any state of this one. */
        Job next(String nextLine, long at) {
            return new Job(
                    nextLine, memberId, at, readers, oneBehind, cannotRead, misses, share, terms);
        }
    }

    /**
     * @param length where it ends; Long.MAX_VALUE if it does not
     */
    record Split(String id, Set<String> parents, long appearsAt, long length) {}

    /** What goes wrong all the time, in messages of a thousand. */
    record Noise(int requestsLost, int answersLost, int slow, int late, int checkpointsFailed) {}

    /** What goes wrong at a time. */
    sealed interface Mishap {
        long at();
    }

    record StoreDown(long at, long nanos) implements Mishap {}

    /** The JobManager is killed; its readers go on until their grants are over. */
    record Crash(long at, String line, long restartsAfter) implements Mishap {}

    /** The job is stopped as Flink stops it, and started again, or not. */
    record Stop(long at, String line, boolean forGood, long restartsAfter) implements Mishap {}

    record Freeze(long at, String line, long nanos) implements Mishap {}

    record FreezeReader(long at, String line, int reader, long nanos) implements Mishap {}

    /** A JobManager is frozen while an answer is on its way, and then cannot reach the store. */
    record FreezeBeforeAnswer(long at, String line, long nanos) implements Mishap {}

    /**
     * A JobManager is frozen between looking at its clock and sending; another member is cut off
     * from the store as soon as that request is carried out.
     */
    record SeenThenLost(long at, String line, long nanos, String lost) implements Mishap {}

    /** A member alone cannot reach the store. */
    record CutOff(long at, String line, long nanos) implements Mishap {}

    /** A TaskManager is cut off: it knows of nothing, and its reader goes on elsewhere. */
    record ReaderFails(long at, String line, int reader, long restartsAfter) implements Mishap {}

    /** All TaskManagers of a job are gone for good; its JobManager goes on. */
    record ReadersGone(long at, String line) implements Mishap {}

    /** An operator tells the member of a job something. */
    record Ordered(long at, String line, Orders orders) implements Mishap {}

    /**
     * An operator has a split that another member holds claimed on behalf of a job's member.
     *
     * @param which the how manieth of those splits, counted round
     * @param inReturn whether one of the member's own goes the other way, if it has any
     */
    record Moved(long at, String line, int which, boolean inReturn, Claim.Kind kind)
            implements Mishap {}

    /** No checkpoint of a job completes: it cannot let go of anything. */
    record CheckpointsFail(long at, String line, long nanos) implements Mishap {}

    /**
     * A member is frozen when it has forced a split, until others take it for dead; when they would
     * close it, that takes long.
     */
    record FreezeWhenForcing(long at, String line, long nanos) implements Mishap {}

    /**
     * From when one of its splits is forced on, a member renews but cannot read its leases: they
     * are too many for its time-out.
     */
    record ReadsCutWhenForced(long at, String line, long nanos) implements Mishap {}

    /** A job is killed when a checkpoint with frozen splits is complete, before anybody knows. */
    record CrashWhenFrozen(long at, String line, long restartsAfter) implements Mishap {}

    /** The table loses what was done in the last nanoseconds: a replica takes over that lagged. */
    record TableGoesBack(long at, long nanos) implements Mishap {}

    static final long SECOND = 1_000_000_000L;

    /** How long things go wrong. */
    static final long STORMY = 90 * SECOND;

    private static final List<LeaseTerms> TERMS =
            List.of(
                    LeaseTerms.lasting(Duration.ofSeconds(10))
                            .handoffTimeout(Duration.ofSeconds(10))
                            .readersTimeout(Duration.ofSeconds(12))
                            .build(),
                    LeaseTerms.lasting(Duration.ofSeconds(6))
                            .handoffTimeout(Duration.ofSeconds(8))
                            .readersTimeout(Duration.ofSeconds(30))
                            .restartHold(Duration.ofSeconds(8))
                            .build(),
                    // The most a grant may be, and a margin of 5 % alone.
                    new LeaseTerms(
                            Duration.ofSeconds(10),
                            Duration.ofMillis(500),
                            Duration.ofMillis(450),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(10),
                            1,
                            Duration.ZERO),
                    // The longest tick.
                    new LeaseTerms(
                            Duration.ofSeconds(12),
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(6),
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(12),
                            2,
                            Duration.ofSeconds(5)));

    /** The scenario of that seed. */
    static Scenario of(long seed) {
        Random dice = new Random(seed);
        LeaseTerms common = TERMS.get(dice.nextInt(TERMS.size()));
        boolean mixed = dice.nextInt(3) == 0;
        int members = 2 + dice.nextInt(4);
        boolean together = dice.nextBoolean();
        boolean equal = dice.nextBoolean();
        Balance balance = dice.nextInt(6) == 0 ? Balance.LOAD : Balance.COUNT;
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            long startsAt = together ? 0 : dice.nextInt(60) * SECOND;
            Share share =
                    new Share(
                            equal ? 1 : dice.nextInt(4),
                            dice.nextInt(20) == 0 ? 1 + dice.nextInt(3) : Share.ANY_NUMBER,
                            balance);
            LeaseTerms terms = mixed ? TERMS.get(dice.nextInt(TERMS.size())) : common;
            String name = String.valueOf((char) ('a' + i));
            jobs.add(
                    new Job(
                            name,
                            name,
                            startsAt,
                            1 + dice.nextInt(2),
                            dice.nextBoolean(),
                            dice.nextInt(8) == 0 ? "s1" : "",
                            Set.of(),
                            share,
                            terms));
        }
        if (dice.nextInt(4) == 0) {
            Job twin = jobs.get(dice.nextInt(members));
            jobs.add(
                    new Job(
                            twin.line() + "2",
                            twin.memberId(),
                            dice.nextInt(4) == 0 ? twin.startsAt() : upTo(dice, 60 * SECOND),
                            1,
                            false,
                            "",
                            Set.of(),
                            twin.share(),
                            twin.terms()));
        }
        List<Mishap> mishaps = new ArrayList<>();
        for (int i = dice.nextInt(16); i > 0; i--) {
            Mishap mishap = mishap(dice, jobs);
            mishaps.add(mishap);
            if (mishap instanceof Ordered told && told.orders().drain() && dice.nextBoolean()) {
                // As operators do, some too early.
                long later = told.at() + 5 * SECOND + upTo(dice, 20 * SECOND);
                mishaps.add(new Stop(later, told.line(), dice.nextBoolean(), SECOND));
            } else if (mishap instanceof Ordered told && told.orders().drain()) {
                // He thinks better of it, and then worse again.
                long back = told.at() + 3 * SECOND + upTo(dice, 8 * SECOND);
                mishaps.add(new Ordered(back, told.line(), Orders.NONE));
                long again = back + 2 * SECOND + upTo(dice, 6 * SECOND);
                mishaps.add(new Ordered(again, told.line(), told.orders()));
            }
        }
        if (dice.nextInt(4) == 0) {
            if (dice.nextBoolean()) {
                mishaps.clear();
            }
            mishaps.addAll(stubborn(dice, jobs));
        }
        List<Split> splits = splits(dice);
        Noise noise = noise(dice);
        if (dice.nextInt(3) == 0) {
            mishaps.addAll(Operator.atWork(dice, jobs));
        }
        // Drawn apart, so that all else is as it was.
        Random silence = new Random(31 * seed + 7);
        if (silence.nextInt(9) == 0) {
            mishaps.clear();
            mishaps.addAll(silentClaimants(silence, jobs));
        }
        Random sources = new Random(~seed);
        if (sources.nextInt(5) == 0) {
            jobs.replaceAll(
                    job -> sources.nextBoolean() ? job : job.missing(some(sources, splits)));
        }
        if (sources.nextInt(8) == 0) {
            // Stopped, and started without state, with a source that finds something else.
            Job job = jobs.get(sources.nextInt(jobs.size()));
            long at = upTo(sources, 70 * SECOND);
            mishaps.add(new Stop(at, job.line(), true, 0));
            jobs.add(
                    job.next(job.line() + "3", at + SECOND + upTo(sources, 10 * SECOND))
                            .missing(some(sources, splits)));
        }
        if (sources.nextInt(8) == 0) {
            Job job = jobs.get(sources.nextInt(jobs.size()));
            mishaps.add(new ReadersGone(upTo(sources, 60 * SECOND), job.line()));
        }
        return new Scenario(seed, jobs, splits, mishaps, noise);
    }

    /** The scenario of that seed, in which the table goes back once, often during an outage. */
    static Scenario goingBack(long seed) {
        Scenario storm = of(seed);
        Random dice = new Random(31 * seed + 17);
        long lost = upTo(dice, dice.nextBoolean() ? 3 * SECOND : 15 * SECOND);
        long at = lost + upTo(dice, STORMY - lost);
        List<Mishap> mishaps = new ArrayList<>(storm.mishaps());
        mishaps.add(new TableGoesBack(at, lost));
        if (dice.nextBoolean()) {
            long before = upTo(dice, 2 * SECOND);
            mishaps.add(new StoreDown(at - before, before + upTo(dice, 10 * SECOND)));
        }
        return new Scenario(seed, storm.jobs(), storm.splits(), mishaps, storm.noise());
    }

    private static Set<String> some(Random dice, List<Split> splits) {
        Set<String> some = new TreeSet<>();
        for (int i = 1 + dice.nextInt(2); i > 0; i--) {
            some.add(splits.get(dice.nextInt(splits.size())).id());
        }
        return some;
    }

    /** One job never lets go, and what others force on it meets with trouble. */
    private static List<Mishap> stubborn(Random dice, List<Job> jobs) {
        Job stubborn = jobs.get(dice.nextInt(jobs.size()));
        long duration = stubborn.terms().duration().toNanos();
        List<Mishap> trouble = new ArrayList<>();
        trouble.add(new CheckpointsFail(0, stubborn.line(), STORMY));
        trouble.add(
                new Ordered(
                        upTo(dice, 60 * SECOND),
                        stubborn.line(),
                        new Orders(true, OptionalInt.empty())));
        if (dice.nextBoolean()) {
            trouble.add(
                    new ReadsCutWhenForced(
                            stubborn.startsAt() + SECOND, stubborn.line(), 3 * duration));
        }
        for (Job job : jobs) {
            if (job != stubborn && dice.nextBoolean()) {
                trouble.add(freezeWhenForcing(dice, job.startsAt() + SECOND, job));
            }
        }
        return trouble;
    }

    /**
     * The job that is there first never lets go, and whoever forces its splits is silent until
     * others see it dead.
     */
    private static List<Mishap> silentClaimants(Random dice, List<Job> jobs) {
        Job stubborn = jobs.stream().min(Comparator.comparingLong(Job::startsAt)).orElseThrow();
        List<Mishap> trouble = new ArrayList<>();
        trouble.add(new CheckpointsFail(0, stubborn.line(), STORMY));
        trouble.add(
                new Ordered(
                        10 * SECOND + upTo(dice, 40 * SECOND),
                        stubborn.line(),
                        new Orders(true, OptionalInt.empty())));
        jobs.stream()
                .filter(job -> job != stubborn)
                .map(job -> freezeWhenForcing(dice, job.startsAt() + SECOND, job))
                .forEach(trouble::add);
        return trouble;
    }

    private static Mishap freezeWhenForcing(Random dice, long at, Job job) {
        return new FreezeWhenForcing(
                at,
                job.line(),
                job.terms().deadAfter(job.terms().duration()).toNanos() + upTo(dice, 4 * SECOND));
    }

    private static List<Split> splits(Random dice) {
        List<Split> splits = new ArrayList<>();
        for (int i = 1 + dice.nextInt(6); i > 0; i--) {
            long appearsAt = dice.nextInt(3) == 0 ? upTo(dice, 60 * SECOND) : 0;
            long length = dice.nextInt(3) == 0 ? 30 + dice.nextInt(60) : Long.MAX_VALUE;
            String id = "s" + i;
            splits.add(new Split(id, Set.of(), appearsAt, length));
            if (length != Long.MAX_VALUE && dice.nextBoolean()) {
                long later = appearsAt + upTo(dice, 30 * SECOND);
                splits.add(new Split(id + "l", Set.of(id), later, Long.MAX_VALUE));
                splits.add(new Split(id + "r", Set.of(id), later, Long.MAX_VALUE));
            } else if (length != Long.MAX_VALUE && splits.size() > 1 && dice.nextBoolean()) {
                // Two that become one.
                String other = splits.get(dice.nextInt(splits.size() - 1)).id();
                splits.add(
                        new Split(
                                id + "m",
                                Set.of(id, other),
                                appearsAt + upTo(dice, 30 * SECOND),
                                Long.MAX_VALUE));
            }
        }
        return splits;
    }

    private static Noise noise(Random dice) {
        if (dice.nextInt(3) == 0) {
            return new Noise(0, 0, 0, 0, 0);
        }
        return new Noise(
                dice.nextInt(60),
                dice.nextInt(120),
                dice.nextInt(200),
                dice.nextInt(30),
                dice.nextInt(300));
    }

    private static Mishap mishap(Random dice, List<Job> jobs) {
        long at = upTo(dice, STORMY);
        Job job = jobs.get(dice.nextInt(jobs.size()));
        // Much happens at the ends of leases.
        long duration = job.terms().duration().toNanos();
        long nanos =
                dice.nextBoolean() ? upTo(dice, 30 * SECOND) : duration / 2 + upTo(dice, duration);
        long soon = dice.nextBoolean() ? upTo(dice, 2 * SECOND) : upTo(dice, 20 * SECOND);
        return switch (dice.nextInt(26)) {
            case 19, 20, 21 -> freezeWhenForcing(dice, at, job);
            case 17, 18 -> new ReadsCutWhenForced(at, job.line(), duration + nanos);
            case 22, 24, 25 -> new CrashWhenFrozen(at, job.line(), soon);
            case 12, 13 -> new Ordered(at, job.line(), orders(dice));
            case 14, 15, 16, 23 ->
                    new CheckpointsFail(at, job.line(), nanos + upTo(dice, 60 * SECOND));
            case 0 -> new StoreDown(at, nanos);
            case 1, 2 -> new Crash(at, job.line(), soon);
            case 3 -> new Stop(at, job.line(), dice.nextInt(3) == 0, soon);
            case 4, 5 -> new Freeze(at, job.line(), nanos);
            case 6 -> new FreezeReader(at, job.line(), dice.nextInt(job.readers()), nanos);
            case 8 -> {
                Job other = jobs.get(dice.nextInt(jobs.size()));
                long tick = job.terms().renewInterval().toNanos();
                yield new SeenThenLost(
                        at,
                        job.line(),
                        dice.nextInt(3) == 0 ? 0 : tick + upTo(dice, tick),
                        other.line());
            }
            case 9 -> new FreezeBeforeAnswer(at, job.line(), upTo(dice, duration));
            case 7, 10 -> new CutOff(at, job.line(), nanos);
            default -> new ReaderFails(at, job.line(), dice.nextInt(job.readers()), soon);
        };
    }

    private static Orders orders(Random dice) {
        return new Orders(
                dice.nextBoolean(),
                dice.nextInt(3) == 0 ? OptionalInt.of(dice.nextInt(4)) : OptionalInt.empty());
    }

    private static long upTo(Random dice, long nanos) {
        return (long) (dice.nextDouble() * nanos);
    }

    // ------------------------------------------------------------------------------- shorter ones

    /** Scenarios with one thing less. */
    List<Scenario> simpler() {
        List<Scenario> simpler = new ArrayList<>();
        for (Job job : jobs) {
            if (jobs.size() > 1) {
                simpler.add(without(job));
            }
        }
        for (Mishap mishap : mishaps) {
            simpler.add(new Scenario(seed, jobs, splits, but(mishaps, m -> m != mishap), noise));
        }
        for (Split split : splits) {
            if (splits.size() > 1) {
                simpler.add(new Scenario(seed, jobs, but(splits, s -> s != split), mishaps, noise));
            }
        }
        for (Noise less : quieter()) {
            simpler.add(new Scenario(seed, jobs, splits, mishaps, less));
        }
        return simpler;
    }

    private Scenario without(Job job) {
        return new Scenario(
                seed,
                but(jobs, other -> other != job),
                splits,
                but(mishaps, mishap -> !lineOf(mishap).equals(job.line())),
                noise);
    }

    private List<Noise> quieter() {
        return java.util.stream.Stream.of(
                        new Noise(
                                0,
                                noise.answersLost,
                                noise.slow,
                                noise.late,
                                noise.checkpointsFailed),
                        new Noise(
                                noise.requestsLost,
                                0,
                                noise.slow,
                                noise.late,
                                noise.checkpointsFailed),
                        new Noise(
                                noise.requestsLost,
                                noise.answersLost,
                                0,
                                noise.late,
                                noise.checkpointsFailed),
                        new Noise(
                                noise.requestsLost,
                                noise.answersLost,
                                noise.slow,
                                0,
                                noise.checkpointsFailed),
                        new Noise(noise.requestsLost, noise.answersLost, noise.slow, noise.late, 0))
                .filter(less -> !less.equals(noise))
                .toList();
    }

    static String lineOf(Mishap mishap) {
        if (mishap instanceof Crash crash) {
            return crash.line();
        } else if (mishap instanceof Stop stop) {
            return stop.line();
        } else if (mishap instanceof Freeze freeze) {
            return freeze.line();
        } else if (mishap instanceof FreezeReader freeze) {
            return freeze.line();
        } else if (mishap instanceof FreezeBeforeAnswer freeze) {
            return freeze.line();
        } else if (mishap instanceof SeenThenLost seen) {
            return seen.line();
        } else if (mishap instanceof CutOff cut) {
            return cut.line();
        } else if (mishap instanceof ReadersGone gone) {
            return gone.line();
        } else if (mishap instanceof ReaderFails fails) {
            return fails.line();
        } else if (mishap instanceof Ordered ordered) {
            return ordered.line();
        } else if (mishap instanceof Moved moved) {
            return moved.line();
        } else if (mishap instanceof FreezeWhenForcing freeze) {
            return freeze.line();
        } else if (mishap instanceof ReadsCutWhenForced cut) {
            return cut.line();
        } else if (mishap instanceof CrashWhenFrozen crash) {
            return crash.line();
        } else if (mishap instanceof CheckpointsFail fail) {
            return fail.line();
        }
        return "";
    }

    private static <X> List<X> but(List<X> all, Predicate<X> kept) {
        return all.stream().filter(kept).toList();
    }
}
