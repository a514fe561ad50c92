package io.leasehold.job.bench;

import io.leasehold.job.bench.report.Findings;

import java.nio.file.Path;

/** Answers one question about what leases cost or how fast they move, with figures. */
public interface Benchmark {

    String name();

    /**
     * Measures. It starts what it needs, on loopback, and leaves nothing running.
     *
     * @param work an empty folder of its own, for whatever it must store
     * @throws AssertionError if records are missing or read twice: then the figures are of
     *     something that does not work
     */
    Findings measure(Path work) throws Exception;
}
