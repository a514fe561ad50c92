package io.leasehold.simulation;

import io.leasehold.source.book.PositionedSplit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A completed checkpoint of a job.
 *
 * @param withheld what its enumerator held
 * @param readers what each of its readers held
 * @param ended where the splits ended that this line has read to their end
 * @param frozen where splits stood still that were not let go yet
 * @param found what its source has found
 */
record Snapshot(
        long id,
        List<PositionedSplit<SimulatedSplit>> withheld,
        List<List<PositionedSplit<SimulatedSplit>>> readers,
        Map<String, Fact.At> ended,
        Map<String, Fact.At> frozen,
        Set<String> found) {

    /** All positions in it. A split that is there twice is where it was in its later epoch. */
    Map<String, Fact.At> positions() {
        Map<String, Fact.At> positions = new HashMap<>(ended);
        positions.putAll(frozen);
        add(withheld, positions);
        readers.forEach(reader -> add(reader, positions));
        return positions;
    }

    static Fact.At at(PositionedSplit<SimulatedSplit> split) {
        return new Fact.At(split.split().position(), split.epoch());
    }

    private static void add(
            List<PositionedSplit<SimulatedSplit>> held, Map<String, Fact.At> positions) {
        held.forEach(
                split ->
                        positions.merge(
                                split.splitId(),
                                at(split),
                                (a, b) -> a.epoch() >= b.epoch() ? a : b));
    }
}
