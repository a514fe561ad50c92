package io.leasehold.job.demo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Where the records are that did not arrive, for people who look for the cause.
 *
 * @param uncommitted by member: what it has written in transactions that were not committed
 * @param neverWritten how many nobody has written at all
 */
record MissingRecords(Map<String, List<Delivered>> uncommitted, int neverWritten) {

    static MissingRecords of(Output output) {
        BitSet missing = new BitSet(output.produced());
        missing.set(0, output.produced());
        clear(missing, output.committed());
        Map<String, List<Delivered>> uncommitted = new TreeMap<>();
        for (Delivered record : output.emitted()) {
            if (record.id() >= 0 && missing.get((int) record.id())) {
                uncommitted.computeIfAbsent(record.member(), it -> new ArrayList<>()).add(record);
            }
        }
        clear(missing, output.emitted());
        return new MissingRecords(uncommitted, missing.cardinality());
    }

    private static void clear(BitSet missing, List<Delivered> records) {
        records.stream()
                .mapToLong(Delivered::id)
                .filter(id -> id >= 0)
                .forEach(id -> missing.clear((int) id));
    }

    /** A sentence each; none if nothing is missing. */
    List<String> whereabouts() {
        List<String> sentences = new ArrayList<>();
        uncommitted.forEach(
                (member, records) ->
                        sentences.add(
                                "Of the missing, %s has written %s in transactions that were not committed, from %s to %s. Its log, which --keep keeps, says why at ERROR."
                                        .formatted(
                                                member,
                                                records.size(),
                                                at(emittedAt(records).min()),
                                                at(emittedAt(records).max()))));
        if (neverWritten > 0) {
            sentences.add("Of the missing, %s were never written.".formatted(neverWritten));
        }
        return sentences;
    }

    private static LongStream emittedAt(List<Delivered> records) {
        return records.stream().mapToLong(Delivered::emittedAtMillis);
    }

    private static Instant at(OptionalLong millis) {
        return Instant.ofEpochMilli(millis.orElseThrow());
    }
}
