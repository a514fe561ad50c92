package io.leasehold.source.enumerator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How many records a second readers emit of each split of late, from how many they say they have
 * emitted so far: averages in which a minute ago counts a third as much as now.
 *
 * <p>Times are nanoseconds of a monotonic clock.
 */
final class RecordRates {

    private static final Duration MEMORY = Duration.ofMinutes(1);

    /**
     * @param perSecond negative before there was a second count
     */
    private record Measured(String readerId, long emitted, long at, double perSecond) {}

    private final Map<String, Measured> splits = new HashMap<>();

    /**
     * A reader attempt has emitted so many records of a split so far. An attempt that emitted more
     * before has begun anew.
     */
    void counted(String readerId, String splitId, long emitted, long now) {
        splits.merge(
                splitId,
                new Measured(readerId, emitted, now, -1),
                (before, fresh) -> {
                    double seconds = (now - before.at()) / 1e9;
                    if (seconds <= 0) {
                        return before;
                    }
                    if (!readerId.equals(before.readerId()) || emitted < before.emitted()) {
                        return new Measured(readerId, emitted, now, before.perSecond());
                    }
                    double lately = (emitted - before.emitted()) / seconds;
                    double weight = 1 - Math.exp(-seconds * 1e9 / MEMORY.toNanos());
                    double rate =
                            before.perSecond() < 0
                                    ? lately
                                    : before.perSecond() + weight * (lately - before.perSecond());
                    return new Measured(readerId, emitted, now, rate);
                });
    }

    void forget(String splitId) {
        splits.remove(splitId);
    }

    /** Records per second of those splits that were counted twice at least. */
    Map<String, Double> perSecond() {
        Map<String, Double> rates = new HashMap<>();
        splits.forEach(
                (splitId, measured) -> {
                    if (measured.perSecond() >= 0) {
                        rates.put(splitId, measured.perSecond());
                    }
                });
        return rates;
    }
}
