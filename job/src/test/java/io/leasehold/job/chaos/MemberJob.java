package io.leasehold.job.chaos;

import io.leasehold.job.chaos.emitter.ChaosJob;
import io.leasehold.job.chaos.emitter.ChaosJob.Argument;
import io.leasehold.job.chaos.kit.ChaosException;
import io.leasehold.job.chaos.kit.FlinkCluster;
import io.leasehold.job.chaos.kit.Pause;
import io.leasehold.job.chaos.kit.Rest;
import io.leasehold.job.chaos.kit.StoreLines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One leased job in a cluster of its own, with lines of its own to the lease table. */
final class MemberJob {

    private static final Duration RUNS_WITHIN = Duration.ofSeconds(120);

    /** The jars that a person would hand to {@code flink run}. */
    record Jars(Path chaosJob, Path leasehold) {}

    private final FlinkCluster cluster;
    private final StoreLines store;
    private final Jars jars;
    private final Map<Argument, String> arguments;
    private String jobId = "none";

    /**
     * @param arguments what all its submissions are told
     */
    MemberJob(FlinkCluster cluster, StoreLines store, Jars jars, Map<Argument, String> arguments) {
        this.cluster = cluster;
        this.store = store;
        this.jars = jars;
        this.arguments = new EnumMap<>(arguments);
    }

    String id() {
        return cluster.name();
    }

    FlinkCluster cluster() {
        return cluster;
    }

    /** Between the job and the servers of the lease table. */
    StoreLines store() {
        return store;
    }

    /** The TaskManager that is to be hurt: one that runs a part of the job. */
    int victim() {
        return cluster.taskManagerOf(jobId);
    }

    /** Waits until a checkpoint has just been completed, and none is under way. */
    void waitForCheckpoint() {
        long before = cluster.rest().checkpoints(jobId).completed();
        Pause.until(
                "a checkpoint of " + id() + " is complete and none under way",
                RUNS_WITHIN,
                () -> {
                    Rest.Checkpoints now = cluster.rest().checkpoints(jobId);
                    return now.completed() > before && now.underWay() == 0;
                });
    }

    void submit(int parallelism, Optional<String> savepoint) {
        jobId = submit(parallelism, savepoint, arguments);
        waitUntilRunning(jobId);
    }

    /** Submits the same job without a lease to the same cluster, beside it. */
    void submitBare(int parallelism) {
        Map<Argument, String> bare = new EnumMap<>(arguments);
        bare.keySet().removeAll(List.of(Argument.STORE, Argument.GRANTS, Argument.OUTPUT));
        bare.put(Argument.MEMBER, Scenario.BARE);
        waitUntilRunning(submit(parallelism, Optional.empty(), bare));
    }

    private String submit(int parallelism, Optional<String> savepoint, Map<Argument, String> told) {
        List<String> line = new ArrayList<>(List.of("-p", Integer.toString(parallelism)));
        savepoint.ifPresent(it -> line.addAll(List.of("-s", it)));
        line.addAll(List.of("-C", jars.leasehold().toUri().toString()));
        line.addAll(List.of("-c", ChaosJob.class.getName(), jars.chaosJob().toString()));
        told.forEach((argument, value) -> line.addAll(List.of(argument.option(), value)));
        return cluster.submit(line);
    }

    private void waitUntilRunning(String job) {
        Pause.until(
                "the job of " + id() + " runs",
                RUNS_WITHIN,
                () -> {
                    String state = cluster.rest().state(job);
                    if (state.equals("FAILED")) {
                        throw new ChaosException("The job of " + id() + " failed");
                    }
                    return state.equals("RUNNING");
                });
    }

    /** Stops with a savepoint and starts from there, as for a new version of the job. */
    void upgrade(int parallelism) {
        submit(parallelism, Optional.of(cluster.stop(jobId)));
    }
}
