package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whatever is thrown on a thread of a reader's own fails its task. */
@Timeout(30)
class OwnThreadsOfAReaderTest {

    private static final long GRANT = Duration.ofDays(1).toNanos();

    private final Context context = new Context();
    private final TestingReaderOutput<String> output = new TestingReaderOutput<>();
    private EndlessReader inner = new EndlessReader();
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
                        Duration.ofMillis(1),
                        () -> 0,
                        new ReaderMetrics(context.metricGroup(), () -> 0),
                        GrantLines.of("r1", context, Duration.ofMillis(1), () -> 0),
                        Executors.newSingleThreadScheduledExecutor(),
                        Executors.newSingleThreadScheduledExecutor());
        reader.start();
    }

    @AfterEach
    void close() throws Exception {
        context.thrown = () -> null;
        reader.close();
    }

    /** It would never ask again, and pause for good. */
    @Test
    void theThreadThatAsksForGrants() throws Exception {
        Error broken = new NoClassDefFoundError("on purpose");
        context.thrown = () -> broken;
        inner.dry = true;

        reader.pollNext(output);

        assertTheTaskFails(reader.isAvailable(), broken);
    }

    /** Who waits for records of the wrapped reader, which has none, is woken. */
    @Test
    void alsoWhileTheWrappedReaderHasNothing() throws Exception {
        reader.pollNext(output);
        reader.addSplits(List.of(split("a")));
        reader.handleSourceEvents(new GrantExtended("r1", 0, GRANT));
        inner.dry = true;
        reader.pollNext(output);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();
        Error broken = new OutOfMemoryError("on purpose");

        context.thrown = () -> broken;

        assertTheTaskFails(available, broken);
    }

    /** Its connections would stay open, and nobody would know. */
    @Test
    void theThreadThatClosesReplacedReaders() throws Exception {
        reader.addSplits(List.of(split("a"), split("b")));
        reader.handleSourceEvents(new GrantExtended("r1", 0, GRANT));
        reader.pollNext(output);
        Error broken = new NoClassDefFoundError("on purpose");
        inner.closing =
                () -> {
                    throw broken;
                };
        inner = new EndlessReader();
        inner.dry = true;

        reader.handleSourceEvents(new DropRequested("r1", Set.of("a")));

        // It is polled for the output of the split in any case, at first.
        Awaitility.await()
                .untilAsserted(
                        () -> assertThatThrownBy(() -> reader.pollNext(output)).hasCause(broken));
        assertTheTaskFails(reader.isAvailable(), broken);
    }

    private void assertTheTaskFails(CompletableFuture<Void> available, Throwable cause)
            throws Exception {
        available.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> reader.pollNext(output)).hasCause(cause);
        assertThatThrownBy(() -> reader.snapshotState(1)).hasCause(cause);
        assertThat(reader.isAvailable()).isDone();
    }

    private static LeasedSplit<MemoryQueueSplit> split(String id) {
        return new LeasedSplit<>(
                new MemoryQueueSplit(id, 0, Integer.MAX_VALUE), 4, 2, false, Optional.of("r1"));
    }

    private static final class Context extends TestingReaderContext {

        volatile Supplier<Error> thrown = () -> null;

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {
            Error error = thrown.get();
            if (error != null && event instanceof GrantRequested) {
                throw error;
            }
        }
    }
}
