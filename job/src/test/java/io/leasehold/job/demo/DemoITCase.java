package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo as people start it. Runs after the jar has been packaged. */
@Timeout(300)
class DemoITCase {

    @TempDir private Path folder;

    @Test
    void killedMembersSplitsAreTakenOverAndNothingIsMissing()
            throws IOException, InterruptedException {
        Path report = folder.resolve("report.json");
        Path output = folder.resolve("output.txt");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of("bin", "leasehold").toString(),
                                "demo",
                                "--seconds",
                                "12",
                                "--report",
                                report.toString())
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
        assertThat(said)
                .containsPattern(
                        "AUDIT produced=(\\d+) delivered=\\1 missing=0 replayed=\\d+ takeover_ms=\\d+")
                .doesNotContain("\tat ");
        JsonNode figures = new ObjectMapper().readTree(report.toFile());
        assertThat(figures.get("passed").booleanValue()).isTrue();
        assertThat(figures.get("killed").get("splits")).hasSize(4);
        assertThat(figures.get("ownership"))
                .filteredOn(change -> change.get("at_ms").longValue() > killedAt(figures))
                .extracting(change -> change.get("owner").textValue())
                .containsOnly("green");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("leasehold"));
        }
    }

    private static long killedAt(JsonNode figures) {
        return figures.get("killed").get("at_ms").longValue();
    }
}
