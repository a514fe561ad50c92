package io.leasehold.job.chaos;

import io.leasehold.job.chaos.Scenario.With;
import io.leasehold.job.chaos.audit.Audit;
import io.leasehold.job.chaos.audit.CommittedRecords;
import io.leasehold.job.chaos.audit.Granted;
import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;
import io.leasehold.job.chaos.audit.WentBack;
import io.leasehold.job.chaos.audit.WrittenLines;
import io.leasehold.job.chaos.emitter.ChaosJob.Argument;
import io.leasehold.job.chaos.emitter.Emission;
import io.leasehold.job.chaos.emitter.GrantLine;
import io.leasehold.job.chaos.kit.Broker;
import io.leasehold.job.chaos.kit.ChaosException;
import io.leasehold.job.chaos.kit.Database;
import io.leasehold.job.chaos.kit.FlinkCluster;
import io.leasehold.job.chaos.kit.Load;
import io.leasehold.job.chaos.kit.Loopback;
import io.leasehold.job.chaos.kit.Pause;
import io.leasehold.job.chaos.kit.StoreLines;
import io.leasehold.job.chaos.report.Findings;
import io.leasehold.job.demo.Resources;
import io.leasehold.lease.model.LeaseTerms;

import org.apache.curator.test.TestingServer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One run of a scenario, from the start of the processes to the findings. Whatever it starts has
 * ended when {@link #findings} returns or throws, or when this JVM ends.
 */
final class ChaosRun {

    private static final String QUEUE = "queue";
    private static final String OUTPUT = "output";
    private static final int SPLITS = 8;
    private static final int RATE = 400;
    private static final int PARALLELISM = 2;
    private static final int SLOTS = 4;
    private static final Duration CHECKPOINTS = Duration.ofSeconds(2);
    private static final Duration SHARED_WITHIN = Duration.ofSeconds(150);
    private static final Duration BEFORE = Duration.ofSeconds(8);
    private static final Duration DELIVERED_WITHIN = Duration.ofMinutes(3);

    /**
     * What a run needs of the build.
     *
     * @param library the folder of the jars of Flink's distribution
     * @param work a folder of the run's own, for logs and data; it is deleted after a clean run
     */
    record Place(Path library, MemberJob.Jars jars, Path work) {

        /** Within a module's {@code target} folder. */
        static Place in(Path target, String name) {
            return new Place(
                    target.resolve("chaos-lib"),
                    new MemberJob.Jars(
                            target.resolve("leasehold-job-chaos.jar").toAbsolutePath(),
                            target.resolve("leasehold-job.jar").toAbsolutePath()),
                    target.resolve("chaos").resolve("work-" + name).toAbsolutePath());
        }
    }

    private final Scenario scenario;
    private final long seed;
    private final Duration length;
    private final Place place;
    private final Loopback loopback = new Loopback();
    private final Path emitted;
    private final Path granted;
    private final WrittenLines<Emission> emissions;
    private Optional<TableWatch> watch = Optional.empty();

    ChaosRun(Scenario scenario, long seed, Duration length, Place place) {
        this.scenario = scenario;
        this.seed = seed;
        this.length = length;
        this.place = place;
        this.emitted = place.work().resolve("emissions");
        this.granted = place.work().resolve("grants");
        this.emissions = new WrittenLines<>(emitted, Emission::parse);
    }

    /**
     * Runs it.
     *
     * @throws ChaosException if it does not come to an audit
     */
    Findings findings() throws IOException {
        delete(place.work());
        Files.createDirectories(emitted);
        Files.createDirectories(granted);
        Run run = run();
        Optional<WentBack> wentBack = watch.map(it -> wentBack(it, run));
        Audit audit =
                wentBack.map(it -> Audit.of(run, it))
                        .orElseGet(() -> Audit.of(run, scenario.has(With.TAKEOVER)));
        Findings findings =
                new Findings(
                        scenario.name(),
                        seed,
                        run,
                        audit,
                        wentBack,
                        Stream.concat(
                                        Stream.of(Expectation.grantsWrittenDown()),
                                        scenario.expectations().stream())
                                .flatMap(it -> it.unmet(run).stream())
                                .toList());
        if (findings.clean()) {
            delete(place.work());
        } else {
            deleteData();
        }
        return findings;
    }

    private WentBack wentBack(TableWatch seen, Run run) {
        WentBack back =
                seen.wentBack(
                        run,
                        TableGoesBack.mustNotice(seed),
                        LeaseTerms.of(scenario.lease()),
                        "Source: " + QUEUE,
                        PARALLELISM);
        back.lines().forEach(this::say);
        return back;
    }

    private Run run() throws IOException {
        try (Resources resources = new Resources()) {
            return run(resources);
        } catch (RuntimeException | IOException e) {
            deleteData();
            throw e;
        }
    }

    private Run run(Resources resources) throws IOException {
        say("starting two clusters, Kafka and PostgreSQL");
        Map<String, String> availability =
                scenario.has(With.HIGH_AVAILABILITY) ? zooKeeper(resources) : Map.of();
        FlinkCluster a = resources.add(cluster(Scenario.A, 2, availability));
        FlinkCluster b = resources.add(cluster(Scenario.B, 1, availability));
        a.start();
        b.start();
        Path data = place.work().resolve("postgresql");
        Database database =
                resources.add(
                        scenario.has(With.REPLICA)
                                ? Database.withReplica(data, loopback)
                                : new Database(data, loopback));
        Broker broker = resources.add(new Broker(place.work().resolve("kafka"), loopback));
        broker.createTopic(QUEUE, SPLITS);
        broker.createTopic(OUTPUT, 2);
        a.waitUntilUp();
        b.waitUntilUp();
        List<MemberJob> jobs = new ArrayList<>();
        for (FlinkCluster cluster : List.of(a, b)) {
            StoreLines lines = resources.add(new StoreLines(database));
            jobs.add(
                    new MemberJob(cluster, lines, place.jars(), arguments(cluster, lines, broker)));
        }
        if (scenario.has(With.REPLICA)) {
            watch = Optional.of(resources.add(new TableWatch(jobs)));
        }
        Stage stage = new Stage(broker, database, jobs);
        say("submitting the jobs");
        long startedAt = System.nanoTime();
        submit(jobs);
        Load load = resources.add(new Load(broker.bootstrapServers(), QUEUE, SPLITS, RATE));
        Pause.until("all splits are read, by both members", SHARED_WITHIN, this::shared);
        Pause.of(BEFORE);

        List<Struck> faults = new ArrayList<>();
        for (Scenario.Step step : scenario.faults().of(new Random(seed), length)) {
            faults.add(strike(step, stage));
        }
        Map<String, Long> produced = load.stop();
        say("waiting for the rest");
        CommittedRecords committed =
                resources.add(new CommittedRecords(broker.bootstrapServers(), OUTPUT));
        boolean complete =
                Pause.holds(
                        DELIVERED_WITHIN.plus(scenario.transactionTimeout()),
                        () -> {
                            committed.look();
                            return committed.missing(produced) == 0;
                        });
        if (complete) {
            // Copies would come with the next checkpoints.
            long until = System.nanoTime() + CHECKPOINTS.multipliedBy(3).toNanos();
            while (System.nanoTime() - until < 0) {
                committed.look();
            }
        }
        a.close();
        b.close();
        Map<Boolean, List<Emission>> byBare =
                emissions.look().stream()
                        .collect(
                                Collectors.partitioningBy(it -> it.member().equals(Scenario.BARE)));
        return new Run(
                startedAt,
                System.nanoTime(),
                faults,
                Life.of(new ArrayList<>(byBare.get(false))),
                Granted.of(new WrittenLines<>(granted, GrantLine::parse).look()),
                Life.of(new ArrayList<>(byBare.get(true))),
                produced,
                committed.records(),
                committed.copies(),
                committed.missing(produced));
    }

    private Struck strike(Scenario.Step step, Stage stage) {
        step.fault().await(stage);
        say(step.fault().text());
        long from = System.nanoTime();
        Fault.Cure cure = step.fault().strike(stage);
        Map<String, Long> progress = progress(stage.database());
        Pause.of(step.fault().lasts());
        cure.end();
        long until = System.nanoTime();
        Pause.of(step.lookOn());
        return new Struck(step.fault().text(), from, until, progress);
    }

    private static Map<String, Long> progress(Database database) {
        Map<String, Long> progress = new TreeMap<>();
        try {
            database.leases().forEach(it -> progress.put(it.split(), it.progress()));
        } catch (ChaosException e) {
            // The fault is that it does not answer.
        }
        return progress;
    }

    private Map<String, String> zooKeeper(Resources resources) {
        try {
            TestingServer server =
                    resources.add(
                            new TestingServer(
                                    loopback.newPort(),
                                    place.work().resolve("zookeeper").toFile()));
            return Map.of(
                    "high-availability.type",
                    "zookeeper",
                    "high-availability.zookeeper.quorum",
                    server.getConnectString(),
                    "high-availability.storageDir",
                    place.work().resolve("high-availability").toUri().toString());
        } catch (Exception e) {
            throw new ChaosException("ZooKeeper did not start", e);
        }
    }

    private FlinkCluster cluster(
            String member, int taskManagers, Map<String, String> availability) {
        Map<String, String> options = new TreeMap<>();
        options.put("heartbeat.interval", millis(scenario.heartbeatInterval()));
        options.put("heartbeat.timeout", millis(scenario.heartbeatTimeout()));
        options.put("execution.checkpointing.interval", millis(CHECKPOINTS));
        options.put("execution.checkpointing.timeout", "60 s");
        options.put("execution.checkpointing.tolerable-failed-checkpoints", "1000");
        options.put("execution.checkpointing.storage", "filesystem");
        String checkpoints = place.work().resolve("checkpoints-" + member).toUri().toString();
        options.put("execution.checkpointing.dir", checkpoints);
        options.put("execution.checkpointing.savepoint-dir", checkpoints);
        options.put("rest.cache.checkpoint-statistics.timeout", "50 ms");
        options.put("pipeline.generic-types", "false");
        options.putAll(availability);
        options.put("high-availability.cluster-id", member);
        options.put("restart-strategy.type", "fixed-delay");
        options.put("restart-strategy.fixed-delay.attempts", "1000");
        options.put("restart-strategy.fixed-delay.delay", "1 s");
        return new FlinkCluster(
                member,
                place.work(),
                new FlinkCluster.Settings(place.library(), taskManagers, SLOTS, options),
                loopback);
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }

    private Map<Argument, String> arguments(FlinkCluster cluster, StoreLines store, Broker broker) {
        Map<Argument, String> arguments = new EnumMap<>(Argument.class);
        arguments.put(Argument.MEMBER, cluster.name());
        arguments.put(Argument.BROKERS, broker.bootstrapServers());
        arguments.put(Argument.QUEUE, QUEUE);
        arguments.put(Argument.EMISSIONS, emitted.toString());
        arguments.put(Argument.GRANTS, granted.toString());
        arguments.put(Argument.STORE, store.url());
        arguments.put(Argument.MEMBERS, "2");
        arguments.put(Argument.LEASE_MILLIS, Long.toString(scenario.lease().toMillis()));
        arguments.put(Argument.OUTPUT, OUTPUT);
        arguments.put(
                Argument.TRANSACTION_MILLIS,
                Long.toString(scenario.transactionTimeout().toMillis()));
        return arguments;
    }

    /** All members at once: each waits for the others. */
    private void submit(List<MemberJob> jobs) {
        List<CompletableFuture<Void>> submissions =
                jobs.stream()
                        .map(
                                job ->
                                        CompletableFuture.runAsync(
                                                () -> job.submit(PARALLELISM, Optional.empty())))
                        .toList();
        try {
            submissions.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new ChaosException("A job could not be submitted: " + e.getCause(), e);
        }
        if (scenario.has(With.BARE_BESIDE)) {
            jobs.get(0).submitBare(PARALLELISM);
        }
    }

    private boolean shared() {
        Map<String, Set<String>> splits =
                emissions.look().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Emission::member,
                                        Collectors.mapping(Emission::split, Collectors.toSet())));
        Set<String> all =
                IntStream.range(0, SPLITS)
                        .mapToObj(it -> QUEUE + "-" + it)
                        .collect(Collectors.toSet());
        Set<String> leased =
                Stream.of(Scenario.A, Scenario.B)
                        .flatMap(it -> splits.getOrDefault(it, Set.of()).stream())
                        .collect(Collectors.toSet());
        return splits.containsKey(Scenario.A)
                && splits.containsKey(Scenario.B)
                && leased.equals(all)
                && (!scenario.has(With.BARE_BESIDE) || all.equals(splits.get(Scenario.BARE)));
    }

    private void say(String what) {
        System.out.printf("[chaos %s] %s%n", scenario.name(), what);
    }

    /** What is large; logs and emissions stay for people to look at. */
    private void deleteData() throws IOException {
        for (String folder :
                List.of("kafka/data", "postgresql", "checkpoints-a", "checkpoints-b")) {
            delete(place.work().resolve(folder));
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
