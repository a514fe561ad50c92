package io.leasehold.job.bench;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.Pace;
import io.leasehold.job.bench.member.Handoffs;
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
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStores;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a handoff costs under load: how long the split that moves stands still, and its neighbours
 * in the readers that it leaves and that it comes to.
 *
 * <p>Two members, each in a JVM of its own. An operator gives one of them three quarters of the
 * splits, then the other one, and so on: half of all splits move each time.
 */
final class Handoff implements Benchmark {

    private static final int HANDOFFS = Integer.getInteger("bench.handoff.handoffs", 500);
    private static final int RATE = Integer.getInteger("bench.handoff.rate", 50_000);
    private static final int SPLITS = 16;
    private static final int PARALLELISM = 2;
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration CHECKPOINTS = Duration.ofMillis(500);
    private static final Duration MOST_BEYOND = Duration.ofMillis(250);
    private static final Duration MOST_STALLED = Duration.ofMillis(100);

    /** What is looked at behind a handoff; and before each order, where nothing moves. */
    private static final Duration AFTER = Duration.ofMillis(250);

    private static final Duration QUIET = Duration.ofMillis(1_500);
    private static final Duration WITHIN = Duration.ofMinutes(3);
    private static final String BLUE = "blue";
    private static final String GREEN = "green";
    private static final int BLUES_WEIGHT = 3;

    /** One that gives blue three quarters of the splits, and one that gives green as many. */
    private static final List<Integer> GREENS_WEIGHTS = List.of(1, 9);

    @Override
    public String name() {
        return "handoff";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        Measured measured;
        try (Resources resources = new Resources()) {
            measured = new Run(resources, work).measured();
        }
        return measured.findings(name());
    }

    /**
     * All in milliseconds.
     *
     * @param pauses of the splits that moved
     * @param checkpoints how long those took with which they were let go
     * @param left the longest stall in the reader that a split left
     * @param came and in the one that it came to
     * @param control the same, in the readers of both, at a moment before the order
     * @param within how many moves there were from one reader to another of the same job
     * @param wrong how many records were read twice or never
     */
    private record Measured(
            List<Double> pauses,
            List<Double> checkpoints,
            List<Double> beyond,
            List<Double> left,
            List<Double> came,
            List<Double> control,
            long within,
            long records,
            long wrong) {

        Findings findings(String name) {
            Series beyondSeries =
                    new Series("pause of the split beyond its checkpoint", "ms", beyond);
            Series leftSeries = new Series("stall of others where it left", "ms", left);
            Series cameSeries = new Series("stall of others where it came", "ms", came);
            return new Findings(
                    name,
                    "How long do a split that is handed over, and its neighbours, stand still?",
                    settings(),
                    List.of(
                            new Series("pause of the split", "ms", pauses),
                            new Series("checkpoint that let it go", "ms", checkpoints),
                            beyondSeries,
                            leftSeries,
                            cameSeries,
                            new Series("stall while nothing moves (control)", "ms", control)),
                    List.of(
                            Bar.atMost(
                                    "p99 of pause beyond its checkpoint",
                                    MOST_BEYOND.toMillis(),
                                    beyondSeries.p99(),
                                    "ms"),
                            Bar.atMost(
                                    "p99 of stall where it left",
                                    MOST_STALLED.toMillis(),
                                    leftSeries.p99(),
                                    "ms"),
                            Bar.atMost(
                                    "p99 of stall where it came",
                                    MOST_STALLED.toMillis(),
                                    cameSeries.p99(),
                                    "ms"),
                            Bar.atMost("replayed or missing", 0, wrong, "records")),
                    List.of(
                            new Plot(
                                    "How long splits stood still",
                                    new Plot.Axis("handoffs, in %", false),
                                    new Plot.Axis("ms", true),
                                    List.of(
                                            Curves.sorted("pause", pauses),
                                            Curves.sorted("its checkpoint", checkpoints),
                                            Curves.sorted("stall where it left", left),
                                            Curves.sorted("stall where it came", came),
                                            Curves.sorted("stall, control", control)))),
                    List.of(
                            "A pause is the longest time between two records of the split, from"
                                    + " its last at the old owner to shortly after its first at the"
                                    + " new one.",
                            "A split stops at a checkpoint's barrier and moves when that checkpoint"
                                    + " is complete. How long that took is what Flink says, from its"
                                    + " trigger to its completion: of the first checkpoint that the"
                                    + " old owner's job completed with or behind the barrier that"
                                    + " came right after the split's last record.",
                            "A stall is the longest time without a record of another split in the"
                                    + " same reader, from the moved split's last record at the old"
                                    + " owner to %d ms after its first at the new one. The control is"
                                            .formatted(AFTER.toMillis())
                                    + " the same, for as long, where nothing had moved for a while."
                                    + " Times below 10 ms are not told apart: they count as 10 ms.",
                            "Half of all splits move at each order, so the samples of one order are"
                                    + " not independent of each other, and a neighbour may get"
                                    + " others at the same time."));
        }

        private Map<String, String> settings() {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("handoffs", Integer.toString(pauses.size()));
            settings.put("moves within a job", Long.toString(within));
            settings.put("records", Long.toString(records));
            settings.put("load", RATE + " records/s of 100 B");
            settings.put("splits", Integer.toString(SPLITS));
            settings.put("members", "2");
            settings.put("parallelism", Integer.toString(PARALLELISM));
            settings.put("lease.duration", LEASE.toMillis() + " ms");
            settings.put("checkpoint interval", CHECKPOINTS.toMillis() + " ms");
            settings.put("lease table", "PostgreSQL, fsync on");
            settings.put("queue", "Kafka, in a JVM of its own");
            return settings;
        }
    }

