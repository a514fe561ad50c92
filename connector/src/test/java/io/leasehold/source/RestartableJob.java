package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * One member of a group: a job with a cluster of its own that outlives it, watched, and held up
 * where the test says. Restarts of it go on from what it has retained.
 */
final class RestartableJob {

    /** Several of these run side by side, each with one TaskManager. */
    static final class Cluster {

        private final MiniCluster flink;
        private int taskManager;

        Cluster() throws Exception {
            Configuration settings = new Configuration();
            settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(8));
            settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(8));
            settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
            flink =
                    new MiniCluster(
                            new MiniClusterConfiguration.Builder()
                                    .setConfiguration(settings)
                                    .setNumTaskManagers(1)
                                    .setNumSlotsPerTaskManager(4)
                                    .withRandomPorts()
                                    .build());
            flink.start();
        }

        CompletableFuture<Void> killTaskManager() {
            return flink.terminateTaskManager(taskManager++);
        }

        void startTaskManager() throws Exception {
            flink.startTaskManager();
        }

        void close() throws Exception {
            flink.close();
        }
    }

    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(100);

    private final Cluster cluster;
    private final String group;
    private final String memberId;
    private final LeaseTerms terms;
    private final Path folder;
    private Optional<JobID> id = Optional.empty();

    /**
     * @param group also the name of the queue and of the lease table
     * @param folder where its checkpoints are kept
     */
    RestartableJob(Cluster cluster, String group, String memberId, LeaseTerms terms, Path folder) {
        this.cluster = cluster;
        this.group = group;
        this.memberId = memberId;
        this.terms = terms;
        this.folder = folder;
    }

    WatchedJob watched() {
        return WatchedJob.of(group, memberId);
    }

    Cluster cluster() {
        return cluster;
    }

    List<String> committed() {
        return CommittedOutput.of(group + "/" + memberId);
    }

    /**
     * @param from a savepoint or a checkpoint to go on from
     */
    void start(int parallelism, Optional<String> from) throws Exception {
        JobGraph graph = graph(parallelism);
        from.ifPresent(
                path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
        id = Optional.of(cluster.flink.submitJob(graph).get().getJobID());
    }

    CompletableFuture<String> stopWithSavepoint() {
        return cluster.flink.stopWithSavepoint(
                id.orElseThrow(), folder.toString(), false, SavepointFormatType.CANONICAL);
    }

    void cancel() throws Exception {
        cluster.flink.cancelJob(id.orElseThrow()).get();
    }

    JobStatus status() throws Exception {
        return cluster.flink.getJobStatus(id.orElseThrow()).get();
    }

    /** Where the last checkpoint is that was completed, if one was. */
    Optional<String> lastCheckpoint() throws IOException {
        Path ofThisRun = folder.resolve(id.orElseThrow().toString());
        try (Stream<Path> files = Files.list(ofThisRun)) {
            return files.filter(file -> Files.exists(file.resolve("_metadata")))
                    .max(Comparator.comparingInt(RestartableJob::number))
                    .map(Path::toString);
        }
    }

    private static int number(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    private JobGraph graph(int parallelism) {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings());
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new MemoryQueueSource(group, Boundedness.CONTINUOUS_UNBOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group(group)
                        .memberId(memberId)
                        .store(new WatchedJob.Way(MemoryLeaseStore.named(group), group, memberId))
                        .terms(terms)
                        .build();
        env.fromSource(new WatchedSource<>(source), WatermarkStrategy.noWatermarks(), "leased")
                .setParallelism(parallelism)
                .uid("source")
                .sinkTo(new CommittedOutput(group + "/" + memberId))
                .setParallelism(parallelism)
                .uid("output");
        env.fromSource(
                        new MemoryQueueSource(
                                group + " has nothing of it", Boundedness.CONTINUOUS_UNBOUNDED),
                        WatermarkStrategy.noWatermarks(),
                        "nothing")
                .setParallelism(1)
                .uid("nothing")
                .map(new WatchedJob.SlowCheckpoint(group, memberId))
                .setParallelism(1)
                .uid("slow checkpoint")
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1)
                .uid("nowhere");
        return env.getStreamGraph().getJobGraph();
    }

    private Configuration settings() {
        Configuration settings = LeasedJobs.settings(1_000);
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(20));
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        // Some that are under way are held up, and others must not wait for them.
        settings.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 4);
        settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        return settings;
    }
}
