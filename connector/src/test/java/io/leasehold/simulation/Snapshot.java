package io.leasehold.simulation;

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
        Map<String, Held> withheld,
        List<Map<String, Held>> readers,
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

    private static void add(Map<String, Held> held, Map<String, Fact.At> positions) {
        held.forEach(
                (splitId, at) ->
                        positions.merge(
                                splitId,
                                new Fact.At(at.position(), at.epoch()),
                                (a, b) -> a.epoch() >= b.epoch() ? a : b));
    }
}
