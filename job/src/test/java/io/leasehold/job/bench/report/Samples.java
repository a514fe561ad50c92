package io.leasehold.job.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects samples of many things, taken in turn. For one thread. */
public final class Samples {

    private record Taken(String unit, List<Double> values) {}

    private final Map<String, Taken> byName = new LinkedHashMap<>();

    /**
     * @param name of what was measured; always with the same unit
     */
    public void add(String name, String unit, double value) {
        byName.computeIfAbsent(name, first -> new Taken(unit, new ArrayList<>()))
                .values()
                .add(value);
    }

    /** Everything, in the order in which it was first measured. */
    public List<Series> series() {
        return byName.keySet().stream().map(this::of).toList();
    }

    public Series of(String name) {
        Taken taken = byName.get(name);
        if (taken == null) {
            throw new IllegalArgumentException("Nothing was measured of '%s'.".formatted(name));
        }
        return new Series(name, taken.unit(), taken.values());
    }
}
