package io.leasehold.job.cli;

import io.leasehold.job.GivenOptions;
import io.leasehold.job.JobSettings;
import io.leasehold.job.LeasedQueueJob;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code leasehold run}: the job in a local Flink cluster, until it is interrupted. */
@Command(
        name = "run",
        description = {
            "Runs the job in a local Flink cluster until it is interrupted.",
            "Every option of conf/job.yaml can also be given as --key value, and wins over the file."
        },
        customSynopsis = "leasehold run --config FILE [--ui-port PORT] [--key value ...]",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private static final int DEFAULT_PARALLELISM = 2;

    @Spec private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The job's options in YAML; conf/job.yaml shows all of them.")
    private Optional<String> config = Optional.empty();

    @Option(
            names = "--ui-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description =
                    "Where the web UI listens, on the loopback address (default: a free port).")
    private int uiPort;

    /** Whoever starts this keeps the other end open as long as it lives, however it dies. */
    @Option(names = "--until-stdin-ends", hidden = true)
    private boolean untilStdinEnds;

    @Unmatched private List<String> overrides = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (uiPort < 0 || uiPort > 65_535) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--ui-port is %s, but a port is a number from 0 to 65535.".formatted(uiPort));
        }
        List<String> arguments = new ArrayList<>(overrides);
        config.ifPresent(file -> arguments.add("--config=" + file));
        JobSettings settings = JobSettings.of(GivenOptions.fromArguments(arguments));

        Configuration local = new Configuration();
        local.set(CoreOptions.DEFAULT_PARALLELISM, DEFAULT_PARALLELISM);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(local);
        String name = LeasedQueueJob.build(environment, settings);
        int slots = environment.getParallelism();
        JobGraph job = environment.getStreamGraph().getJobGraph();

        if (untilStdinEnds) {
            exitWhenStdinEnds();
        }
        LocalCluster cluster = LocalCluster.start(slots, uiPort);
        Thread stop = new Thread(cluster::close, "stop-cluster");
        Runtime.getRuntime().addShutdownHook(stop);
        try (cluster) {
            spec.commandLine().getOut().println("Job: " + name);
            spec.commandLine().getOut().println("Web UI: " + cluster.webUi());
            spec.commandLine().getOut().flush();
            cluster.run(job);
        }
        return 0;
    }

    private static void exitWhenStdinEnds() {
        Thread watcher =
                new Thread(
                        () -> {
                            try (InputStream in = System.in) {
                                while (in.read() >= 0) {
                                    // What is said does not matter, only that it ends.
                                }
                            } catch (IOException e) {
                                // An end, too.
                            }
                            System.exit(0);
                        },
                        "stdin-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }
}
