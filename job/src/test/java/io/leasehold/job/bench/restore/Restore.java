package io.leasehold.job.bench.restore;

import io.leasehold.job.bench.Benchmark;
import io.leasehold.job.bench.database.CountedLine;
import io.leasehold.job.bench.database.CountedLine.Traffic;
import io.leasehold.job.bench.enumerator.EnumeratorLife;
import io.leasehold.job.bench.enumerator.EnumeratorLife.Checkpoint;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Plot;
import io.leasehold.job.bench.report.Samples;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.PostgresServer;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How fast a job gets its splits back, by their number. */
public final class Restore implements Benchmark {

    private final List<Integer> sizes;
    private final int warmUps;
    private final int rounds;
    private final int parallelism;

    private final Samples samples = new Samples();

    public Restore() {
        this(List.of(100, 1_000, 10_000, 100_000), 2, 7, 4);
    }

    private Restore(List<Integer> sizes, int warmUps, int rounds, int parallelism) {
        this.sizes = sizes;
        this.warmUps = warmUps;
        this.rounds = rounds;
        this.parallelism = parallelism;
    }

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        for (int splits : sizes) {
            measure(splits);
        }
        return new Findings(
                name(),
                "How long does it take from a job's state to all its splits being granted to readers?",
                settings(),
                samples.series(),
                List.of(),
                List.of(
                        new Plot(
                                "Time from state to granted",
                                new Plot.Axis("splits", true),
                                new Plot.Axis("ms", true),
                                List.of(
                                        new Plot.Curve(
                                                "median",
                                                true,
                                                sizes.stream().map(this::point).toList())))),
                remarks());
    }

    private void measure(int splits) throws Exception {
        String database = PostgresServer.newDatabase();
        LeaseStoreFactory store = store(database);
        Checkpoint state = first(store, splits);
        for (int round = -warmUps; round < rounds; round++) {
            long start = System.nanoTime();
            try (EnumeratorLife life = EnumeratorLife.restored(store, parallelism, state)) {
                life.runUntilAllIsGranted();
                double millis = (System.nanoTime() - start) / 1e6;
                if (round >= 0) {
                    samples.add(time(splits), "ms", millis);
                    samples.add(of(splits, "messages to readers"), "messages", life.messages());
                }
                state = life.lastCheckpoint();
            }
        }
        count(database, state, splits);
    }

    private Checkpoint first(LeaseStoreFactory store, int splits) throws Exception {
        try (EnumeratorLife life = EnumeratorLife.fresh(store, parallelism, splits)) {
            life.runUntilAllIsGranted();
            return life.lastCheckpoint();
        }
    }

    private void count(String database, Checkpoint state, int splits) throws Exception {
        try (CountedLine line = new CountedLine(database)) {
            LeaseStoreFactory counted = store(line.url());
            Traffic traffic =
                    line.during(
                            () -> {
                                try (EnumeratorLife life =
                                        EnumeratorLife.restored(counted, parallelism, state)) {
                                    life.runUntilAllIsGranted();
                                }
                            });
            samples.add(of(splits, "statements"), "statements", traffic.statements());
            samples.add(of(splits, "round trips"), "round trips", traffic.roundTrips());
            samples.add(of(splits, "bytes"), "bytes", traffic.bytes());
        }
    }

    private static LeaseStoreFactory store(String url) {
        return JdbcLeaseStore.url(url).user("postgres").createSchema(true);
    }

    private static String time(int splits) {
        return of(splits, "from state to granted");
    }

    private static String of(int splits, String what) {
        return String.format(Locale.ROOT, "%,d splits, %s", splits, what);
    }

    private Plot.Point point(int splits) {
        return new Plot.Point(splits, samples.of(time(splits)).median());
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("readers", String.valueOf(parallelism));
        settings.put("lease.duration", "10 s");
        settings.put("lease.restore", "auto");
        settings.put("repetitions", "%d after %d to warm up".formatted(rounds, warmUps));
        settings.put("database", "PostgreSQL on loopback, fsync on, synchronous_commit on");
        return settings;
    }

    private static List<String> remarks() {
        return List.of(
                "A real enumerator with its own threads, over PostgreSQL, in a context that does what Flink's coordinator does on its thread: it decodes the state and the splits that readers report, and encodes each assignment. What Flink does besides, to deploy tasks and to carry messages, is not in it.",
                "From the bytes of the enumerator's state and of its readers' to the moment when every split is with a reader and every reader is granted to emit. The splits are Kafka's, in the state of the readers, as they are between two changes.",
                "The job before was stopped and its readers had said so: after a crash it is waited for until their grants are over, three seconds at most.",
                "Each restore goes on from the state that the one before left. Statements, round trips and bytes are counted once more, not timed, and with the farewell at the end: BEGIN and COMMIT are statements too.");
    }
}
