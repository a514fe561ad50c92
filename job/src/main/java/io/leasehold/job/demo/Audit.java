package io.leasehold.job.demo;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What was generated against what a reader of committed records got.
 *
 * @param produced how many records were generated, numbered from 0
 * @param delivered how many of them arrived at least once
 * @param missing how many did not
 * @param firstMissing the first few of those
 * @param replayed how many further copies arrived
 * @param unexpected how many arrived that were never generated
 * @param takeoverMillis from the kill until the last of the killed member's splits had a record
 *     emitted by another member; empty if one of them never had
 */
record Audit(
        long produced,
        long delivered,
        long missing,
        List<Long> firstMissing,
        long replayed,
        long unexpected,
        OptionalLong takeoverMillis) {

    private static final int SHOWN = 20;

    /**
     * Whom the demo killed.
     *
     * @param atMillis when, in milliseconds since 1970
     * @param splits what it held then
     */
    record Kill(String member, long atMillis, Set<String> splits) {
        Kill {
            splits = Set.copyOf(splits);
        }
    }

    static Audit of(int produced, Iterable<Delivered> records, Kill kill) {
        BitSet seen = new BitSet(produced);
        long copies = 0;
        long unexpected = 0;
        Map<String, Long> takenOver = new HashMap<>();
        for (Delivered record : records) {
            if (record.id() < 0 || record.id() >= produced) {
                unexpected++;
            } else if (seen.get((int) record.id())) {
                copies++;
            } else {
                seen.set((int) record.id());
            }
            if (!record.member().equals(kill.member())
                    && kill.splits().contains(record.split())
                    && record.emittedAtMillis() >= kill.atMillis()) {
                takenOver.merge(record.split(), record.emittedAtMillis(), Math::min);
            }
        }
        OptionalLong takeover =
                takenOver.keySet().equals(kill.splits())
                        ? takenOver.values().stream().mapToLong(at -> at - kill.atMillis()).max()
                        : OptionalLong.empty();
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
                produced,
                delivered,
                produced - delivered,
                firstMissing,
                copies,
                unexpected,
                takeover);
    }

    /** Whether nothing is missing, nothing came from nowhere, and the splits were taken over. */
    boolean passed() {
        return missing == 0 && unexpected == 0 && takeoverMillis.isPresent();
    }

    /** The line that people and scripts look for. */
    String line() {
        return "AUDIT produced=%d delivered=%d missing=%d replayed=%d takeover_ms=%s"
                .formatted(
                        produced,
                        delivered,
                        missing,
                        replayed,
                        takeoverMillis.isPresent() ? takeoverMillis.getAsLong() : "none");
    }
}
