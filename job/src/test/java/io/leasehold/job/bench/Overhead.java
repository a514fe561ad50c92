package io.leasehold.job.bench;

import io.leasehold.job.bench.overhead.BoundedRead;
import io.leasehold.job.bench.overhead.NumberedTopic;
import io.leasehold.job.bench.overhead.PollCost;
import io.leasehold.job.bench.overhead.Reading;
import io.leasehold.job.bench.report.Bar;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Plot;
import io.leasehold.job.bench.report.Series;
import io.leasehold.job.chaos.kit.Broker;
import io.leasehold.job.chaos.kit.Loopback;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.PostgresServer;

import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What leases cost while nothing happens to them: a whole topic is read by Flink's Kafka source as
 * it is, by the same one under leases, and as it is once more. The second plain read is the
 * control: what its ratio to the first one is besides 1 is noise, and the ratio of the leased read
 * means nothing that is smaller.
 *
 * <p>Each round does the three in another order, and all shapes (record size, parallelism) before
 * the next round begins, so that neither who comes first nor a bad minute of the machine favours
 * one of them. What is timed is said at {@link BoundedRead}.
 *
 * <p>All jobs run in one JVM, beside a broker in another one and a PostgreSQL: its compiler sees
 * plain and leased readers, which makes calls slower for both than either would have alone. What
 * the poll path costs by itself is measured by JMH, in JVMs that see one of the two.
 *
 * <p>Smaller runs, for trying it out: {@code -Dbench.overhead.records=N -Dbench.overhead.rounds=N}.
 */
final class Overhead implements Benchmark {

    private static final int PARTITIONS = 4;
    private static final int RECORDS = Integer.getInteger("bench.overhead.records", 5_000_000);
    private static final int ROUNDS = Integer.getInteger("bench.overhead.rounds", 12);
    private static final int POLL_ROUNDS = Math.min(7, ROUNDS);
    private static final int WARM_UPS = 2;
    private static final List<Integer> RECORD_SIZES = List.of(100, 16);
    private static final List<Integer> PARALLELISMS = List.of(1, 2);

    private static final double LEAST_RATIO = 0.98;
    private static final double MOST_ADDED_NANOS = 5;

    /** JMH counts what its own loop allocates too: less than a byte in hundreds of records. */
    private static final double MOST_ADDED_BYTES = 0.01;

    private enum Kind {
        BARE("bare"),
        LEASED("leased"),
        CONTROL("bare again");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** Each kind is as often before each other one, and as often first and last. */
    private static final List<List<Kind>> ORDERS =
            List.of(
                    List.of(Kind.BARE, Kind.LEASED, Kind.CONTROL),
                    List.of(Kind.CONTROL, Kind.LEASED, Kind.BARE),
                    List.of(Kind.LEASED, Kind.BARE, Kind.CONTROL),
                    List.of(Kind.CONTROL, Kind.BARE, Kind.LEASED),
                    List.of(Kind.BARE, Kind.CONTROL, Kind.LEASED),
                    List.of(Kind.LEASED, Kind.CONTROL, Kind.BARE));

    private record Shape(NumberedTopic topic, int parallelism) {
        String words() {
            return "%d B, parallelism %d".formatted(topic.bytes(), parallelism);
        }
    }

    @Override
    public String name() {
        return "overhead";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        Map<Shape, List<Map<Kind, Reading>>> reads = reads(work);
        List<Map<PollCost.Way, PollCost>> polls = polls(work.resolve("jmh.log"));
        List<Series> series = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        List<Plot> plots = new ArrayList<>();
        reads.forEach((shape, rounds) -> ofReads(shape, rounds, series, bars, plots));
        for (Kind kind : List.of(Kind.BARE, Kind.LEASED)) {
            List<Reading> all =
                    reads.values().stream()
                            .flatMap(List::stream)
                            .map(round -> round.get(kind))
                            .toList();
            series.add(
                    series(
                            "from submission to first record, " + kind.words,
                            "ms",
                            all,
                            Reading::millisToFirst));
            series.add(
                    series(
                            "from last record to the job's end, " + kind.words,
                            "ms",
                            all,
                            Reading::millisFromLast));
        }
        ofPolls(polls, series, bars, plots);
        return new Findings(
                name(),
                "What do leases cost while nothing happens to them?",
                settings(),
                series,
                bars,
                plots,
                List.of(
                        "Ratios are of the runs of one round; bare again/bare is the control, in the same alternation.",
                        "Throughput is without the first records of a job, and without its start and end, which are apart.",
                        "Processor time is of the JVM that reads, with its fetchers, and of its task threads alone.",
                        "Every run read every record exactly once."));
    }