    /** Everything that is started for it, until it is closed. */
    private static final class Run {

        private final Database database;
        private final Marks marks;
        private final List<Member> members = new ArrayList<>();
        private final Load load;
        private final LeaseStore store;
        private final LeaseAdmin admin;

        /** When each order was given: what moved after that is its doing. */
        private final TreeSet<Long> orders = new TreeSet<>();

        Run(Resources resources, Path folder) throws Exception {
            Loopback loopback = new Loopback();
            database = resources.add(new Database(folder.resolve("postgresql"), loopback));
            Broker broker = resources.add(new Broker(folder.resolve("kafka"), loopback));
            broker.createTopic("queue", SPLITS);
            Path written = Files.createDirectories(folder.resolve("marks"));
            marks = new Marks(written);
            MemberSettings settings =
                    new MemberSettings(
                            "nobody",
                            broker.bootstrapServers(),
                            "queue",
                            Database.url(database.port()),
                            LEASE,
                            2,
                            CHECKPOINTS,
                            PARALLELISM,
                            0,
                            written);
            for (String name : List.of(BLUE, GREEN)) {
                members.add(
                        resources.add(
                                Member.stand(settings.named(name), folder.resolve("members"))));
            }
            members.forEach(Member::go);
            load = resources.add(new Load(broker.bootstrapServers(), "queue", SPLITS, RATE));
            store =
                    resources.add(
                            LeaseStores.forUrl(
                                            Database.url(database.port()),
                                            Map.of("user", "postgres"))
                                    .open(Duration.ofSeconds(10)));
            admin = new LeaseAdmin(store, MemberSettings.GROUP, new RealTime(), notice -> {});
        }

        Measured measured() throws Exception {
            untilShared(SPLITS / 2);
            admin.weight(BLUE, OptionalInt.of(BLUES_WEIGHT));
            untilShared(share(BLUES_WEIGHT, 1));
            warmUp();
            int moved = 0;
            for (int round = 0; moved < HANDOFFS; round++) {
                Pause.of(QUIET);
                int weight = GREENS_WEIGHTS.get((round + 1) % GREENS_WEIGHTS.size());
                orders.add(System.nanoTime());
                admin.weight(GREEN, OptionalInt.of(weight));
                untilShared(share(BLUES_WEIGHT, weight));
                moved += SPLITS / 2;
                System.out.printf("[bench handoff] %d handed over%n", moved);
            }
            Pause.of(QUIET);
            Map<Integer, Long> produced =
                    load.stop().entrySet().stream()
                            .collect(
                                    Collectors.toMap(
                                            it -> Stretch.number(it.getKey()),
                                            Map.Entry::getValue));
            Pause.until(
                    "all that was produced is read",
                    WITHIN,
                    () -> {
                        Map<Integer, Stretch> newest = marks.look().newest();
                        return produced.entrySet().stream()
                                .allMatch(
                                        it ->
                                                newest.get(it.getKey()).lastOffset()
                                                        >= it.getValue() - 1);
                    });
            return judged(produced);
        }

