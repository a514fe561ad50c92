package io.leasehold.job.cli;

import io.leasehold.job.demo.Demo;
import io.leasehold.job.demo.DemoSettings;
import io.leasehold.job.demo.Scenario;
import io.leasehold.job.demo.Screen;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code leasehold demo}: jobs share a topic, one is killed, an audit counts. */
@Command(
        name = "demo",
        description = {
            "Lets jobs share a topic, stops some of them, and audits what came out.",
            "Starts a Kafka broker, a lease table, and the jobs in JVMs of their own. Everything listens on "
                    + "the loopback address, and nothing is left behind. Scenarios: kill - half-way the job "
                    + "'blue' is killed, and the others take over; bluegreen - 'green' replaces 'blue' "
                    + "without a stop; rolling - all jobs are restarted, one after the other. Exit code 0 if "
                    + "nothing is missing, and in the last two nothing is twice and no split stood still "
                    + "for too long."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            defaultValue = "kill",
            description = "kill, bluegreen or rolling (default: ${DEFAULT-VALUE}).")
    private String scenario;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long records are generated, at least (default: kill 40, else 30).")
    private Optional<Integer> seconds = Optional.empty();

    @Option(
            names = "--members",
            paramLabel = "N",
            description =
                    "How many jobs share the topic (default: rolling 3 of at most 4, else 2; kill at "
                            + "most 8).")
    private Optional<Integer> members = Optional.empty();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Records generated per second (default: kill 1000, else 2000).")
    private Optional<Integer> rate = Optional.empty();

    @Option(
            names = "--pause-limit",
            paramLabel = "MS",
            defaultValue = "500",
            description =
                    "With bluegreen and rolling: for how many milliseconds a split may stand still beyond "
                            + "the checkpoint it waits for, p99 (default: ${DEFAULT-VALUE}).")
    private int pauseLimit;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Where to write the figures and the ownership history, as JSON.")
    private Optional<Path> report = Optional.empty();

    @Option(
            names = "--keep",
            description = "Keep configurations, logs and checkpoints, and say where they are.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        DemoSettings settings;
        try {
            Scenario played =
                    Scenario.named(scenario)
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "--scenario is '%s'; it may be one of %s."
                                                            .formatted(
                                                                    scenario, Scenario.names())));
            settings =
                    new DemoSettings(
                            played,
                            seconds.map(Duration::ofSeconds).orElseGet(played::usualLength),
                            members.orElseGet(played::usualMembers),
                            rate.orElseGet(played::usualRate),
                            Duration.ofMillis(pauseLimit),
                            report,
                            keep);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        // Before anything logs: the terminal belongs to the map. The jobs log to their own files.
        System.setProperty("leasehold.log.level", "ERROR");
        Screen screen = Screen.on(spec.commandLine().getOut(), System.console() != null);
        return Demo.run(settings, screen, Leasehold.class.getName()) ? 0 : Leasehold.FAILED;
    }
}
