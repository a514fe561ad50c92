package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ReportedMetrics;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.metrics.groups.InternalSourceReaderMetricGroup;

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
import java.util.concurrent.atomic.AtomicLong;

import static io.leasehold.testkit.UngrantedSplit.ungranted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(30)
class LeasedSourceReaderTest {

    private static final long GRANT = Duration.ofSeconds(3).toNanos();

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
    private final ReportedMetrics reported = new ReportedMetrics();
    private final TestingReaderContext context =
            new TestingReaderContext(
                    new Configuration(), InternalSourceReaderMetricGroup.mock(reported.root()));
    private final TestingReaderOutput<String> output = new TestingReaderOutput<>();
    private final EndlessReader inner = new EndlessReader();
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
                        // Only what a test asks for by itself.
                        Duration.ofHours(1),
                        clock::get,
                        new ReaderMetrics(context.metricGroup(), clock::get),
                        GrantLines.of("r1", context, Duration.ofHours(1), clock::get),
                        Executors.newSingleThreadScheduledExecutor(),
                        Executors.newSingleThreadScheduledExecutor());
    }

    @AfterEach
    void close() throws Exception {
        reader.close();
    }

    @Test
    void emitsNothingBeforeItIsGranted() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(reader.isAvailable()).isNotDone();
        assertThat(output.getEmittedRecords()).isEmpty();
    }

    @Test
    void asksAtOnceForASplitItHasNoGrantFor() {
        // It does not wait for the wrapped reader, which may have to connect first.
        inner.beforeAdding =
                () ->
                        Awaitility.await()
                                .untilAsserted(
                                        () -> assertThat(context.getSentEvents()).hasSize(1));

        reader.addSplits(List.of(granted("a", "r1")));

        assertThat(context.getSentEvents()).containsExactly(new GrantRequested("r1", clock.get()));
    }

    @Test
    void emitsNothingAfterItsDeadlineAndGoesOnWhereItWasWhenExtendedAgain() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));
        extend(clock.get());
        pollRecords(20);

        clock.addAndGet(GRANT);
        drain();
        int atDeadline = output.getEmittedRecords().size();
        assertThat(atDeadline).isLessThan(20 + LeaseGate.RECORDS_PER_LOOK);
        clock.addAndGet(Duration.ofDays(1).toNanos());
        drain();
        assertThat(output.getEmittedRecords()).hasSize(atDeadline);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        extend(clock.get());
        assertThat(available).isDone();
        pollRecords(5);
        assertThat(output.getEmittedRecords())
                .hasSize(atDeadline + 5)
                .doesNotHaveDuplicates()
                .endsWith("a" + (atDeadline + 4));
    }

    @Test
    void aGrantCountsFromWhenItWasAskedForHoweverLateItComes() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));
        long askedAt = clock.get();
        clock.addAndGet(GRANT);

        extend(askedAt);

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    }

    @Test
    void aGrantForAnEarlierAttemptIsIgnored() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));

        reader.handleSourceEvents(new GrantExtended("r0", clock.get(), GRANT));

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    }

    @Test
    void aRestoredSplitIsWithheldReportedAndKeptInEverySnapshot() throws Exception {
        LeasedSplit<MemoryQueueSplit> restored = ungranted(granted("a", "r0"));
        reader.addSplits(List.of(restored));
        reader.start();
        extend(clock.get());

        assertThat(reader.snapshotState(1)).containsExactly(restored);
        assertThat(inner.positions).isEmpty();
        assertThat(events(ReaderStarted.class).get(0).restored())
                .extracting(Position::splitId)
                .containsExactly("a");
    }

    /** As within a HybridSource. */
    @Test
    void whatIsRestoredAfterTheStartIsReportedToo() throws Exception {
        reader.start();
        assertThat(reader.isAvailable()).isDone();
        reader.addSplits(List.of(ungranted(granted("a", "r0"))));

        reader.snapshotState(1);
        reader.snapshotState(2);

        assertThat(events(ReaderStarted.class))
                .singleElement()
                .extracting(event -> event.restored().get(0).splitId())
                .isEqualTo("a");
    }

    /** As while it waits for others to align their watermarks. */
    @Test
    void aReaderThatIsNotPolledSaysThatItIsThereAtABarrier() {
        reader.start();

        reader.snapshotState(1);

        assertThat(events(ReaderStarted.class)).containsExactly(new ReaderStarted("r1", List.of()));
    }

    @Test
    void aWithheldSplitGoesToTheWrappedReaderOnceItIsGranted() {
        reader.addSplits(List.of(ungranted(granted("a", "r0"))));

        reader.addSplits(List.of(granted("a", "r1")));

        assertThat(inner.positions).containsOnlyKeys("a");
        assertThat(reader.snapshotState(1)).hasSize(1);
    }

    @Test
    void reportsThePositionsOfEachCheckpoint() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));
        extend(clock.get());
        pollRecords(3);

        List<LeasedSplit<MemoryQueueSplit>> state = reader.snapshotState(7);

        assertThat(state).extracting(split -> split.inner().position()).containsExactly(3);
        assertThat(state).extracting(LeasedSplit::grantedTo).containsOnly(Optional.empty());
        Positions report = events(Positions.class).get(0);
        assertThat(report.checkpointId()).isEqualTo(7);
        assertThat(report.splits()).extracting(Position::epoch).containsExactly(4L);
        assertThat(new String(report.splits().get(0).bytes())).startsWith("3 ");
    }

    @Test
    void aSplitTheWrappedReaderReturnsNoMoreHasFinishedAndStaysUntilThatIsRecorded() {
        reader.addSplits(List.of(granted("a", "r1"), granted("b", "r1")));
        inner.positions.remove("a");

        assertThat(finishedIn(reader.snapshotState(1))).containsExactly("a");
        assertThat(finishedIn(reader.snapshotState(2))).containsExactly("a");
        reader.handleSourceEvents(new FinishRecorded("r1", Set.of("a")));
        assertThat(reader.snapshotState(3)).extracting(LeasedSplit::leaseId).containsExactly("b");

        assertThat(events(Positions.class))
                .extracting(report -> report.splits().stream().filter(Position::finished).count())
                .containsExactly(1L, 1L, 0L);
    }

    private static List<String> finishedIn(List<LeasedSplit<MemoryQueueSplit>> state) {
        return state.stream().filter(LeasedSplit::finished).map(LeasedSplit::leaseId).toList();
    }

    @Test
    void afterALeaseIsLostNothingIsEmittedAndNoCheckpointCompletes() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));
        extend(clock.get());

        reader.handleSourceEvents(new GrantWithdrawn("r1", "The lease of split 'a' was lost."));
        extend(clock.get());

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThatIllegalStateException()
                .isThrownBy(() -> reader.snapshotState(1))
                .withMessageContaining("The lease of split 'a' was lost.");
    }

    @Test
    void itsPausesAreShown() throws Exception {
        reader.addSplits(List.of(granted("a", "r1")));
        clock.addAndGet(Duration.ofMillis(10).toNanos());
        extend(clock.get());
        // Asked for before the other one was: it changes nothing.
        extend(clock.get() - 5);
        assertThat(shown("remainingGrant")).isEqualTo(Duration.ofNanos(GRANT).toMillis());

        clock.addAndGet(GRANT + Duration.ofMillis(20).toNanos());
        extend(clock.get());
        clock.addAndGet(Duration.ofMillis(30).toNanos());
        reader.handleSourceEvents(new GrantWithdrawn("r1", "The lease of split 'a' was lost."));
        clock.addAndGet(Duration.ofMillis(40).toNanos());

        assertThat(shown("accumulatedPausedTimeMs")).isEqualTo(10 + 20 + 40);
        assertThat(shown("remainingGrant")).isZero();
    }

    @Test
    void whatItHasIsShown() {
        reader.addSplits(List.of(granted("a", "r1"), ungranted(granted("b", "r0"))));
        assertThat(shown("splitsRead")).isEqualTo(1);
        assertThat(shown("splitsWithheld")).isEqualTo(1);

        inner.positions.remove("a");
        reader.snapshotState(1);
        reader.handleSourceEvents(new FinishRecorded("r1", Set.of("b")));

        assertThat(shown("splitsRead")).isZero();
        assertThat(shown("splitsWithheld")).isZero();
    }

    private long shown(String metric) {
        return reported.value("leasehold." + metric);
    }

    @Test
    void aSplitAssignedTwiceIsRefused() {
        reader.addSplits(List.of(granted("a", "r1")));

        assertThatIllegalStateException()
                .isThrownBy(() -> reader.addSplits(List.of(granted("a", "r1"))))
                .withMessageContaining("'a'");
    }

    @Test
    void eventsOfTheWrappedSourcePassThrough() {
        SourceEvent event = new SourceEvent() {};

        reader.handleSourceEvents(event);

        assertThat(inner.events).containsExactly(event);
    }

    @Test
    void theWrappedReaderHearsOfCheckpointsThatCompleteAndOfThoseThatDoNot() throws Exception {
        reader.notifyCheckpointAborted(3);
        reader.notifyCheckpointComplete(4);

        assertThat(inner.aborted).containsExactly(3L);
        assertThat(inner.completed).containsExactly(4L);
    }

    @Test
    void theWrappedReaderHearsThatThereAreNoMoreSplits() {
        reader.notifyNoMoreSplits();

        assertThat(inner.noMoreSplits).isTrue();
    }

    /** What the gate holds up and what alignment does have nothing to do with each other. */
    @Test
    void aSplitThatIsPausedStaysSoWhileTheGateShutsAndOpens() throws Exception {
        reader.addSplits(List.of(granted("a", "r1"), granted("b", "r1")));
        extend(clock.get());
        reader.pauseOrResumeSplits(List.of("a#4"), List.of());
        clock.addAndGet(GRANT);
        drain();
        int before = output.getEmittedRecords().size();
        reader.pauseOrResumeSplits(List.of("b#4"), List.of("b#4"));

        extend(clock.get());
        pollRecords(3);

        assertThat(output.getEmittedRecords())
                .hasSize(before + 3)
                .allMatch(record -> record.startsWith("b"));
    }

    @Test
    void alignmentPausesAreMappedToTheWrappedReadersIds() {
        reader.addSplits(List.of(granted("a", "r1")));

        reader.pauseOrResumeSplits(List.of("a#4", "gone#1"), List.of());

        assertThat(inner.paused).containsExactly("a");
    }

    private void extend(long askedAt) {
        reader.handleSourceEvents(new GrantExtended("r1", askedAt, GRANT));
    }

    private void pollRecords(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
        }
    }

    private void drain() throws Exception {
        int polls = 0;
        while (reader.pollNext(output) == InputStatus.MORE_AVAILABLE) {
            assertThat(++polls).isLessThan(1_000);
        }
    }

    private <E> List<E> events(Class<E> type) {
        return context.getSentEvents().stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static LeasedSplit<MemoryQueueSplit> granted(String splitId, String readerId) {
        return new LeasedSplit<>(
                new MemoryQueueSplit(splitId, 0, Integer.MAX_VALUE),
                4,
                2,
                false,
                Optional.of(readerId));
    }
}
