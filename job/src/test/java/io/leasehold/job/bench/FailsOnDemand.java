package io.leasehold.job.bench;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes records on, some thousands a second, until its first subtask is told to fail; its next
 * attempt notes when it has a record. Of a job in the JVM of who tells it, one job at a time.
 */
final class FailsOnDemand extends RichMapFunction<Long, Long> {

    private static final long serialVersionUID = 1L;
    private static final long EACH_NANOS = 200_000;

    private static volatile Order current = new Order();

    private transient boolean counts;
    private transient boolean first;

    /** What the job is to do, and what became of it. */
    static final class Order {

        private boolean running;
        private boolean fail;
        private OptionalLong failedAt = OptionalLong.empty();
        private OptionalLong backAt = OptionalLong.empty();

        /** Whether it emits. */
        synchronized boolean running() {
            return running;
        }

        synchronized void fail() {
            fail = true;
        }

        /** Whether it has failed, and emits again. */
        synchronized boolean back() {
            return backAt.isPresent();
        }

        /** From the failure to the first record behind it. */
        synchronized long nanos() {
            return backAt.orElseThrow() - failedAt.orElseThrow();
        }

        private synchronized void first(long now) {
            running = true;
            if (failedAt.isPresent() && backAt.isEmpty()) {
                backAt = OptionalLong.of(now);
            }
        }

        private synchronized boolean failsNow(long now) {
            if (!fail) {
                return false;
            }
            fail = false;
            failedAt = OptionalLong.of(now);
            return true;
        }
    }

    /** A new one, for the job that is started next. */
    static Order order() {
        current = new Order();
        return current;
    }

    @Override
    public void open(OpenContext context) {
        first = true;
        counts = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
    }

    @Override
    public Long map(Long record) {
        LockSupport.parkNanos(EACH_NANOS);
        if (counts) {
            long now = System.nanoTime();
            if (first) {
                first = false;
                current.first(now);
            } else if (current.failsNow(now)) {
                throw new IllegalStateException("This failure is on purpose.");
            }
        }
        return record;
    }
}
