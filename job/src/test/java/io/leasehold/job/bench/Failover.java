package io.leasehold.job.bench;

import io.leasehold.job.bench.report.Bar;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Plot;
import io.leasehold.job.bench.report.Series;
import io.leasehold.job.chaos.kit.Database;
import io.leasehold.job.chaos.kit.Loopback;
import io.leasehold.job.chaos.kit.Pause;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.source.LeasedSource;
import io.leasehold.source.SplitIds;
import io.leasehold.testkit.OwnIds;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What leases add to a failover inside one job: the time from a task's failure to the first record
 * of the attempt that follows, of a leased source and of the same source bare.
 */
@SuppressWarnings("try") // What a cluster's close may throw is Flink's to declare.
final class Failover implements Benchmark {

    private static final int ROUNDS = Integer.getInteger("bench.failover.rounds", 15);
    private static final Duration MOST_ADDED = Duration.ofMillis(300);
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration CHECKPOINTS = Duration.ofMillis(200);
    private static final Duration RESTART_DELAY = Duration.ofMillis(100);
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int PARALLELISM = 2;

    /** Which job of a round: the second bare one says what the others' difference is worth. */
    private enum Job {
        LEASED,
        BARE,
        CONTROL
    }

    /** Whose failure it is. */
    private enum Failed {
        READER("the reader's task"),
        BEHIND_A_SHUFFLE("a task behind a shuffle");

        private final String words;

        Failed(String words) {
            this.words = words;
        }
    }

    @Override
    public String name() {
        return "failover";
    }

    @Override
    public Findings measure(Path work) throws Exception {
        Map<Failed, Map<Job, List<Double>>> millis = new EnumMap<>(Failed.class);
        try (Database database = new Database(work.resolve("postgresql"), new Loopback());
                MiniCluster cluster = cluster()) {
            for (Failed failed : Failed.values()) {
                millis.put(failed, rounds(cluster, database, failed));
            }
        }
        List<Series> series = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        List<Plot> plots = new ArrayList<>();
        millis.forEach(
                (failed, of) -> {
                    Series added = differences("added by leases", failed, of, Job.LEASED);
                    series.add(series("leased", failed, of.get(Job.LEASED)));
                    series.add(series("bare", failed, of.get(Job.BARE)));
                    series.add(added);
                    series.add(differences("added by nothing (control)", failed, of, Job.CONTROL));
                    bars.add(
                            Bar.atMost(
                                    "median added, failure of " + failed.words,
                                    MOST_ADDED.toMillis(),
                                    added.median(),
                                    "ms"));
                    plots.add(plot(failed, of));
                });
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("rounds", Integer.toString(ROUNDS));
        settings.put("parallelism", Integer.toString(PARALLELISM));
        settings.put("lease.duration", LEASE.toMillis() + " ms");
        settings.put("checkpoint interval", CHECKPOINTS.toMillis() + " ms");
        settings.put("restart delay", RESTART_DELAY.toMillis() + " ms");
        settings.put("lease table", "PostgreSQL, fsync on");
        return new Findings(
                name(),
                "How much later does a job's next attempt emit, after a task has failed, because its source is leased?",
                settings,
                series,
                bars,
                plots,
                List.of(
                        "Each round is a leased job, a bare one and another bare one, in an order"
                                + " that changes from round to round. Added is the difference within"
                                + " a round to the first bare one, so it may be below zero.",
                        "Measured from the exception in a task to the first record of the"
                                + " task of the same subtask in the next attempt. Most of it is the"
                                + " restart delay and Flink's own work.",
                        "All runs share one cluster of one TaskManager, in this JVM: the old attempt"
                                + " can say that it is closed. Where a TaskManager is lost, the next"
                                + " attempt waits until the grant of the old one is over."));
    }

    private static MiniCluster cluster() throws Exception {
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(PARALLELISM)
                                .withRandomPorts()
                                .build());
        cluster.start();
        return cluster;
    }

    private static Map<Job, List<Double>> rounds(
            MiniCluster cluster, Database database, Failed failed) throws Exception {
        Map<Job, List<Double>> millis = new EnumMap<>(Job.class);
        List<Job> jobs = List.of(Job.values());
        for (Job job : jobs) {
            // Warms up, and is not counted.
            failover(cluster, database, job, failed);
            millis.put(job, new ArrayList<>());
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < jobs.size(); i++) {
                // Forwards and backwards in turn, from another one each time.
                int at = Math.floorMod(round % 2 == 0 ? round + i : round - i, jobs.size());
                millis.get(jobs.get(at))
                        .add(failover(cluster, database, jobs.get(at), failed) / 1e6);
            }
        }
        return millis;
    }

    /** How long one took, in nanoseconds. */
    private static long failover(MiniCluster cluster, Database database, Job job, Failed failed)
            throws Exception {
        FailsOnDemand.Order order = FailsOnDemand.order();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(settings());
        DataStream<Long> read =
                environment
                        .fromSource(
                                source(database, job), WatermarkStrategy.noWatermarks(), "numbers")
                        .setParallelism(PARALLELISM);
        (failed == Failed.BEHIND_A_SHUFFLE ? read.rebalance() : read)
                .map(new FailsOnDemand())
                .setParallelism(PARALLELISM)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(PARALLELISM);
        JobID id = cluster.submitJob(environment.getStreamGraph()).get().getJobID();
        try {
            Pause.until("the job emits", SOON, order::running);
            order.fail();
            Pause.until("the next attempt emits", SOON, order::back);
            return order.nanos();
        } finally {
            cluster.cancelJob(id).get(SOON.toSeconds(), TimeUnit.SECONDS);
            cluster.requestJobResult(id).get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static Configuration settings() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1_000);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        return settings;
    }

    private static Source<Long, ?, ?> source(Database database, Job job) {
        NumberSequenceSource bare = new NumberSequenceSource(1, Long.MAX_VALUE);
        if (job != Job.LEASED) {
            return bare;
        }
        return LeasedSource.wrap(new OwnIds<>(bare))
                .splitIds(SplitIds.STABLE)
                .group("numbers-" + UUID.randomUUID())
                .memberId("only")
                .store(
                        LeaseStores.forUrl(
                                Database.url(database.port()), Map.of("user", "postgres")))
                .terms(LeaseTerms.of(LEASE))
                .build();
    }

    private static Series series(String what, Failed failed, List<Double> millis) {
        return new Series("%s, failure of %s".formatted(what, failed.words), "ms", millis);
    }

    private static Series differences(
            String what, Failed failed, Map<Job, List<Double>> millis, Job job) {
        List<Double> bare = millis.get(Job.BARE);
        return series(
                what,
                failed,
                IntStream.range(0, bare.size())
                        .mapToObj(round -> millis.get(job).get(round) - bare.get(round))
                        .toList());
    }

    private static Plot plot(Failed failed, Map<Job, List<Double>> millis) {
        return new Plot(
                "Failure of " + failed.words,
                new Plot.Axis("round", false),
                new Plot.Axis("ms to the first record", false),
                List.of(
                        curve("leased", millis.get(Job.LEASED)),
                        curve("bare", millis.get(Job.BARE)),
                        curve("bare (control)", millis.get(Job.CONTROL))));
    }

    private static Plot.Curve curve(String name, List<Double> millis) {
        return new Plot.Curve(
                name,
                true,
                IntStream.range(0, millis.size())
                        .mapToObj(round -> new Plot.Point(round + 1, millis.get(round)))
                        .toList());
    }
}
