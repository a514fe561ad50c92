package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;
import io.leasehold.simulation.Fact;
import io.leasehold.simulation.HistoryChecker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a run has shown.
 *
 * @param produced how many records the queue has
 * @param emitted how often one was emitted under a lease
 * @param replayed how many of those were emitted before
 * @param committed how many records the output has
 * @param missing how many of the queue's are not there
 * @param duplicates how many are there for a second time or more
 * @param bound how many may be
 * @param overlapMillis the longest time for which two attempts emitted the same split
 * @param overlapRecords the most records that an attempt emitted after another had begun to
 * @param bareOverlapMillis the same without leases, if a job without was beside
 * @param findings what is not as promised, in sentences
 */
public record Audit(
        long produced,
        long emitted,
        long replayed,
        long committed,
        long missing,
        long duplicates,
        long bound,
        long overlapMillis,
        int overlapRecords,
        Optional<Long> bareOverlapMillis,
        List<String> findings) {

    private static final int SHOWN = 20;

    /**
     * Judges what happened.
     *
     * @param mayReplay whether another job may have taken splits over from one that had not let
     *     them go: what that one had emitted since the last recorded checkpoint may then be there
     *     twice
     */
    public static Audit of(Run run, boolean mayReplay) {
        List<String> findings = new ArrayList<>();
        long bound = mayReplay ? bound(run, findings) : 0;
        findings.addAll(0, accounts(run, bound));
        findings.addAll(secondReaders(run));
        return of(run, bound, List.of(run), findings);
    }

    /**
     * Judges a run in which the lease table went back: who is promised to read alone is so before
     * that, and again from when each member has noticed.
     */
    public static Audit of(Run run, WentBack back) {
        List<String> findings = new ArrayList<>(accounts(run, back.duplicatesBound()));
        findings.addAll(back.findings());
        List<Run> parts = List.of(back.before(), back.after());
        parts.forEach(it -> findings.addAll(secondReaders(it)));
        return of(run, back.duplicatesBound(), parts, findings);
    }

    private static Audit of(Run run, long bound, List<Run> parts, List<String> findings) {
        long emitted = run.leasedLives().mapToLong(it -> it.emissions().size()).sum();
        return new Audit(
                run.produced().values().stream().mapToLong(it -> it).sum(),
                emitted,
                emitted - distinct(run.leased().values()),
                run.committed(),
                run.missing(),
                duplicates(run),
                bound,
                parts.stream().mapToLong(it -> overlapMillis(it.leased().values())).max().orElse(0),
                parts.stream().flatMap(Run::leasedLives).mapToInt(Life::beyond).max().orElse(0),
                run.bare().isEmpty()
                        ? Optional.empty()
                        : Optional.of(overlapMillis(run.bare().values())),
                findings.size() > SHOWN ? List.copyOf(findings.subList(0, SHOWN)) : findings);
    }

    private static long duplicates(Run run) {
        return run.copies().values().stream().mapToLong(it -> it).sum();
    }

    /** Records that are missing, or there once too often. */
    private static List<String> accounts(Run run, long bound) {
        List<String> findings = new ArrayList<>();
        if (run.missing() > 0) {
            findings.add(run.missing() + " records of the queue are not in the output");
        }
        if (duplicates(run) > bound) {
            findings.add(
                    "%d committed records are there once too often, %d may be: %s"
                            .formatted(duplicates(run), bound, run.copies()));
        }
        return findings;
    }

    /** Who read, or could have read, a split that was another's. */
    private static List<String> secondReaders(Run run) {
        List<String> findings = new ArrayList<>(violations(run));
        run.leasedLives().filter(it -> it.overlapNanos() > 0).forEach(it -> findings.add(said(it)));
        findings.addAll(strangers(run));
        run.grants().values().forEach(it -> findings.addAll(grantedTwice(run, it)));
        return findings;
    }

    private static String said(Life life) {
        return "%s: %s emitted %d records in %.1f ms after another had begun to"
                .formatted(life.split(), life.name(), life.beyond(), life.beyondNanos() / 1e6);
    }

    private static long overlapMillis(Collection<List<Life>> lives) {
        return lives.stream().flatMap(List::stream).mapToLong(Life::overlapNanos).max().orElse(0)
                / 1_000_000;
    }

    private static long distinct(Collection<List<Life>> splits) {
        long distinct = 0;
        for (List<Life> lives : splits) {
            Set<Long> offsets = new HashSet<>();
            lives.forEach(life -> life.emissions().forEach(it -> offsets.add(it.offset())));
            distinct += offsets.size();
        }
        return distinct;
    }

    /** The checker of the simulation, told of every emission in order of time. */
    private static List<String> violations(Run run) {
        List<Fact> history = new ArrayList<>();
        run.leasedLives()
                .forEach(
                        life ->
                                life.emissions()
                                        .forEach(
                                                it ->
                                                        history.add(
                                                                new Fact.Emitted(
                                                                        it.nanos()
                                                                                - run.startedAt(),
                                                                        it.split(),
                                                                        life.name(),
                                                                        it.epoch(),
                                                                        it.offset()))));
        history.sort(Comparator.comparingLong(Fact::at));
        return HistoryChecker.violations(history, Life.EXPOSURE).stream()
                .limit(SHOWN)
                .map(Object::toString)
                .toList();
    }

    /** Two readers that could have emitted a split at once, whether or not they have. */
    private static List<String> grantedTwice(Run run, List<Granted> grants) {
        List<String> found = new ArrayList<>();
        Granted before = grants.get(0);
        for (Granted grant : grants.subList(1, grants.size())) {
            if (grant.from() - before.until() < 0) {
                found.add(
                        "%s: %s was granted it from %.3f s on under epoch %d, %s until %.3f s under epoch %d"
                                .formatted(
                                        grant.split(),
                                        grant.member(),
                                        (grant.from() - run.startedAt()) / 1e9,
                                        grant.epoch(),
                                        before.member(),
                                        (before.until() - run.startedAt()) / 1e9,
                                        before.epoch()));
            }
            before = grant.until() - before.until() > 0 ? grant : before;
        }
        return found;
    }

    /** What the checker is not told of: one epoch, one attempt; younger lives, higher epochs. */
    private static List<String> strangers(Run run) {
        List<String> found = new ArrayList<>();
        run.leased()
                .forEach(
                        (split, lives) -> {
                            for (int i = 1; i < lives.size(); i++) {
                                Life before = lives.get(i - 1);
                                Life life = lives.get(i);
                                if (life.epoch() <= before.epoch()) {
                                    found.add(
                                            "%s: %s began after %s, under no higher epoch"
                                                    .formatted(split, life.name(), before.name()));
                                }
                            }
                        });
        // The stamps of all processes come from one clock: else nothing of this means anything.
        Stream.concat(run.leasedLives(), run.bare().values().stream().flatMap(List::stream))
                .filter(
                        it ->
                                it.first().nanos() - run.startedAt() < 0
                                        || run.endedAt() - it.last().nanos() < 0)
                .findFirst()
                .ifPresent(
                        it ->
                                found.add(
                                        it.name()
                                                + " has emitted outside of the run: clocks differ"));
        return found;
    }

    /**
     * How many records other jobs may have read again: of each split that a job began to read
     * behind the back of another one, what that one had emitted since the position that the table
     * had when the fault struck. To start before that position is not allowed.
     */
    private static long bound(Run run, List<String> findings) {
        long bound = 0;
        for (List<Life> lives : run.leased().values()) {
            for (int i = 1; i < lives.size(); i++) {
                Life before = lives.get(i - 1);
                Life life = lives.get(i);
                long reached = reached(lives.subList(0, i));
                if (!life.member().equals(before.member()) && life.first().offset() < reached) {
                    long recorded = recorded(run.faults(), life.first());
                    bound += Math.max(0, reached - recorded);
                    if (life.first().offset() < recorded) {
                        findings.add(
                                "%s: %s began at %d, before %d, which the table had"
                                        .formatted(
                                                life.split(),
                                                life.name(),
                                                life.first().offset(),
                                                recorded));
                    }
                }
            }
        }
        return bound;
    }

    private static long reached(List<Life> lives) {
        return lives.stream()
                        .flatMap(it -> it.emissions().stream())
                        .mapToLong(Emission::offset)
                        .max()
                        .orElse(-1)
                + 1;
    }

    private static long recorded(List<Struck> faults, Emission first) {
        return faults.stream()
                .filter(it -> it.from() - first.nanos() < 0)
                .map(Struck::progress)
                .filter(it -> it.containsKey(first.split()))
                .reduce((earlier, later) -> later)
                .map(it -> it.get(first.split()))
                .orElse(0L);
    }

    /** Whether everything is as promised. */
    public boolean clean() {
        return findings.isEmpty();
    }

    /** The line that people and scripts look for. */
    public String line() {
        return "produced=%d emitted=%d replayed=%d committed=%d missing=%d duplicates=%d bound=%d overlap_ms=%d overlap_records=%d%s"
                .formatted(
                        produced,
                        emitted,
                        replayed,
                        committed,
                        missing,
                        duplicates,
                        bound,
                        overlapMillis,
                        overlapRecords,
                        bareOverlapMillis.map(it -> " bare_overlap_ms=" + it).orElse(""));
    }
}
