package io.leasehold.source.reader;

import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.testutils.ManuallyTriggeredScheduledExecutorService;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

import static org.assertj.core.api.Assertions.assertThat;

/** A reader whose task is about to finish: an answer that comes after that would fail the job. */
@Timeout(30)
class EndedReaderTest {

    private final TestingReaderContext context = new TestingReaderContext();
    private final TestingReaderOutput<String> output =
            new TestingReaderOutput<>() {
                @Override
                public void markActive() {}
            };
    private final EndlessReader inner = new EndlessReader();
    private final ManuallyTriggeredScheduledExecutorService asking =
            new ManuallyTriggeredScheduledExecutorService();
    private final List<Long> asked = new ArrayList<>();
    private long now;
    private LeasedSourceReader<String, MemoryQueueSplit> reader;

    @BeforeEach
    void start() throws Exception {
        reader =
                new LeasedSourceReader<>(
                        "r1",
                        context,
                        () -> inner,
                        new MemoryQueueSplit.Serializer(),
                        Boundedness.CONTINUOUS_UNBOUNDED,
                        Duration.ofSeconds(1),
                        () -> now,
                        new ReaderMetrics(context.metricGroup(), () -> now),
                        new GrantLine() {
                            @Override
                            public void ask(long askedAt, Granted granted) {
                                asked.add(askedAt);
                            }

                            @Override
                            public void closing() {}
                        },
                        asking,
                        Executors.newSingleThreadScheduledExecutor());
        reader.start();
        reader.pollNext(output);
    }

    @AfterEach
    void close() throws Exception {
        reader.close();
    }

    private void anIntervalPasses() {
        now++;
        asking.triggerPeriodicScheduledTasks();
    }

    @Test
    void atTheEndOfItsInputItAsksNoMore() throws Exception {
        anIntervalPasses();
        anIntervalPasses();
        assertThat(asked).containsExactly(1L, 2L);

        inner.ended = true;
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
        anIntervalPasses();

        assertThat(asked).containsExactly(1L, 2L);
    }

    @Test
    void closedItAsksNoMore() throws Exception {
        anIntervalPasses();
        assertThat(asked).containsExactly(1L);

        reader.close();
        anIntervalPasses();

        assertThat(asked).containsExactly(1L);
    }
}
