package io.leasehold.job.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import java.util.List;
import java.util.Locale;

/**
 * What was measured of one thing, every sample in the order in which it was taken.
 *
 * @param unit of the samples, as in "ms", "records/s", "ns/record"
 */
@JsonPropertyOrder({"name", "unit", "median", "p99", "least", "most", "samples"})
public record Series(String name, String unit, List<Double> samples) {

    public Series {
        samples = List.copyOf(samples);
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("Nothing was measured of '%s'.".formatted(name));
        }
    }

    @JsonProperty
    public double median() {
        return quantile(0.5);
    }

    @JsonProperty
    public double p99() {
        return quantile(0.99);
    }

    @JsonProperty
    public double least() {
        return quantile(0);
    }

    @JsonProperty
    public double most() {
        return quantile(1);
    }

    /** Between the two samples nearest to it, as most statistics programs do by default. */
    public double quantile(double part) {
        List<Double> sorted = samples.stream().sorted().toList();
        double rank = part * (sorted.size() - 1);
        int below = (int) Math.floor(rank);
        int above = (int) Math.ceil(rank);
        return sorted.get(below) + (rank - below) * (sorted.get(above) - sorted.get(below));
    }

    /** For people: the median, the 99th of a hundred, and the ends. */
    public String line() {
        return "%s: median %s, p99 %s, %s to %s %s (%d)"
                .formatted(
                        name,
                        figure(median()),
                        figure(p99()),
                        figure(least()),
                        figure(most()),
                        unit,
                        samples.size());
    }

    /** Three digits that matter. */
    public static String figure(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