    @SuppressWarnings("try") // What the cluster's close may throw is Flink's to declare.
    private static Map<Shape, List<Map<Kind, Reading>>> reads(Path work) throws Exception {
        Map<Shape, List<Map<Kind, Reading>>> rounds = new LinkedHashMap<>();
        try (Broker broker = new Broker(work.resolve("broker"), new Loopback());
                MiniCluster cluster =
                        new MiniCluster(
                                new MiniClusterConfiguration.Builder()
                                        .setNumTaskManagers(1)
                                        .setNumSlotsPerTaskManager(2)
                                        .withRandomPorts()
                                        .build())) {
            cluster.start();
            for (Shape shape : shapes(broker)) {
                rounds.put(shape, new ArrayList<>());
            }
            BoundedRead read =
                    new BoundedRead(
                            cluster,
                            broker.bootstrapServers(),
                            JdbcLeaseStore.url(PostgresServer.newDatabase())
                                    .user("postgres")
                                    .password("postgres")
                                    .createSchema(true));
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                for (Shape shape : rounds.keySet()) {
                    Map<Kind, Reading> readings = new EnumMap<>(Kind.class);
                    for (Kind kind : ORDERS.get(Math.floorMod(round, ORDERS.size()))) {
                        readings.put(
                                kind,
                                read.of(shape.topic(), shape.parallelism(), kind == Kind.LEASED));
                    }
                    if (round >= 0) {
                        rounds.get(shape).add(readings);
                    }
                }
            }
        }
        return rounds;
    }

    private static List<Shape> shapes(Broker broker) {
        List<Shape> shapes = new ArrayList<>();
        for (int bytes : RECORD_SIZES) {
            NumberedTopic topic =
                    new NumberedTopic("numbers-" + bytes, PARTITIONS, RECORDS / PARTITIONS, bytes);
            broker.createTopic(topic.name(), topic.partitions());
            topic.fill(broker.bootstrapServers());
            PARALLELISMS.forEach(parallelism -> shapes.add(new Shape(topic, parallelism)));
        }
        return shapes;
    }

    private static void ofReads(
            Shape shape,
            List<Map<Kind, Reading>> rounds,
            List<Series> series,
            List<Bar> bars,
            List<Plot> plots) {
        ofEachKind(shape, rounds, "throughput", "records/s", Reading::recordsPerSecond, series);
        Series leased = ratio(shape, rounds, Kind.LEASED);
        Series control = ratio(shape, rounds, Kind.CONTROL);
        series.add(leased);
        series.add(control);
        ofEachKind(
                shape,
                rounds,
                "processor time of the process",
                "ns/record",
                Reading::processNanosPerRecord,
                series);
        ofEachKind(
                shape,
                rounds,
                "processor time of the task",
                "ns/record",
                Reading::busyNanosPerRecord,
                series);
        ofEachKind(
                shape,
                rounds,
                "allocation of the task",
                "B/record",
                Reading::bytesPerRecord,
                series);
        bars.add(
                new Bar(
                        "throughput leased/bare, %s >= %s, or no further from 1 than bare again/bare"
                                .formatted(shape.words(), Series.figure(LEAST_RATIO)),
                        "median %s; bare again/bare %s, which was %s to %s"
                                .formatted(
                                        Series.figure(leased.median()),
                                        Series.figure(control.median()),
                                        Series.figure(control.least()),
                                        Series.figure(control.most())),
                        leased.median() >= LEAST_RATIO
                                || Math.abs(1 - leased.median())
                                        <= Math.abs(1 - control.median())));
        plots.add(
                new Plot(
                        "Throughput by round, " + shape.words(),
                        new Plot.Axis("round", false),
                        new Plot.Axis("ratio", false),
                        List.of(
                                byRound("leased/bare", leased.samples()),
                                byRound("bare again/bare", control.samples()))));
    }

    private static Series ratio(Shape shape, List<Map<Kind, Reading>> rounds, Kind kind) {
        return new Series(
                "%s, throughput %s/bare".formatted(shape.words(), kind.words),
                "",
                rounds.stream()
                        .map(
                                round ->
                                        round.get(kind).recordsPerSecond()
                                                / round.get(Kind.BARE).recordsPerSecond())
                        .toList());
    }

