package io.leasehold.job.chaos;

import io.leasehold.job.chaos.kit.ChaosException;
import io.leasehold.job.chaos.report.Findings;
import io.leasehold.job.chaos.report.HtmlReport;
import io.leasehold.job.chaos.report.JsonReport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the scenarios that {@code chaos.scenario} names, with commas between them, and writes what
 * was found to {@code target/chaos}. Part of no ordinary build: its name is not a test's.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
class ChaosSuite {

    private static final Path TARGET = Path.of("target");

    @Test
    void everyRecordIsAccountedFor() throws IOException {
        long seed = number("chaos.seed");
        Duration length = Duration.ofMinutes(number("chaos.minutes"));
        List<Scenario> scenarios =
                Stream.of(System.getProperty("chaos.scenario", "").split(","))
                        .map(Scenario::named)
                        .toList();
        for (Scenario scenario : scenarios) {
            Findings findings = findings(scenario, seed, length);
            Path folder = Files.createDirectories(TARGET.resolve("chaos"));
            Files.writeString(folder.resolve(scenario.name() + ".json"), JsonReport.of(findings));
            Files.writeString(folder.resolve(scenario.name() + ".html"), HtmlReport.of(findings));
            System.out.println(findings.line());
            assertThat(findings.complaints()).as(findings.line()).isEmpty();
        }
    }

    private static Findings findings(Scenario scenario, long seed, Duration length)
            throws IOException {
        ChaosRun.Place place = ChaosRun.Place.in(TARGET, scenario.name());
        try {
            return new ChaosRun(scenario, seed, length, place).findings();
        } catch (ChaosException e) {
            throw new ChaosException(
                    "%s with seed %d did not come to an audit; logs are in %s. %s"
                            .formatted(scenario.name(), seed, place.work(), e.getMessage()),
                    e);
        }
    }

    private static long number(String property) {
        String value = System.getProperty(property, "");
        if (!value.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(
                    "%s is '%s'; it must be a whole number.".formatted(property, value));
        }
        return Long.parseLong(value);
    }
}
