package io.leasehold.job.bench.scale;

import io.leasehold.job.bench.Benchmark;
import io.leasehold.job.bench.database.CountedLine;
import io.leasehold.job.bench.report.Bar;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Plot;
import io.leasehold.job.bench.report.Samples;
import io.leasehold.job.bench.scale.SimulatedGroup.SimulatedMember;
import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.plan.LeasePlanner;
import io.leasehold.lease.plan.LeasePlanner.Candidate;
import io.leasehold.lease.plan.LeasePlanner.Placed;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How what a member must do and remember grows with its group. */
public final class Scale implements Benchmark {

    private record Size(int members, int splits) {
        String text() {
            return String.format(Locale.ROOT, "%,d members x %,d splits", members, splits);
        }
    }

    private static final int MEMBERS = 1_000;

    private final List<Integer> splits;
    private final List<Size> simulated;
    private final List<Integer> kept;
    private final List<Integer> membersOfTicks;
    private final int warmUps;
    private final int rounds;

    private final Samples samples = new Samples();

    public Scale() {
        this(
                List.of(10_000, 100_000, 1_000_000),
                List.of(new Size(10, 100), new Size(10, 10_000), new Size(100, 10_000)),
                List.of(50_000, 100_000, 200_000),
                List.of(1, 10, 100, 1_000),
                2,
                7);
    }

