package io.leasehold.job.bench.report;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder with what was found: {@code NAME.json} for each benchmark, and {@code report.md}, with
 * its pictures, made of all of them. A benchmark that is run again replaces what it found before.
 */
public final class ReportFolder {

    private static final ObjectMapper MAPPER =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    // What is computed from the samples is written, and need not be read.
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path folder;

    public ReportFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /**
     * One benchmark's findings and what they were measured on.
     *
     * @param machine facts by name, in the order to be shown
     */
    public record Measured(Map<String, String> machine, Findings findings) {}

    public void write(Measured measured) throws IOException {
        Files.writeString(
                folder.resolve(measured.findings().benchmark() + ".json"),
                MAPPER.writeValueAsString(measured) + "\n");
    }

    /**
     * Makes the page for people.
     *
     * @param benchmarks in the order to be shown; of which nothing was found are left out
     */
    public void writePage(List<String> benchmarks) throws IOException {
        List<Measured> all = new ArrayList<>();
        for (String benchmark : benchmarks) {
            read(benchmark).ifPresent(all::add);
        }
        for (Measured measured : all) {
            List<Plot> plots = measured.findings().plots();
            for (int i = 0; i < plots.size(); i++) {
                Files.writeString(
                        folder.resolve(Page.picture(measured.findings(), i)), Svg.of(plots.get(i)));
            }
        }
        Files.writeString(folder.resolve("report.md"), Page.of(all));
    }

    private Optional<Measured> read(String benchmark) throws IOException {
        Path file = folder.resolve(benchmark + ".json");
        return Files.exists(file)
                ? Optional.of(MAPPER.readValue(file.toFile(), Measured.class))
                : Optional.empty();
    }
}