        /** Compilers, caches and connections: a job that runs for days has seen some handoffs. */
        private void warmUp() throws Exception {
            for (int weight : List.of(9, 1)) {
                admin.weight(GREEN, OptionalInt.of(weight));
                untilShared(share(BLUES_WEIGHT, weight));
            }
        }

        /** How many splits blue has then. */
        private static int share(int blue, int green) {
            return SPLITS * blue / (blue + green);
        }

        /** Both have their share, and emit all of it. */
        private void untilShared(int blue) {
            Pause.until(
                    "blue has " + blue + " splits, and green the others",
                    WITHIN,
                    () -> {
                        members.forEach(Member::requireAlive);
                        Map<Integer, String> owners =
                                database.leases().stream()
                                        .collect(
                                                Collectors.toMap(
                                                        it -> Stretch.number(it.split()),
                                                        Database.LeaseRow::owner));
                        Map<Integer, Stretch> newest = marks.look().newest();
                        return owners.size() == SPLITS
                                && owners.values().stream().filter(BLUE::equals).count() == blue
                                && owners.values().stream().filter(GREEN::equals).count()
                                        == SPLITS - blue
                                && newest.keySet().equals(owners.keySet())
                                && newest.values().stream()
                                        .allMatch(
                                                it ->
                                                        it.reader()
                                                                .member()
                                                                .equals(owners.get(it.split())));
                    });
        }

        private Measured judged(Map<Integer, Long> produced) {
            Handoffs handoffs = new Handoffs(marks.stretches());
            long replayed = handoffs.replayed();
            long missing = handoffs.missing(produced);
            if (replayed > 0 || missing > 0) {
                throw new AssertionError(
                        "%d records were read twice, and %d never".formatted(replayed, missing));
            }
            Measured measured =
                    new Measured(
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            handoffs.all().stream().filter(it -> !it.acrossJobs()).count(),
                            produced.values().stream().mapToLong(it -> it).sum(),
                            replayed + missing);
            handoffs.all().stream()
                    .filter(Handoffs.Handoff::acrossJobs)
                    .filter(it -> orders.floor(it.from().lastNanos()) != null)
                    .forEach(it -> measure(it, handoffs, measured));
            return measured;
        }

        private void measure(Handoffs.Handoff handoff, Handoffs handoffs, Measured measured) {
            Stretch from = handoff.from();
            Stretch to = handoff.to();
            Map.Entry<Long, Long> checkpoint =
                    marks.checkpoints(from.reader().member()).ceilingEntry(from.barrier());
            if (checkpoint == null) {
                throw new AssertionError(
                        "%s handed split %d over at a checkpoint that is not known: %d"
                                .formatted(from.reader(), from.split(), from.barrier()));
            }
            double pause = handoff.pause() / 1e6;
            measured.pauses().add(pause);
            measured.checkpoints().add((double) checkpoint.getValue());
            measured.beyond().add(pause - checkpoint.getValue());

            long begins = from.lastNanos();
            long ends = to.firstNanos() + AFTER.toNanos();
            long ordered = orders.floor(begins);
            for (Stretch of : List.of(from, to)) {
                List<Double> stalls = of == from ? measured.left() : measured.came();
                add(handoffs.stall(of.reader(), of.split(), begins, ends), stalls);
                add(
                        handoffs.stall(of.reader(), of.split(), ordered - (ends - begins), ordered),
                        measured.control());
            }
        }

        private static void add(OptionalLong nanos, List<Double> millis) {
            nanos.ifPresent(it -> millis.add(it / 1e6));
        }
    }

    private static final class RealTime implements Pace {

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration time) {
            Pause.of(time);
        }
    }
}
