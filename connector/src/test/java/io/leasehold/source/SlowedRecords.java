package io.leasehold.source;

import org.apache.flink.api.common.functions.MapFunction;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Jobs take their time for each record as long as their queue is slowed, so that they are still
 * under way when something happens to them. It stands before a shuffle: behind it, barriers would
 * wait for all that is on its way already.
 */
final class SlowedRecords implements MapFunction<String, String> {

    private static final long serialVersionUID = 1L;

    private static final Set<String> SLOWED = ConcurrentHashMap.newKeySet();

    private final String queue;
    private final long nanos;

    SlowedRecords(String queue, Duration each) {
        this.queue = queue;
        this.nanos = each.toNanos();
    }

    /** From now on. On any thread. */
    static void slow(String queue) {
        SLOWED.add(queue);
    }

    /** As fast as it goes from now on. On any thread. */
    static void letGo(String queue) {
        SLOWED.remove(queue);
    }

    @Override
    public String map(String record) {
        if (SLOWED.contains(queue)) {
            LockSupport.parkNanos(nanos);
        }
        return record;
    }
}
