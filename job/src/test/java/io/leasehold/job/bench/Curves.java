package io.leasehold.job.bench;

import io.leasehold.job.bench.report.Plot;

import java.util.List;
import java.util.stream.IntStream;

/** How samples are shown in a plot. */
final class Curves {

    private Curves() {}

    /** From the least to the most, by how many in a hundred are not more. */
    static Plot.Curve sorted(String name, List<Double> samples) {
        List<Double> sorted = samples.stream().sorted().toList();
        return new Plot.Curve(
                name,
                true,
                IntStream.range(0, sorted.size())
                        .mapToObj(
                                i -> new Plot.Point(100.0 * (i + 1) / sorted.size(), sorted.get(i)))
                        .toList());
    }
}
