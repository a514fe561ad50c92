package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.taskexecutor.GlobalAggregateManager;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** The thread of the JobManager that runs a job stands still for longer than a call may take. */
@Timeout(120)
class StalledJobManagerITCase {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

    /** By queue. */
    private static final Map<String, GlobalAggregateManager> JOB_MASTERS =
            new ConcurrentHashMap<>();

    private static final Map<String, String> LAST = new ConcurrentHashMap<>();

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .setConfiguration(
                                    new Configuration()
                                            .set(RpcOptions.ASK_TIMEOUT_DURATION, ASK_TIMEOUT))
                            .build());

    private final String name = "queue-" + UUID.randomUUID();

    @Test
    void readersPauseWhenTheirGrantIsOverAndGoOnBehindTheStall() throws Exception {
        NumberedRecords.fill(name, 1, 10);
        JobClient job = start();
        awaitLast("split-0:9");
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread stalling =
                new Thread(
                        () -> {
                            try {
                                STALLS.put(name, new Stall(stalled, over));
                                JOB_MASTERS
                                        .get(name)
                                        .updateGlobalAggregate("stall", name, new Stalling());
                            } catch (Exception e) {
                                // It is answered too late, as is meant.
                            }
                        });
        stalling.start();
        assertThat(stalled.await(10, TimeUnit.SECONDS)).isTrue();
        // Whatever is asked for from now on is not answered in time.
        awaitPaused();
        Thread.sleep(2 * ASK_TIMEOUT.toMillis());

        over.countDown();
        NumberedRecords.append(name, "split-0", 1_000_000, 1);
        awaitLast("split-0:1000000");

        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        job.cancel().get();
    }

    /** Nothing more comes through while the queue grows. */
    private void awaitPaused() {
        int[] number = {100};
        Awaitility.await()
                .atMost(SOON)
                .until(
                        () -> {
                            int next = number[0]++;
                            NumberedRecords.append(name, "split-0", next, 1);
                            Thread.sleep(500);
                            return !LAST.get(name).equals("split-0:" + next);
                        });
    }

    private void awaitLast(String record) {
        Awaitility.await().atMost(SOON).until(() -> record.equals(LAST.get(name)));
    }

    private JobClient start() throws Exception {
        Configuration settings = LeasedJobs.settings(0);
        // A checkpoint's own events have the same time-out, in any source.
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(1));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED))
                        .group(name)
                        .memberId("blue")
                        .store(MemoryLeaseStore.named(name))
                        .terms(LeaseTerms.of(Duration.ofSeconds(2)))
                        .splitIds(SplitIds.STABLE)
                        .build();
        LeasedJobs.stream(env, source, 1)
                .map(new Seeing(name))
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
        return env.executeAsync();
    }

    private static final class Seeing extends RichMapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String queue;

        Seeing(String queue) {
            this.queue = queue;
        }

        @Override
        public void open(OpenContext context) {
            JOB_MASTERS.put(
                    queue,
                    ((StreamingRuntimeContext) getRuntimeContext()).getGlobalAggregateManager());
        }

        @Override
        public String map(String record) {
            LAST.put(queue, record);
            return record;
        }
    }

    private record Stall(CountDownLatch begun, CountDownLatch over) {}

    private static final Map<String, Stall> STALLS = new ConcurrentHashMap<>();

    /** Runs on the thread that runs the job. */
    private static final class Stalling implements AggregateFunction<String, String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String createAccumulator() {
            return "";
        }

        @Override
        public String add(String queue, String former) {
            Stall stall = STALLS.get(queue);
            stall.begun().countDown();
            try {
                stall.over().await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return former;
        }

        @Override
        public String getResult(String accumulator) {
            return accumulator;
        }

        @Override
        public String merge(String one, String other) {
            return one;
        }
    }
}
