package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.TaskFinished;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;
import org.apache.flink.core.io.InputStatus;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** What a reader says when it is closed, and that it is true from then on. */
@Timeout(30)
class ClosingReaderTest {

    private static final long GRANT = Duration.ofSeconds(3).toNanos();

    private final String id = UUID.randomUUID().toString();
    private final Context context = new Context();
    private final TestingReaderOutput<String> output = new TestingReaderOutput<>();
    private final EndlessReader inner = new EndlessReader();
    private final List<LeasedSourceReader<?, ?>> readers = new ArrayList<>();
    private final List<ExecutorService> threads = new ArrayList<>();
    private LeasedSourceReader<String, MemoryQueueSplit> reader;

    @BeforeEach
    void start() throws Exception {
        reader = reader(id, context, inner);
        reader.start();
        reader.addSplits(
                List.of(
                        new LeasedSplit<>(
                                new MemoryQueueSplit("a", 0, Integer.MAX_VALUE),
                                4,
                                2,
                                false,
                                Optional.of(id))));
        reader.handleSourceEvents(new GrantExtended(id, 0, GRANT));
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
    }

    @AfterEach
    void close() throws Exception {
        for (LeasedSourceReader<?, ?> one : readers) {
            one.close();
        }
    }

    @Test
    void itSaysThatItIsClosed() throws Exception {
        reader.close();

        assertThat(context.getSentEvents()).contains(new Closed(id, Set.of(id)));
        assertThat(inner.closed).isTrue();
    }

    @Test
    void itsThreadsEndAndItAsksForNoGrantAnyMore() throws Exception {
        reader.close();

        for (ExecutorService thread : threads) {
            assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Rule S1: the grant would run on, and another may have the split. */
    @Test
    void polledAgainItEmitsNothingWhateverIsGranted() throws Exception {
        reader.close();
        reader.handleSourceEvents(new GrantExtended(id, 0, GRANT));
        int emitted = output.getEmittedRecords().size();

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(output.getEmittedRecords()).hasSize(emitted);
    }

    /** A cancelled task's own word is not delivered. */
    @Test
    void whoIsStartedNextInTheProcessSaysItForItFirst() throws Exception {
        reader.close();
        Context next = new Context();

        LeasedSourceReader<String, MemoryQueueSplit> second =
                reader("r2", next, new EndlessReader());
        second.start();
        second.pollNext(output);

        assertThat(next.getSentEvents().get(0))
                .isInstanceOfSatisfying(
                        Closed.class, event -> assertThat(event.closed()).contains(id));
        assertThat(next.getSentEvents().get(1)).isInstanceOf(ReaderStarted.class);
    }

    @Test
    void whatWordCannotBeSentDoesNotKeepTheWrappedReaderOpen() throws Exception {
        context.broken = true;

        reader.close();

        assertThat(inner.closed).isTrue();
    }

    @Test
    void notPolledSinceACheckpointThatIsCompleteItEndedThere() throws Exception {
        reader.snapshotState(6);
        reader.notifyCheckpointComplete(6);
        reader.snapshotState(7);
        reader.notifyCheckpointComplete(7);
        reader.close();

        assertThat(ended()).containsExactly(new TaskFinished(id, 7));
    }

    @Test
    void polledSinceItsLastCheckpointItEndedAtNone() throws Exception {
        reader.snapshotState(7);
        reader.notifyCheckpointComplete(7);
        reader.pollNext(output);
        reader.close();

        assertThat(ended()).isEmpty();
    }

    @Test
    void polledBehindTheLastCompleteOneItEndedAtNone() throws Exception {
        reader.snapshotState(6);
        reader.pollNext(output);
        reader.snapshotState(7);
        reader.notifyCheckpointComplete(6);
        reader.close();

        assertThat(ended()).isEmpty();
    }

    /** Where a job is drained Flink may begin one more behind the savepoint. */
    @Test
    void aCheckpointThatComesAfterItsEndIsNotWaitedFor() throws Exception {
        reader.snapshotState(7);
        reader.snapshotState(8);
        reader.notifyCheckpointComplete(7);
        reader.close();

        assertThat(ended()).containsExactly(new TaskFinished(id, 7));
    }

    private List<TaskFinished> ended() {
        return context.getSentEvents().stream()
                .filter(TaskFinished.class::isInstance)
                .map(TaskFinished.class::cast)
                .toList();
    }

    private LeasedSourceReader<String, MemoryQueueSplit> reader(
            String readerId, TestingReaderContext to, EndlessReader wrapped) throws Exception {
        LeasedSourceReader<String, MemoryQueueSplit> made =
                new LeasedSourceReader<>(
                        readerId,
                        to,
                        () -> wrapped,
                        new MemoryQueueSplit.Serializer(),
                        Boundedness.CONTINUOUS_UNBOUNDED,
                        // Only what a test asks for by itself.
                        Duration.ofHours(1),
                        () -> 0,
                        new ReaderMetrics(to.metricGroup(), () -> 0),
                        GrantLines.of(readerId, to, Duration.ofHours(1), () -> 0),
                        thread(),
                        thread());
        readers.add(made);
        return made;
    }

    private ScheduledExecutorService thread() {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        threads.add(thread);
        return thread;
    }

    private static final class Context extends TestingReaderContext {

        boolean broken;

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
            super.sendSourceEventToCoordinator(event);
        }
    }
}
