package io.leasehold.job.bench;

import io.leasehold.job.bench.member.Marks;
import io.leasehold.job.bench.member.Member;
import io.leasehold.job.bench.member.MemberSettings;
import io.leasehold.job.bench.member.Stretch;
import io.leasehold.job.bench.report.Bar;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Plot;
import io.leasehold.job.bench.report.Series;
import io.leasehold.job.chaos.kit.Broker;
import io.leasehold.job.chaos.kit.Database;
import io.leasehold.job.chaos.kit.Load;
import io.leasehold.job.chaos.kit.Loopback;
import io.leasehold.job.chaos.kit.Pause;
import io.leasehold.job.demo.Resources;
import io.leasehold.lease.model.LeaseTerms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long the splits of a job stand still that is killed: from the kill to the first record of
 * each split that another job emits.
 *
 * <p>Two members stay. A third is killed, with its cluster, and the next one takes its place, under
 * a name of its own: what a dead member leaves behind is not its own then.
 */
final class Takeover implements Benchmark {

    private static final int KILLS = Integer.getInteger("bench.takeover.kills", 20);
    private static final List<Duration> LEASES =
            List.of(Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofSeconds(1));
    private static final Duration BEYOND = Duration.ofSeconds(1);
    private static final Duration CHECKPOINTS = Duration.ofMillis(500);
    private static final int SPLITS = 12;
    private static final int MEMBERS = 3;
    private static final int PARALLELISM = 2;
    private static final int RATE = 2_400;
    private static final Duration SHARED_WITHIN = Duration.ofMinutes(3);
    private static final Duration TAKEN_WITHIN = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "takeover";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        Map<Duration, List<Double>> seconds = new LinkedHashMap<>();
        for (Duration lease : LEASES) {
            try (Resources resources = new Resources()) {
                seconds.put(
                        lease,
                        new Run(resources, lease, work.resolve(lease.toMillis() + "ms")).kills());
            }
        }
        List<Series> series = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        List<Plot.Curve> curves = new ArrayList<>();
        seconds.forEach(
                (lease, of) -> {
                    Series samples =
                            new Series(
                                    "kill to first record, lease.duration " + said(lease), "s", of);
                    series.add(samples);
                    bars.add(
                            Bar.atMost(
                                    "p99 with a lease of %s (lease + 2 ticks + 1 s)"
                                            .formatted(said(lease)),
                                    bar(lease).toMillis() / 1e3,
                                    samples.p99(),
                                    "s"));
                    curves.add(Curves.sorted("lease of " + said(lease), of));
                });
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("kills", KILLS + " for each duration");
        settings.put("members", Integer.toString(MEMBERS));
        settings.put("splits", Integer.toString(SPLITS));
        settings.put("parallelism", Integer.toString(PARALLELISM));
        settings.put("load", RATE + " records/s");
        settings.put("checkpoint interval", CHECKPOINTS.toMillis() + " ms");
        settings.put("lease table", "PostgreSQL, fsync on");
        settings.put("queue", "Kafka, in a JVM of its own");
        return new Findings(
                name(),
                "How long do the splits of a job stand still whose JVM is killed?",
                settings,
                series,
                bars,
                List.of(
                        new Plot(
                                "From the kill to the first record elsewhere",
                                new Plot.Axis("splits, in %", false),
                                new Plot.Axis("s", false),
                                curves)),
                List.of(
                        "Each job has a JVM of its own, with a whole Flink cluster, and is killed"
                                + " with SIGKILL. One sample for each split that it held: those of"
                                + " one kill are not independent of each other.",
                        "A tick is a fifth of lease.duration. Others may call a member dead once"
                                + " they have seen it not renew for its lease.duration and a tick;"
                                + " they see its last renewal up to a tick after it, and the kill"
                                + " comes up to a tick after that.",
                        "Nothing was missing. What a killed job emitted since its last recorded"
                                + " checkpoint was read again, as promised."));
    }

    private static String said(Duration duration) {
        return duration.toSeconds() + " s";
    }

    private static Duration bar(Duration lease) {
        return lease.plus(LeaseTerms.of(lease).renewInterval().multipliedBy(2)).plus(BEYOND);
    }

    /** All kills with one duration. */
    private static final class Run {

        private final Resources resources;
        private final Path folder;
        private final Database database;
        private final Marks marks;
        private final MemberSettings settings;
        private final List<Member> alive = new ArrayList<>();
        private final Load load;
        private int lives;

        Run(Resources resources, Duration lease, Path folder) throws IOException {
            this.resources = resources;
            this.folder = folder;
            Loopback loopback = new Loopback();
            database = resources.add(new Database(folder.resolve("postgresql"), loopback));
            Broker broker = resources.add(new Broker(folder.resolve("kafka"), loopback));
            broker.createTopic("queue", SPLITS);
            load = resources.add(new Load(broker.bootstrapServers(), "queue", SPLITS, RATE));
            Path written = Files.createDirectories(folder.resolve("marks"));
            marks = new Marks(written);
            settings =
                    new MemberSettings(
                            "nobody",
                            broker.bootstrapServers(),
                            "queue",
                            Database.url(database.port()),
                            lease,
                            MEMBERS,
                            CHECKPOINTS,
                            PARALLELISM,
                            Integer.MAX_VALUE,
                            written);
        }

        /** For each split of each kill, in seconds. */
        List<Double> kills() throws IOException {
            List<Member> first = List.of(stand("stays-1"), stand("stays-2"), next());
            first.forEach(Member::go);
            alive.addAll(first);
            Member next = next();
            List<Double> seconds = new ArrayList<>();
            while (true) {
                untilShared();
                next.untilUp();
                List<Double> taken = kill();
                seconds.addAll(taken);
                System.out.printf(
                        "[bench takeover] lease of %s, kill %d: %s s%n",
                        said(settings.lease()),
                        lives - 1,
                        taken.stream().map(Series::figure).toList());
                if (seconds.size() >= KILLS * SPLITS / MEMBERS) {
                    break;
                }
                next.go();
                alive.add(next);
                // It starts while the other one gets its share: not while anything is measured.
                next = next();
            }
            requireNothingMissing();
            return seconds;
        }

        private Member next() throws IOException {
            lives++;
            return stand("dies-" + lives);
        }

        private Member stand(String name) throws IOException {
            return resources.add(Member.stand(settings.named(name), folder.resolve("members")));
        }

        /** Each member has as many splits as the others, and emits them. */
        private void untilShared() {
            Pause.until(
                    "each job has its share",
                    SHARED_WITHIN,
                    () -> {
                        alive.forEach(Member::requireAlive);
                        Map<String, Set<Integer>> owned = owned();
                        Map<Integer, Stretch> newest = marks.look().newest();
                        return owned.size() == MEMBERS
                                && owned.values().stream()
                                        .allMatch(it -> it.size() == SPLITS / MEMBERS)
                                && owned.entrySet().stream()
                                        .allMatch(
                                                owner ->
                                                        owner.getValue().stream()
                                                                .allMatch(
                                                                        emits(
                                                                                owner.getKey(),
                                                                                newest)));
                    });
        }

        private static Predicate<Integer> emits(String member, Map<Integer, Stretch> newest) {
            return split ->
                    newest.containsKey(split) && newest.get(split).reader().member().equals(member);
        }

        private Map<String, Set<Integer>> owned() {
            return database.leases().stream()
                    .filter(it -> !it.owner().isEmpty())
                    .collect(
                            Collectors.groupingBy(
                                    Database.LeaseRow::owner,
                                    Collectors.mapping(
                                            it -> Stretch.number(it.split()), Collectors.toSet())));
        }

        /** From the kill to the first record of each split that the killed one had, in seconds. */
        private List<Double> kill() {
            Member victim = alive.remove(alive.size() - 1);
            Set<Integer> splits = owned().get(victim.name());
            long at = System.nanoTime();
            victim.kill();
            Map<Integer, Stretch> taken = new TreeMap<>();
            Pause.until(
                    "all splits of " + victim.name() + " are taken over",
                    TAKEN_WITHIN,
                    () -> {
                        alive.forEach(Member::requireAlive);
                        marks.look().newest().values().stream()
                                .filter(it -> splits.contains(it.split()))
                                .filter(it -> !it.reader().member().equals(victim.name()))
                                .filter(it -> it.firstNanos() - at > 0)
                                .forEach(it -> taken.putIfAbsent(it.split(), it));
                        return taken.keySet().equals(splits);
                    });
            return taken.values().stream().map(it -> (it.firstNanos() - at) / 1e9).toList();
        }

        /** Every record that the queue has was emitted, by whomever. */
        private void requireNothingMissing() {
            Map<String, Long> produced = load.stop();
            Pause.until(
                    "all that was produced is read",
                    SHARED_WITHIN,
                    () -> {
                        Map<Integer, Stretch> newest = marks.look().newest();
                        return produced.entrySet().stream()
                                .allMatch(
                                        it ->
                                                newest.get(Stretch.number(it.getKey())).lastOffset()
                                                        == it.getValue() - 1);
                    });
            for (int split : IntStream.range(0, SPLITS).toArray()) {
                List<Stretch> of =
                        marks.stretches().stream()
                                .filter(it -> it.split() == split)
                                .sorted(
                                        (one, other) ->
                                                Long.signum(one.firstNanos() - other.firstNanos()))
                                .toList();
                // Of a killed one more was emitted than is known: who went on before that is right.
                long known = -1;
                for (Stretch stretch : of) {
                    if (stretch.firstOffset() > known + 1) {
                        throw new AssertionError(
                                "%s began split %d at %d, but only up to %d it had been read"
                                        .formatted(
                                                stretch.reader(),
                                                split,
                                                stretch.firstOffset(),
                                                known));
                    }
                    known = Math.max(known, stretch.lastOffset());
                }
            }
        }
    }
}
