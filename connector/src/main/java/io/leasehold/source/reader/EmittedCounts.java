package io.leasehold.source.reader;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** How many records a reader has emitted of each of its splits. Task thread only. */
final class EmittedCounts {

    /** Of one split; handed out, so that counting a record looks nothing up. */
    static final class Count {
        private long records;

        void one() {
            records++;
        }
    }

    private final Map<String, Count> counts = new HashMap<>();

    Count of(String splitId) {
        return counts.computeIfAbsent(splitId, none -> new Count());
    }

    void forget(String splitId) {
        counts.remove(splitId);
    }

    /** The counts of those of these splits that have emitted something. */
    Map<String, Long> of(Collection<String> splitIds) {
        Map<String, Long> emitted = new HashMap<>();
        for (String splitId : splitIds) {
            Count count = counts.get(splitId);
            if (count != null) {
                emitted.put(splitId, count.records);
            }
        }
        return emitted;
    }
}
