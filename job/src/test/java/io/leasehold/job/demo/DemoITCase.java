package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo as people start it. Runs after the jar has been packaged. */
@Timeout(300)
class DemoITCase {

    private static final String NOTHING_TWICE =
            "AUDIT produced=(\\d+) delivered=\\1 missing=0 duplicated=0 replayed=0 handoffs=\\d+ ";

    @TempDir private Path folder;

    @Test
    void killedMembersSplitsAreTakenOverAndNothingIsMissing()
            throws IOException, InterruptedException {
        JsonNode figures =
                played(
                        "AUDIT produced=(\\d+) delivered=\\1 missing=0 replayed=\\d+ takeover_ms=\\d+",
                        "--seconds",
                        "12");

        assertThat(figures.get("killed").get("splits")).hasSize(5);
        assertThat(figures.get("ownership"))
                .filteredOn(change -> change.get("at_ms").longValue() > killedAt(figures))
                .extracting(change -> change.get("owner").textValue())
                .containsOnly("green");
    }

    @Test
    void aNewVersionReplacesARunningJobAndNothingIsMissingOrTwice()
            throws IOException, InterruptedException {
        JsonNode figures = played(NOTHING_TWICE, planned("bluegreen", 2));

        assertThat(figures.get("handoffs"))
                .hasSize(10)
                .allMatch(handoff -> handoff.get("from").textValue().equals("blue"))
                .allMatch(handoff -> handoff.get("to").textValue().equals("green"))
                // Its duration is what a pause is judged by.
                .allMatch(handoff -> handoff.get("checkpoint_ms").longValue() > 0);
    }

    @Test
    void allMembersAreRestartedAndNothingIsMissingOrTwice()
            throws IOException, InterruptedException {
        JsonNode figures = played(NOTHING_TWICE, planned("rolling", 2));

        assertThat(figures.get("handoffs"))
                .extracting(handoff -> handoff.get("from").textValue())
                .contains("blue", "green");
        assertThat(figures.get("ownership"))
                .filteredOn(change -> change.get("owner").isTextual())
                .extracting(change -> change.get("owner").textValue())
                .endsWith("green");
    }

    /** How long a pause is on a machine that builds something else is not judged here. */
    private static String[] planned(String scenario, int members) {
        return new String[] {
            "--scenario",
            scenario,
            "--seconds",
            "10",
            "--members",
            Integer.toString(members),
            "--pause-limit",
            "30000"
        };
    }

    /** Plays a scenario to a good end; nothing of it is left then. */
    private JsonNode played(String audit, String... options)
            throws IOException, InterruptedException {
        Path report = folder.resolve("report.json");
        Path output = folder.resolve("output.txt");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        List<String> command =
                new ArrayList<>(List.of(Path.of("bin", "leasehold").toString(), "demo"));
        command.addAll(List.of("--report", report.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
        Process demo = builder.start();
        boolean ended = demo.waitFor(4, TimeUnit.MINUTES);
        String said = Files.readString(output);
        if (!ended) {
            // Ends in order, its members with it.
            demo.destroy();
        }

        assertThat(ended).as(said).isTrue();
        assertThat(demo.exitValue()).as(said).isZero();
        assertThat(said).containsPattern(audit).doesNotContain("\tat ");
        JsonNode figures = new ObjectMapper().readTree(report.toFile());
        assertThat(figures.get("passed").booleanValue()).isTrue();
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("leasehold"));
        }
        return figures;
    }

    private static long killedAt(JsonNode figures) {
        return figures.get("killed").get("at_ms").longValue();
    }
}
