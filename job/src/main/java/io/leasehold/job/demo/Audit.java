package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was generated against what came out.
 *
 * @param produced how many records were generated, numbered from 0
 * @param delivered how many of them arrived at least once
 * @param missing how many did not
 * @param firstMissing the first few of those
 * @param copies how many arrived once more
 * @param unexpected how many arrived that were never generated
 */
record Audit(
        long produced,
        long delivered,
        long missing,
        List<Long> firstMissing,
        long copies,
        long unexpected) {

    private static final int SHOWN = 20;

    static Audit of(int produced, Iterable<Delivered> records) {
        BitSet seen = new BitSet(produced);
        long copies = 0;
        long unexpected = 0;
        for (Delivered record : records) {
            if (record.id() < 0 || record.id() >= produced) {
                unexpected++;
            } else if (seen.get((int) record.id())) {
                copies++;
            } else {
                seen.set((int) record.id());
            }
        }
        long delivered = seen.cardinality();
        List<Long> firstMissing =
                IntStream.iterate(
                                seen.nextClearBit(0),
                                number -> number < produced,
                                number -> seen.nextClearBit(number + 1))
                        .limit(SHOWN)
                        .asLongStream()
                        .boxed()
                        .toList();
        return new Audit(
                produced, delivered, produced - delivered, firstMissing, copies, unexpected);
    }

    /** Whether nothing is missing and nothing came from nowhere. */
    boolean isComplete() {
        return missing == 0 && unexpected == 0;
    }

    String line() {
        return "AUDIT produced=%s delivered=%s missing=%s".formatted(produced, delivered, missing);
    }

    List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (missing > 0) {
            faults.add("Missing, the first of them: " + firstMissing);
        }
        if (unexpected > 0) {
            faults.add(unexpected + " records arrived that were never generated.");
        }
        return faults;
    }

    void addTo(ObjectNode report) {
        report.put("produced", produced);
        report.put("delivered", delivered);
        report.put("missing", missing);
        report.put("unexpected", unexpected);
        ArrayNode first = report.putArray("first_missing");
        firstMissing.forEach(first::add);
    }
}
