package io.leasehold.job.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the demo shall do.
 *
 * @param scenario what happens to the members
 * @param length how long records are generated, at least
 * @param members how many jobs share the topic
 * @param rate records per second
 * @param pauseLimit how long a split that is handed over may stand still beyond the checkpoint that
 *     it waits for, in all but one of a hundred handoffs
 * @param report where to write the report, if anywhere
 * @param keep whether the folder with configurations, logs and checkpoints stays
 */
public record DemoSettings(
        Scenario scenario,
        Duration length,
        int members,
        int rate,
        Duration pauseLimit,
        Optional<Path> report,
        boolean keep) {

    static final String GROUP = "demo";
    static final String QUEUE = "queue";
    static final String OUTPUT = "output";
    static final int SPLITS = 10;
    static final Duration LEASE_DURATION = Duration.ofSeconds(5);
    static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

    /**
     * How long the killed job's open transaction holds back readers of the output, at most. Short
     * enough to wait for. All other jobs have the default, for Kafka aborts the open transactions
     * of a machine that stands still for longer.
     */
    static final Duration TRANSACTION_TIMEOUT_OF_THE_KILLED = Duration.ofSeconds(15);

    static final List<String> NAMES =
            List.of("blue", "green", "red", "violet", "orange", "teal", "brown", "grey");

    /**
     * @throws IllegalArgumentException with a sentence that says what would be right
     */
    public DemoSettings {
        between("--seconds", length.toSeconds(), 10, 3600);
        between("--members", members, 2, scenario.mostMembers());
        between("--rate", rate, 10, 20_000);
        between("--pause-limit", pauseLimit.toMillis(), 1, 60_000);
        report.map(Path::toAbsolutePath)
                .map(Path::getParent)
                .filter(folder -> !Files.isDirectory(folder))
                .ifPresent(
                        folder -> {
                            throw new IllegalArgumentException(
                                    "--report is in the folder %s, which does not exist; name one that does."
                                            .formatted(folder));
                        });
    }

    List<String> memberIds() {
        return NAMES.subList(0, members);
    }

    private static void between(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s is %s; it must be from %s to %s.".formatted(option, value, least, most));
        }
    }
}
