package io.leasehold.job.cli;

import io.leasehold.job.demo.Demo;
import io.leasehold.job.demo.DemoSettings;
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
            "Lets jobs share a topic, kills one of them, and audits what came out.",
            "Starts a Kafka broker, a lease table, and the jobs in JVMs of their own. Half-way the job 'blue' "
                    + "is killed, and the others take over. Everything listens on the loopback address, and "
                    + "nothing is left behind. Exit code 0 if nothing is missing."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "40",
            description = "How long records are generated (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--members",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many jobs share the topic, 2 to 8 (default: ${DEFAULT-VALUE}).")
    private int members;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Records generated per second (default: ${DEFAULT-VALUE}).")
    private int rate;

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
            settings = new DemoSettings(Duration.ofSeconds(seconds), members, rate, report, keep);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        // Before anything logs: the terminal belongs to the map. The jobs log to their own files.
        System.setProperty("leasehold.log.level", "ERROR");
        Screen screen = Screen.on(spec.commandLine().getOut(), System.console() != null);
        return Demo.run(settings, screen, Leasehold.class.getName()) ? 0 : Leasehold.FAILED;
    }
}
