package io.leasehold.job.chaos.audit;

import java.util.List;

/**
 * How many round trips a member had made to its lease table, a request being some of them.
 *
 * @param at by {@link System#nanoTime()}
 * @param count since the start
 */
public record RoundTrips(long at, long count) {

    /** The most per second between two of these that follow each other, from a time on. */
    public static long mostPerSecond(List<RoundTrips> counted, long from) {
        double most = 0;
        for (int i = 1; i < counted.size(); i++) {
            RoundTrips before = counted.get(i - 1);
            RoundTrips now = counted.get(i);
            if (before.at() - from >= 0) {
                most =
                        Math.max(
                                most,
                                (now.count() - before.count()) * 1e9 / (now.at() - before.at()));
            }
        }
        return Math.round(most);
    }
}
