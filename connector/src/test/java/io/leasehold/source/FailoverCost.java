package io.leasehold.source;

import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.memory.MemoryLeaseStore;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.util.MiniClusterWithClientResource;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what leases add to a failover: the time from a task's failure to the first record of the
 * attempts that follow, of a leased source and of the same source bare, one after the other. Takes
 * the number of pairs, and prints one line for each way to fail.
 */
public final class FailoverCost {

    private static final Duration SOON = Duration.ofMinutes(2);

    /** When the last failure was, and when the first record after it came; nanoseconds. */
    private static final AtomicLong FAILED = new AtomicLong();

    private static final AtomicLong BACK = new AtomicLong();

    /** Whether the next record fails whoever maps it. */
    private static volatile boolean failing;

    private FailoverCost() {}

    public static void main(String[] args) throws Exception {
        int pairs = args.length == 0 ? 9 : Integer.parseInt(args[0]);
        MiniClusterWithClientResource flink =
                new MiniClusterWithClientResource(
                        new MiniClusterResourceConfiguration.Builder()
                                .setNumberTaskManagers(1)
                                .setNumberSlotsPerTaskManager(2)
                                .build());
        flink.before();
        try {
            for (boolean shuffled : new boolean[] {false, true}) {
                failover(true, shuffled);
                failover(false, shuffled);
                List<Long> leased = new ArrayList<>();
                List<Long> bare = new ArrayList<>();
                List<Long> added = new ArrayList<>();
                for (int pair = 0; pair < pairs; pair++) {
                    leased.add(failover(true, shuffled));
                    bare.add(failover(false, shuffled));
                    added.add(leased.get(pair) - bare.get(pair));
                }
                System.out.printf(
                        "FAILOVER %s pairs=%d leased_ms=%d bare_ms=%d added_ms=%d (medians; added %s)%n",
                        shuffled ? "of_a_task_behind_a_shuffle" : "of_the_readers_task",
                        pairs,
                        median(leased),
                        median(bare),
                        median(added),
                        added);
            }
        } finally {
            flink.after();
        }
    }

    private static long median(List<Long> of) {
        List<Long> sorted = new ArrayList<>(of);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private static long failover(boolean leased, boolean shuffled) throws Exception {
        String name = "group-" + UUID.randomUUID();
        JobClient job = start(name, leased, shuffled);
        try {
            BACK.set(0);
            Awaitility.await().atMost(SOON).until(() -> BACK.get() != 0);
            failing = true;
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(SOON)
                    .until(() -> !failing && BACK.get() - FAILED.get() > 0);
            return Duration.ofNanos(BACK.get() - FAILED.get()).toMillis();
        } finally {
            failing = false;
            job.cancel().get();
        }
    }

    private static JobClient start(String name, boolean leased, boolean shuffled) throws Exception {
        Source<Long, ?, ?> source = new NumberSequenceSource(1, Long.MAX_VALUE);
        if (leased) {
            source =
                    LeasedSource.wrap(new NumberSequenceSource(1, Long.MAX_VALUE))
                            .group(name)
                            .memberId("blue")
                            .store(MemoryLeaseStore.named(name))
                            .terms(LeaseTerms.of(Duration.ofSeconds(10)))
                            .build();
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(1_000));
        DataStream<Long> read = LeasedJobs.stream(env, source, 2);
        (shuffled ? read.rebalance() : read)
                .map(new Failing())
                .setParallelism(2)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(2);
        return env.executeAsync();
    }

    /** The first subtask fails when told to, and notes when its next attempt has a record. */
    private static final class Failing extends RichMapFunction<Long, Long> {
        private static final long serialVersionUID = 1L;
        private transient boolean first;
        private transient boolean counts;

        @Override
        public void open(OpenContext context) {
            first = true;
            counts = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
        }

        @Override
        public Long map(Long record) {
            LockSupport.parkNanos(200_000);
            if (counts && first) {
                first = false;
                BACK.set(System.nanoTime());
            }
            if (counts && failing) {
                FAILED.set(System.nanoTime());
                failing = false;
                throw new IllegalStateException("This failure is on purpose.");
            }
            return record;
        }
    }
}
