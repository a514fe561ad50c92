package io.leasehold.job.cli;

import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Flink cluster within this JVM, for one job, with its web UI. It listens on the loopback address
 * only.
 */
final class LocalCluster implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Duration CANCEL_WITHIN = Duration.ofSeconds(10);

    private final MiniCluster cluster;
    private volatile Optional<JobID> running = Optional.empty();

    private LocalCluster(MiniCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Starts a cluster and waits until it is ready.
     *
     * @param slots how much parallelism it has room for
     * @param uiPort where the web UI listens; 0 takes a free port
     * @throws JobFailedException if it does not start, for instance because the port is taken
     */
    static LocalCluster start(int slots, int uiPort) throws JobFailedException {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.ADDRESS, LOOPBACK);
        configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        configuration.set(RestOptions.BIND_PORT, Integer.toString(uiPort));
        configuration.set(JobManagerOptions.ADDRESS, LOOPBACK);
        configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        configuration.set(TaskManagerOptions.HOST, LOOPBACK);
        configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        // What is shown is not older than this.
        configuration.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(500));
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(slots)
                                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            throw new JobFailedException(
                    "The local Flink cluster did not start (web UI port %s): %s"
                            .formatted(uiPort == 0 ? "free" : uiPort, rootOf(e)),
                    e);
        }
        return new LocalCluster(cluster);
    }

    /** Where people can watch the job. */
    URI webUi() throws InterruptedException, JobFailedException {
        try {
            return cluster.getRestAddress().get(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new JobFailedException("The web UI did not start: " + rootOf(e), e);
        }
    }

    /**
     * Runs a job and waits for its end, however long that takes.
     *
     * @throws JobFailedException if it failed; a cancelled job has not
     */
    void run(JobGraph job) throws InterruptedException, JobFailedException {
        try {
            JobID id = cluster.submitJob(job).get().getJobID();
            running = Optional.of(id);
            JobResult result = cluster.requestJobResult(id).get();
            running = Optional.empty();
            result.toJobExecutionResult(LocalCluster.class.getClassLoader());
        } catch (JobCancellationException e) {
            // Somebody wanted it to end.
        } catch (JobExecutionException | IOException | ClassNotFoundException e) {
            throw new JobFailedException("The job failed: " + rootOf(e), e);
        } catch (ExecutionException e) {
            throw new JobFailedException("The job could not be run: " + rootOf(e), e);
        }
    }

    /**
     * Cancels the job, if one runs, and stops: at most half a minute in all. Callable more than
     * once, and from another thread than {@link #run}.
     */
    @Override
    public void close() {
        try {
            if (running.isPresent()) {
                cluster.cancelJob(running.get())
                        .get(CANCEL_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
                cluster.requestJobResult(running.get())
                        .get(CANCEL_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            // It ends with the cluster, then.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            cluster.closeAsync().get(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // It ends with the JVM, then.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What people need to know of a failure: our own sentence if there is one, or what caused it.
     */
    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && !isOurs(root)) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static boolean isOurs(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith("io.leasehold.");
    }
}
