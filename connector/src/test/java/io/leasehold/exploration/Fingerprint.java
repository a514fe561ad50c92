package io.leasehold.exploration;

import java.util.Arrays;

/**
 * Whether two states are the same. Times count relative to now, and not at all when they are
 * further away than anything waits; numbers that only count up, by their rank in their series:
 * states that differ by how long ago, or how often, something happened are the same.
 *
 * <p>Reused, since it is taken of millions.
 */
final class Fingerprint {

    private final long horizon;

    /** By series, the values in a state, and how many. */
    private long[][] values = new long[0][];

    private int[] sizes = new int[0];

    /**
     * @param horizon longer than anything that is waited for
     */
    Fingerprint(long horizon) {
        this.horizon = horizon;
    }

    long of(long now, Iterable<Dump> state) {
        int count = Series.count();
        if (sizes.length < count) {
            values = Arrays.copyOf(values, count);
            sizes = new int[count];
        }
        Arrays.fill(sizes, 0);
        state.forEach(this::gather);
        for (int series = Series.TIME + 1; series < count; series++) {
            rank(series);
        }
        long hash = 0;
        for (Dump dump : state) {
            for (int i = 0; i < dump.size(); i++) {
                long number = dump.number(i);
                int series = dump.series(i);
                long seen =
                        series == Series.PLAIN
                                ? number
                                : series == Series.TIME
                                        ? Math.max(-horizon, Math.min(horizon, number - now))
                                        : rankOf(series, number);
                hash = Series.mixed(hash ^ seen);
            }
        }
        return hash;
    }

    private void gather(Dump dump) {
        for (int i = 0; i < dump.size(); i++) {
            int series = dump.series(i);
            if (series > Series.TIME) {
                add(series, dump.number(i));
            }
        }
    }

    private void add(int series, long number) {
        long[] known = values[series];
        int size = sizes[series];
        for (int i = 0; i < size; i++) {
            if (known[i] == number) {
                return;
            }
        }
        if (known == null || known.length == size) {
            known = known == null ? new long[16] : Arrays.copyOf(known, 2 * size);
            values[series] = known;
        }
        known[size] = number;
        sizes[series] = size + 1;
    }

    private void rank(int series) {
        if (sizes[series] > 1) {
            Arrays.sort(values[series], 0, sizes[series]);
        }
    }

    private int rankOf(int series, long number) {
        long[] known = values[series];
        int rank = 0;
        while (known[rank] != number) {
            rank++;
        }
        return rank;
    }
}