    private static void ofEachKind(
            Shape shape,
            List<Map<Kind, Reading>> rounds,
            String what,
            String unit,
            ToDoubleFunction<Reading> figure,
            List<Series> series) {
        for (Kind kind : Kind.values()) {
            series.add(
                    series(
                            "%s, %s, %s".formatted(shape.words(), what, kind.words),
                            unit,
                            rounds.stream().map(round -> round.get(kind)).toList(),
                            figure));
        }
    }

    private static Series series(
            String name, String unit, List<Reading> readings, ToDoubleFunction<Reading> figure) {
        return new Series(name, unit, readings.stream().map(figure::applyAsDouble).toList());
    }

    private static List<Map<PollCost.Way, PollCost>> polls(Path log) throws Exception {
        List<Map<PollCost.Way, PollCost>> rounds = new ArrayList<>();
        for (int round = 0; round < POLL_ROUNDS; round++) {
            Map<PollCost.Way, PollCost> costs = new EnumMap<>(PollCost.Way.class);
            for (PollCost.Way way : PollCost.Way.values()) {
                costs.put(way, PollCost.of(way, log));
            }
            rounds.add(costs);
        }
        return rounds;
    }

    private static void ofPolls(
            List<Map<PollCost.Way, PollCost>> rounds,
            List<Series> series,
            List<Bar> bars,
            List<Plot> plots) {
        List<Plot.Curve> curves = new ArrayList<>();
        for (PollCost.Way way : PollCost.Way.values()) {
            Series busy = ofWay(rounds, way, "processor time", "ns/record", PollCost::busyNanos);
            series.add(busy);
            series.add(ofWay(rounds, way, "time", "ns/record", PollCost::nanos));
            series.add(ofWay(rounds, way, "allocation", "B/record", PollCost::bytes));
            curves.add(byRound(way.words(), busy.samples()));
        }
        Series busy = added(rounds, "processor time", "ns/record", PollCost::busyNanos);
        Series nanos = added(rounds, "time", "ns/record", PollCost::nanos);
        Series bytes = added(rounds, "allocation", "B/record", PollCost::bytes);
        series.addAll(List.of(busy, nanos, bytes));
        bars.add(Bar.atMost(busy.name(), MOST_ADDED_NANOS, busy.median(), busy.unit()));
        bars.add(Bar.atMost(bytes.name(), MOST_ADDED_BYTES, bytes.median(), bytes.unit()));
        plots.add(
                new Plot(
                        "What a record costs on the poll path",
                        new Plot.Axis("round", false),
                        new Plot.Axis("processor time [ns/record]", false),
                        curves));
    }

    private static Series ofWay(
            List<Map<PollCost.Way, PollCost>> rounds,
            PollCost.Way way,
            String what,
            String unit,
            ToDoubleFunction<PollCost> figure) {
        return new Series(
                "%s, %s".formatted(way.words(), what),
                unit,
                rounds.stream().map(round -> figure.applyAsDouble(round.get(way))).toList());
    }

    private static Series added(
            List<Map<PollCost.Way, PollCost>> rounds,
            String what,
            String unit,
            ToDoubleFunction<PollCost> figure) {
        return new Series(
                "poll path, %s added".formatted(what),
                unit,
                rounds.stream()
                        .map(
                                round ->
                                        figure.applyAsDouble(round.get(PollCost.Way.LEASED))
                                                - figure.applyAsDouble(
                                                        round.get(PollCost.Way.BARE)))
                        .toList());
    }

    private static Plot.Curve byRound(String name, List<Double> samples) {
        return new Plot.Curve(
                name,
                true,
                IntStream.range(0, samples.size())
                        .mapToObj(i -> new Plot.Point(i + 1, samples.get(i)))
                        .toList());
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("records", Series.figure(RECORDS));
        settings.put("partitions", String.valueOf(PARTITIONS));
        settings.put("rounds", ROUNDS + " after " + WARM_UPS + " to warm up");
        settings.put("checkpoints every", BoundedRead.CHECKPOINT_INTERVAL.toSeconds() + " s");
        settings.put("lease duration", BoundedRead.TERMS.duration().toSeconds() + " s");
        settings.put("lease store", "PostgreSQL, fsync on");
        settings.put("broker", "in a JVM of its own");
        settings.put("poll path", PollCost.settings() + ", " + POLL_ROUNDS + " rounds");
        return settings;
    }
}
