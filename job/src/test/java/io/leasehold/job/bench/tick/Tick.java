package io.leasehold.job.bench.tick;

import io.leasehold.job.bench.Benchmark;
import io.leasehold.job.bench.database.CountedLine.Talk;
import io.leasehold.job.bench.database.CountedLine.Traffic;
import io.leasehold.job.bench.report.Bar;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Plot;
import io.leasehold.job.bench.report.Samples;
import io.leasehold.job.bench.report.Series;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.OwnershipRequest.Recorded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntToDoubleFunction;

/** What members cost their database, by the number of splits. */
public final class Tick implements Benchmark {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));

    private static final String TICK = "tick";
    private static final String ACQUIRE = "acquire all";
    private static final String NEXT = "first tick after that";
    private static final String CHECKPOINT = "progress of all";

    private final List<Integer> sizes;
    private final int warmUps;
    private final int rounds;
    private final int ticksARound;
    private final int peersWrite;

    private final Samples samples = new Samples();

    public Tick() {
        this(List.of(10, 100, 1_000, 10_000, 100_000), 2, 7, 40, 500);
    }

    /**
     * @param rounds in each of which every thing is done once, but so many ticks
     * @param peersWrite how many splits the peers write at most; more are taken to cost as much
     */
    private Tick(List<Integer> sizes, int warmUps, int rounds, int ticksARound, int peersWrite) {
        this.sizes = sizes;
        this.warmUps = warmUps;
        this.rounds = rounds;
        this.ticksARound = ticksARound;
        this.peersWrite = peersWrite;
    }

    @Override
    public String name() {
        return "tick";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        List<Group> groups = new ArrayList<>();
        try {
            for (int splits : sizes) {
                groups.add(new Group(splits, peersWrite, TERMS));
            }
            for (int round = -warmUps; round < rounds; round++) {
                // Nobody always comes behind the same one.
                Collections.rotate(groups, 1);
                round(groups, round >= 0);
            }
            Map<Integer, Group.Costs> costs = new LinkedHashMap<>();
            for (Group group : groups) {
                costs.put(group.splits, group.count());
            }
            int unanswered = groups.stream().mapToInt(group -> group.leased.unanswered()).sum();
            return findings(costs, unanswered);
        } finally {
            for (Group group : groups) {
                group.close();
            }
        }
    }

    private void round(List<Group> groups, boolean counts) throws Exception {
        for (Group group : groups) {
            group.leased.join(group.store);
            time(
                    counts,
                    ours(ACQUIRE, group.splits),
                    1,
                    () -> group.leased.acquireAll(group.store));
            time(counts, peers(ACQUIRE, group.splits), group.peersScale(), group.peer::acquireAll);
            List<Recorded> checkpoint = group.leased.checkpoint();
            time(counts, ours(NEXT, group.splits), 1, () -> group.leased.tick(group.store));
            time(
                    counts,
                    ours(CHECKPOINT, group.splits),
                    1,
                    () -> group.leased.completed(checkpoint, group.store));
            time(
                    counts,
                    peers(CHECKPOINT, group.splits),
                    group.peersScale(),
                    group.peer::checkpoint);
        }
        for (int tick = 0; tick < ticksARound; tick++) {
            for (Group group : groups) {
                time(counts, ours(TICK, group.splits), 1, () -> steadyTick(group));
            }
        }
        for (Group group : groups) {
            time(counts, peers(TICK, group.splits), group.peersScale(), group.peer::tick);
            group.leased.end(group.store);
        }
    }

    private static void steadyTick(Group group) {
        int requests = group.leased.tick(group.store);
        if (requests != 1) {
            throw new AssertionError(
                    "A steady tick of %d splits took %d requests."
                            .formatted(group.splits, requests));
        }
    }

    private void time(boolean counts, String name, double scale, Talk talk) throws Exception {
        long start = System.nanoTime();
        talk.run();
        double millis = (System.nanoTime() - start) / 1e6;
        if (counts) {
            samples.add(name, "ms", millis * scale);
        }
    }

    private static String ours(String what, int splits) {
        return String.format(Locale.ROOT, "%s, %,d splits, leased", what, splits);
    }

    private static String peers(String what, int splits) {
        return String.format(Locale.ROOT, "%s, %,d splits, a write each", what, splits);
    }

    private Findings findings(Map<Integer, Group.Costs> costs, int unanswered) {
        Samples traffic = new Samples();
        for (int splits : sizes) {
            Group.Costs cost = costs.get(splits);
            double scale = (double) splits / Math.min(splits, peersWrite);
            passed(traffic, ours(TICK, splits), cost.tick(), 1);
            passed(traffic, peers(TICK, splits), cost.peerTick(), scale);
            passed(traffic, ours(ACQUIRE, splits), cost.acquire(), 1);
            passed(traffic, peers(ACQUIRE, splits), cost.peerAcquire(), scale);
            passed(traffic, ours(CHECKPOINT, splits), cost.checkpoint(), 1);
            passed(traffic, peers(CHECKPOINT, splits), cost.peerCheckpoint(), scale);
        }
        List<Series> series = new ArrayList<>();
        for (String what : List.of(TICK, ACQUIRE, NEXT, CHECKPOINT)) {
            for (int splits : sizes) {
                series.add(samples.of(ours(what, splits)));
                if (!what.equals(NEXT)) {
                    series.add(samples.of(peers(what, splits)));
                }
            }
        }
        series.addAll(traffic.series());
        return new Findings(
                name(),
                "What does a member cost its database, by the number of its splits?",
                settings(),
                series,
                bars(costs),
                List.of(
                        times("Time of a steady tick", TICK),
                        times("Time of acquiring all", ACQUIRE),
                        times("Time of a checkpoint's progress for all", CHECKPOINT),
                        bytes(traffic)),
                remarks(unanswered));
    }

    private static void passed(Samples traffic, String name, Traffic cost, double scale) {
        traffic.add(name + ", statements", "statements", cost.statements() * scale);
        traffic.add(name + ", round trips", "round trips", cost.roundTrips() * scale);
        traffic.add(name + ", bytes", "bytes", cost.bytes() * scale);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("lease.duration", TERMS.duration().toSeconds() + " s");
        settings.put("lease.store.timeout", TERMS.storeTimeout().toMillis() + " ms");
        settings.put("rounds", "%d after %d to warm up".formatted(rounds, warmUps));
        settings.put("ticks in a round", String.valueOf(ticksARound));
        settings.put("splits written one by one", "at most %d".formatted(peersWrite));
        settings.put("database", "PostgreSQL on loopback, fsync on, synchronous_commit on");
        return settings;
    }

    private List<Bar> bars(Map<Integer, Group.Costs> costs) {
        List<Double> ticks =
                sizes.stream().map(splits -> samples.of(ours(TICK, splits)).median()).toList();
        List<Bar> bars = new ArrayList<>();
        bars.add(
                Bar.atMost(
                        "round trips of a steady tick, of whatever number of splits",
                        1,
                        costs.values().stream()
                                .mapToLong(cost -> cost.tick().roundTrips())
                                .max()
                                .orElseThrow(),
                        ""));
        bars.add(
                Bar.atMost(
                        "greatest over least median of a steady tick, of all numbers of splits",
                        2,
                        Collections.max(ticks) / Collections.min(ticks),
                        ""));
        if (sizes.contains(10_000)) {
            double median = samples.of(ours(CHECKPOINT, 10_000)).median();
            bars.add(Bar.atMost("median of progress of 10,000 splits", 60, median, "ms"));
        }
        if (sizes.contains(100_000)) {
            double median = samples.of(ours(ACQUIRE, 100_000)).median();
            bars.add(Bar.atMost("median of acquiring 100,000 splits", 3_000, median, "ms"));
        }
        return bars;
    }

    private Plot times(String title, String what) {
        return new Plot(
                title,
                new Plot.Axis("splits", true),
                new Plot.Axis("ms", true),
                List.of(
                        curve("leased", splits -> samples.of(ours(what, splits)).median()),
                        curve("a write each", splits -> samples.of(peers(what, splits)).median())));
    }

    private Plot bytes(Samples traffic) {
        return new Plot(
                "Bytes of a steady tick and of a checkpoint's progress",
                new Plot.Axis("splits", true),
                new Plot.Axis("bytes", true),
                List.of(
                        curve("tick, leased", bytes(traffic, TICK, Tick::ours)),
                        curve("tick, a write each", bytes(traffic, TICK, Tick::peers)),
                        curve("progress, leased", bytes(traffic, CHECKPOINT, Tick::ours)),
                        curve("progress, a write each", bytes(traffic, CHECKPOINT, Tick::peers))));
    }

    private static IntToDoubleFunction bytes(
            Samples traffic, String what, BiFunction<String, Integer, String> way) {
        return splits -> traffic.of(way.apply(what, splits) + ", bytes").median();
    }

    private Plot.Curve curve(String name, IntToDoubleFunction value) {
        return new Plot.Curve(
                name,
                true,
                sizes.stream()
                        .map(splits -> new Plot.Point(splits, value.applyAsDouble(splits)))
                        .toList());
    }

    private List<String> remarks(int unanswered) {
        List<String> remarks = new ArrayList<>();
        remarks.add(
                "Each number of splits has a database of its own. In a round every thing is done once and the steady ticks so often, in turn over all numbers of splits and both ways.");
        remarks.add(
                "Leased: a real keeper over the real store, one thread. Its clock skips what it would wait for; a time is the work of the keeper, the driver and the database.");
        remarks.add(
                "A write each: UPDATE ... WHERE split_id = ? AND counter = ?, and the owner, for every split, prepared, confirmed before the next, on one connection to the same database: what a renewal, an acquisition and a checkpoint are for those who keep a counter in each lease.");
        remarks.add(
                "Where more splits are there than are written one by one, so many are written, spread over the table, and times and counts are multiplied.");
        remarks.add(
                "Acquire all: from a member that is in the table and knows nothing of the splits until it holds all and has nothing more to do: reads all rows, plans, acquires. First tick after that: the tick that finds that the group has changed.");
        remarks.add(
                "Progress of all: positions of some 60 bytes, and as many for people, from being told to being confirmed.");
        remarks.add(
                "Statements are those that PostgreSQL counts, BEGIN and COMMIT among them; round trips and bytes, both ways and without headers of TCP, are counted on the line. What is counted is done once more, and not timed.");
        if (unanswered > 0) {
            remarks.add(
                    "%d requests were not answered within lease.store.timeout, and repeated: the times hold that."
                            .formatted(unanswered));
        }
        return remarks;
    }
}
