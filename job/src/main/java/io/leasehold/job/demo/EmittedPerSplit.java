package io.leasehold.job.demo;

import java.util.BitSet;

/** Counts what comes out, split by split. One thread adds, others look. */
final class EmittedPerSplit {

    private final BitSet ids = new BitSet();
    private final long[] next = new long[DemoSettings.SPLITS];
    private final long[] count = new long[DemoSettings.SPLITS];

    synchronized void add(Delivered record) {
        int split = Math.toIntExact(record.id() % DemoSettings.SPLITS);
        ids.set(Math.toIntExact(record.id()));
        next[split] = Math.max(next[split], record.offset() + 1);
        count[split]++;
    }

    /** How many different records have come. */
    synchronized long distinct() {
        return ids.cardinality();
    }

    /** Up to which offset, exclusive, records of a split have come. */
    synchronized long next(int split) {
        return next[split];
    }

    /** How many records of a split have come, copies included. */
    synchronized long count(int split) {
        return count[split];
    }
}
