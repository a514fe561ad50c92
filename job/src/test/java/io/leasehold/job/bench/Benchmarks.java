package io.leasehold.job.bench;

import io.leasehold.job.bench.restore.Restore;
import io.leasehold.job.bench.scale.Scale;
import io.leasehold.job.bench.tick.Tick;

import java.util.List;
import java.util.stream.Stream;

/** All benchmarks there are, in the order of the report. */
final class Benchmarks {

    static final List<Benchmark> ALL =
            List.of(
                    new Overhead(),
                    new Tick(),
                    new Takeover(),
                    new Handoff(),
                    new Failover(),
                    new Scale(),
                    new Restore());

    private Benchmarks() {}

    /**
     * @param names with commas between them, or {@code all}
     */
    static List<Benchmark> named(String names) {
        return names.equals("all")
                ? ALL
                : Stream.of(names.split(",")).map(Benchmarks::one).toList();
    }

    private static Benchmark one(String name) {
        return ALL.stream()
                .filter(benchmark -> benchmark.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "bench is '%s'; it must be 'all', or some of %s with commas between them."
                                                .formatted(
                                                        name,
                                                        ALL.stream()
                                                                .map(Benchmark::name)
                                                                .toList())));
    }
}
