package io.leasehold.source.metrics;

import io.leasehold.lease.model.CheckpointTrouble;

import org.apache.flink.metrics.Counter;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the enumerators of one source have counted, one after the other. A lost lease restarts the
 * job: counted by the enumerator that ends then, it would never be seen.
 *
 * <p>Flink's adaptive scheduler makes a new source for each attempt of a job: they begin at 0 then.
 *
 * <p>On any thread.
 */
public final class LeaseCounts {

    private static final class Count implements Counter {
        private final LongAdder sum = new LongAdder();

        @Override
        public void inc() {
            inc(1);
        }

        @Override
        public void inc(long n) {
            sum.add(n);
        }

        @Override
        public void dec() {
            inc(-1);
        }

        @Override
        public void dec(long n) {
            inc(-n);
        }

        @Override
        public long getCount() {
            return sum.sum();
        }
    }

    private final Map<LeaseMetric, Counter> counts = new EnumMap<>(LeaseMetric.class);

    private final CheckpointTrouble checkpoints = new CheckpointTrouble();

    public LeaseCounts() {
        LeaseMetric.counters().forEach(metric -> counts.put(metric, new Count()));
    }

    /** How the checkpoints of the job fare. */
    public CheckpointTrouble checkpoints() {
        return checkpoints;
    }

    Counter of(LeaseMetric metric) {
        return counts.get(metric);
    }
}
