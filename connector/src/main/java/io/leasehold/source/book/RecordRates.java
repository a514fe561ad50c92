package io.leasehold.source.book;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How many records a second readers emit of each split of late, from how many they say they have
 * emitted so far: averages in which what is longer ago counts less.
 *
 * <p>Times are nanoseconds of a monotonic clock.
 */
final class RecordRates {

    /** Less tells nothing: what was held up comes all at once. */
    private static final double SHORTEST_SECONDS = 0.5;

    /**
     * @param records emitted of late, fewer the longer ago
     * @param seconds in which they were, fewer in the same way
     */
    private record Measured(
            String readerId, long emitted, long at, double records, double seconds) {

        /** As it is with another count, that says nothing of the time between. */
        Measured restarted(String reader, long count, long now) {
            return new Measured(reader, count, now, records, seconds);
        }

        Measured counted(long count, long now, double memory) {
            double passed = (now - at) / 1e9;
            double remembered = Math.exp(-passed / memory);
            double weight = memory * (1 - remembered);
            return new Measured(
                    readerId,
                    count,
                    now,
                    records * remembered + (count - emitted) / passed * weight,
                    seconds * remembered + weight);
        }
    }

    private final Duration memory;
    private final Map<String, Measured> splits = new HashMap<>();

    /**
     * @param memory what is as long ago counts a third as much as now
     */
    RecordRates(Duration memory) {
        this.memory = memory;
    }

    /**
     * A reader attempt has emitted so many records of a split so far. An attempt that emitted more
     * before has begun anew.
     */
    void counted(String readerId, String splitId, long emitted, long now) {
        splits.merge(
                splitId,
                new Measured(readerId, emitted, now, 0, 0),
                (before, first) -> {
                    if (now - before.at() <= 0) {
                        return before;
                    }
                    return readerId.equals(before.readerId()) && emitted >= before.emitted()
                            ? before.counted(emitted, now, memory.toSeconds())
                            : before.restarted(readerId, emitted, now);
                });
    }

    void forget(String splitId) {
        splits.remove(splitId);
    }

    /** Records per second of those splits that were counted for long enough. */
    Map<String, Double> perSecond() {
        Map<String, Double> rates = new HashMap<>();
        splits.forEach(
                (splitId, measured) -> {
                    if (measured.seconds() >= SHORTEST_SECONDS) {
                        rates.put(splitId, measured.records() / measured.seconds());
                    }
                });
        return rates;
    }
}
