package io.leasehold.job.bench.report;

import org.apache.flink.runtime.util.EnvironmentInformation;

import org.apache.kafka.common.utils.AppInfoParser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the figures were measured on, and with: without it they say little. */
public final class Machine {

    private Machine() {}

    /** Of this JVM, now, by the wall clock. */
    public static Map<String, String> here() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put(
                "processors",
                Runtime.getRuntime().availableProcessors() + " x " + model().orElse("unknown"));
        facts.put("memory", memory().orElse("unknown"));
        facts.put("load before", load().orElse("unknown"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("java", Runtime.version().toString());
        facts.put("flink", EnvironmentInformation.getVersion());
        facts.put("kafka client", AppInfoParser.getVersion());
        return facts;
    }

    private static Optional<String> model() {
        return value("/proc/cpuinfo", "model name");
    }

    private static Optional<String> memory() {
        return value("/proc/meminfo", "MemTotal");
    }

    /** How many wanted a processor in the last minute: above their number, figures tremble. */
    private static Optional<String> load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? Optional.empty() : Optional.of(Series.figure(load));
    }

    private static Optional<String> value(String file, String name) {
        if (Files.notExists(Path.of(file))) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }
}
