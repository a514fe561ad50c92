package io.leasehold.job.bench;

import io.leasehold.job.bench.report.Bar;
import io.leasehold.job.bench.report.Findings;
import io.leasehold.job.bench.report.Machine;
import io.leasehold.job.bench.report.ReportFolder;
import io.leasehold.job.bench.report.Series;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the benchmarks that {@code bench} names and writes what they found to {@code target/bench}.
 * Part of no ordinary build: its name is not a test's.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS)
class BenchSuite {

    @TempDir private Path work;

    @Test
    void measured() throws Exception {
        ReportFolder folder = new ReportFolder(Path.of("target", "bench"));
        for (Benchmark benchmark : Benchmarks.named(System.getProperty("bench", "all"))) {
            Map<String, String> machine = Machine.here();
            Findings findings =
                    benchmark.measure(Files.createDirectory(work.resolve(benchmark.name())));
            folder.write(new ReportFolder.Measured(machine, findings));
            folder.writePage(Benchmarks.ALL.stream().map(Benchmark::name).toList());
            System.out.println("== " + findings.benchmark());
            findings.series().stream().map(Series::line).forEach(System.out::println);
            findings.bars().stream().map(Bar::line).forEach(System.out::println);
        }
    }
}