    private Scale(
            List<Integer> splits,
            List<Size> simulated,
            List<Integer> kept,
            List<Integer> membersOfTicks,
            int warmUps,
            int rounds) {
        this.splits = splits;
        this.simulated = simulated;
        this.kept = kept;
        this.membersOfTicks = membersOfTicks;
        this.warmUps = warmUps;
        this.rounds = rounds;
    }

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        for (Size size : simulated) {
            quietOfAll(size);
        }
        for (int count : splits) {
            quietOfOne(new Size(MEMBERS, count));
            plans(count);
        }
        ticks();
        for (int count : kept) {
            EnumeratorMemory.Kept memory = EnumeratorMemory.of(count);
            samples.add(atRest(count), "bytes/split", memory.atRest());
            samples.add(oneBehind(count), "bytes/split", memory.oneBehind());
            samples.add(of(count, "the positions themselves"), "bytes/split", memory.positions());
            samples.add(beyond(count), "bytes/split", memory.oneBehind() - memory.positions());
        }
        return findings();
    }

    /** Every member has a keeper: all start within a tick, and then one more comes. */
    private void quietOfAll(Size size) {
        for (int round = 0; round < rounds; round++) {
            Random random = new Random(round);
            SimulatedGroup group = new SimulatedGroup();
            long tick = SimulatedGroup.TERMS.renewInterval().toNanos();
            for (int i = 0; i < size.members(); i++) {
                group.member(
                        "member-%04d".formatted(i),
                        SimulatedGroup.splits(size.splits()),
                        Duration.ofNanos(random.nextLong(tick)));
            }
            samples.add("ticks to quiet from the start, " + size.text(), "ticks", quiet(group));
            group.member("newcomer", List.of(), Duration.ofNanos(random.nextLong(tick)));
            samples.add(
                    "ticks to quiet when one more comes, " + size.text(), "ticks", quiet(group));
        }
    }

    private static double quiet(SimulatedGroup group) {
        double ticks = group.ticksUntilQuiet();
        if (group.unevenness() > 1) {
            throw new AssertionError("The shares are not even.");
        }
        return ticks;
    }

    /** One member has a keeper, and comes to a group that is at rest. */
    private void quietOfOne(Size size) {
        LargeGroup group = new LargeGroup(size.members(), SimulatedGroup.splits(size.splits()));
        SimulatedMember newcomer = group.newcomer();
        samples.add(
                "ticks to quiet when one more comes, " + size.text() + ", that one",
                "ticks",
                group.ticksUntilQuiet());
        if (newcomer.heldCount() != size.splits() / (size.members() + 1)) {
            throw new AssertionError("The newcomer has %d splits.".formatted(newcomer.heldCount()));
        }
        for (int round = -warmUps; round < rounds; round++) {
            newcomer.takeLongestThought();
            group.standbyComes();
            group.ticksUntilQuiet();
            if (round >= 0) {
                samples.add(
                        of(size.splits(), "a member makes its plan"),
                        "ms",
                        newcomer.takeLongestThought() / 1e6);
            }
        }
    }

    /** The planner alone, one more member having come to an even group. */
    private void plans(int count) {
        List<Candidate> takers =
                IntStream.rangeClosed(0, MEMBERS)
                        .mapToObj(i -> new Candidate("member-%04d".formatted(i), 1, count, false))
                        .toList();
        Random random = new Random(1);
        List<NewSplit> all = SimulatedGroup.splits(count);
        List<Placed> placed =
                IntStream.range(0, count)
                        .mapToObj(
                                i ->
                                        new Placed(
                                                all.get(i).splitId(),
                                                Optional.of(takers.get(i % MEMBERS).memberId()),
                                                false,
                                                1 + random.nextInt(1_000)))
                        .toList();
        for (int round = -warmUps; round < rounds; round++) {
            for (Balance balance : Balance.values()) {
                long start = System.nanoTime();
                int planned = LeasePlanner.plan(balance, takers, placed).size();
                double millis = (System.nanoTime() - start) / 1e6;
                if (planned != count) {
                    throw new AssertionError("The plan is of %d splits.".formatted(planned));
                }
                if (round >= 0) {
                    samples.add(planBy(balance, count), "ms", millis);
                }
            }
        }
    }

    /** By the number of members; that splits do not count, {@code tick} shows. */
    private void ticks() throws Exception {
        String database = PostgresServer.newDatabase();
        try (CountedLine line = new CountedLine(database);
                LeaseStore store =
                        JdbcLeaseStore.url(line.url())
                                .user("postgres")
                                .createSchema(true)
                                .open(SimulatedGroup.TERMS.storeTimeout())) {
            int joined = 0;
            long beat = 1;
            ScriptedMember first = member(store, 0);
            for (int members : membersOfTicks) {
                for (; joined < members; joined++) {
                    member(store, joined).joined();
                }
                // Often enough for the statement to be sent by name, as a member's are.
                for (int i = 0; i < 6; i++) {
                    ScriptedMember.applied(first.beat(beat++));
                }
                long next = beat++;
                samples.add(
                        tick(members),
                        "bytes",
                        line.during(() -> ScriptedMember.applied(first.beat(next))).bytes());
            }
        }
    }

    private static ScriptedMember member(LeaseStore store, int number) {
        String id = "member-%04d".formatted(number);
        return new ScriptedMember(store, SimulatedGroup.GROUP, new Incarnation(id, id + "-1"));
    }

    private static String of(int splits, String what) {
        return String.format(Locale.ROOT, "%,d splits, %s", splits, what);
    }

    private static String planBy(Balance balance, int splits) {
        return of(splits, "planner by " + balance.name().toLowerCase(Locale.ROOT));
    }

    private static String atRest(int splits) {
        return of(splits, "memory at rest");
    }

    private static String oneBehind(int splits) {
        return of(splits, "memory with positions one checkpoint behind");
    }

    private static String beyond(int splits) {
        return of(splits, "memory with positions but for the splits themselves in them");
    }

    private static String tick(int members) {
        return String.format(Locale.ROOT, "bytes of a tick, %,d members", members);
    }

    private static String plan(int splits) {
        return of(splits, "a member makes its plan");
    }

    private double median(String name) {
        return samples.of(name).median();
    }

    private Findings findings() {
        return new Findings(
                name(),
                "How does what a member must do and remember grow with its group?",
                settings(),
                samples.series(),
                bars(),
                plots(),
                remarks());
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("members of plans", String.valueOf(MEMBERS));
        settings.put("lease.duration", SimulatedGroup.TERMS.duration().toSeconds() + " s");
        settings.put("rounds", "%d after %d to warm up".formatted(rounds, warmUps));
        settings.put("readers of the enumerator", "4");
        settings.put("greatest heap", (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
        return settings;
    }

    private List<Bar> bars() {
        int least = Collections.min(splits);
        int most = Collections.max(splits);
        List<Bar> bars = new ArrayList<>();
        bars.add(
                Bar.atMost(
                        of(most, "median of a member's plan, what it reads and moves included"),
                        1_000,
                        median(plan(most)),
                        "ms"));
        for (Balance balance : Balance.values()) {
            bars.add(
                    Bar.atMost(
                            "median of " + planBy(balance, most),
                            1_000,
                            median(planBy(balance, most)),
                            "ms"));
        }
        bars.add(
                Bar.atMost(
                        String.format(
                                Locale.ROOT,
                                "time of a member's plan a split, of %,d over that of %,d",
                                most,
                                least),
                        3,
                        median(plan(most)) / most / (median(plan(least)) / least),
                        ""));
        bars.add(
                Bar.atMost(
                        "memory of the enumerator at rest",
                        300,
                        greatest(kept, count -> median(atRest(count))),
                        "bytes/split"));
        bars.add(
                Bar.atMost(
                        "memory with positions one behind, beyond the splits themselves in them",
                        300,
                        greatest(kept, count -> median(beyond(count))),
                        "bytes/split"));
        bars.add(
                Bar.atMost(
                        "memory at rest a split, the greatest over the least",
                        1.25,
                        greatest(kept, count -> median(atRest(count)))
                                / -greatest(kept, count -> -median(atRest(count))),
                        ""));
        return bars;
    }

    private static double greatest(List<Integer> of, ToDoubleFunction<Integer> value) {
        return of.stream().mapToDouble(value).max().orElseThrow();
    }

    private List<Plot> plots() {
        return List.of(
                new Plot(
                        "Time to plan, %,d members".formatted(MEMBERS),
                        new Plot.Axis("splits", true),
                        new Plot.Axis("ms", true),
                        List.of(
                                curve("a member", splits, count -> median(plan(count))),
                                curve(
                                        "planner by count",
                                        splits,
                                        count -> median(planBy(Balance.COUNT, count))),
                                curve(
                                        "planner by load",
                                        splits,
                                        count -> median(planBy(Balance.LOAD, count))))),
                new Plot(
                        "Memory of an enumerator",
                        new Plot.Axis("splits", true),
                        new Plot.Axis("bytes/split", false),
                        List.of(
                                curve("at rest", kept, count -> median(atRest(count))),
                                curve(
                                        "positions one behind",
                                        kept,
                                        count -> median(oneBehind(count))),
                                curve(
                                        "but for the splits in them",
                                        kept,
                                        count -> median(beyond(count))))),
                new Plot(
                        "Bytes of a tick",
                        new Plot.Axis("members", true),
                        new Plot.Axis("bytes", true),
                        List.of(curve("tick", membersOfTicks, count -> median(tick(count))))));
    }

    private static Plot.Curve curve(
            String name, List<Integer> at, ToDoubleFunction<Integer> value) {
        return new Plot.Curve(
                name,
                true,
                at.stream()
                        .map(count -> new Plot.Point(count, value.applyAsDouble(count)))
                        .toList());
    }

    private static List<String> remarks() {
        return List.of(
                "Ticks are of virtual time, over a table in memory, with real keepers; an answer takes 2 ms, a claimed split stands still at the next step of its owner. Quiet is when nothing more is sent but renewals; the last thing that was sent counts.",
                "A keeper knows all leases of its group, so a thousand keepers of a million leases do not fit into one JVM. In groups of %,d members only the newcomer has a keeper (\"that one\"); of the others there are the rows, and what is claimed of them is released at each tick."
                        .formatted(MEMBERS),
                "A member makes its plan: the longest that this keeper takes to say what it wants next after a standby has come: from what it knows of leases and members to the moves. The planner alone has another even view with one more member, in memory already.",
                "Memory is heap in use after full collections, with a real enumerator over PostgreSQL less that without, over the number of splits: keeper, leases, readers' splits, bounds, metrics, connection pool and driver are in it. The wrapped enumerator remembers nothing here; what it would hold is its own. Kafka's splits, ids of some 12 characters, epochs below 128, all shares by count.",
                "With positions one checkpoint behind: each split's last reported position waits to be recorded. Its id, bytes and text are the wrapped split itself; what is beyond them is shown apart.",
                "Bytes of a tick are both ways, without headers of TCP: the rows of all members are in it.");
    }
}
