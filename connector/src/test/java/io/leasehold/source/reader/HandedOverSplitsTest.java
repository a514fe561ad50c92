package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ReportedMetrics;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.metrics.groups.InternalSourceReaderMetricGroup;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import static io.leasehold.testkit.UngrantedSplit.ungranted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/** What a reader does with splits that it is asked to stop, and with the others meanwhile. */
@Timeout(30)
class HandedOverSplitsTest {

    private static final long GRANT = Duration.ofSeconds(3).toNanos();
    private static final Duration SOON = Duration.ofSeconds(10);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
    private final ReportedMetrics reported = new ReportedMetrics();
    private final TestingReaderContext context =
            new TestingReaderContext(
                    new Configuration(), InternalSourceReaderMetricGroup.mock(reported.root()));
    private final List<EndlessReader> inners = new ArrayList<>();
    private final Output output = new Output();
    private boolean noReaderCanBeMade;
    private boolean nextForgetsPauses;
    private boolean nextCannotTakeSplits;
    private boolean nextCannotPause;
    private LeasedSourceReader<String, MemoryQueueSplit> reader;

    @BeforeEach
    void start() throws Exception {
        start(Boundedness.CONTINUOUS_UNBOUNDED);
    }

    private void start(Boundedness boundedness) throws Exception {
        reader =
                new LeasedSourceReader<>(
                        "r1",
                        context,
                        this::inner,
                        new MemoryQueueSplit.Serializer(),
                        boundedness,
                        // Only what a test asks for by itself.
                        Duration.ofHours(1),
                        clock::get,
                        new ReaderMetrics(context.metricGroup(), clock::get),
                        GrantLines.of("r1", context, Duration.ofHours(1), clock::get),
                        Executors.newSingleThreadScheduledExecutor(),
                        Executors.newSingleThreadScheduledExecutor());
        reader.start();
        reader.addSplits(List.of(granted("a", 4), granted("b", 4)));
        tell(new GrantExtended("r1", clock.get(), GRANT));
    }

    private EndlessReader inner() throws IOException {
        if (noReaderCanBeMade) {
            throw new IOException("on purpose");
        }
        EndlessReader inner = new EndlessReader();
        inner.forgetsPauses = nextForgetsPauses;
        if (nextCannotTakeSplits) {
            inner.beforeAdding =
                    () -> {
                        throw new IllegalStateException("on purpose");
                    };
        }
        inner.cannotPause = nextCannotPause;
        inners.add(inner);
        return inner;
    }

    @AfterEach
    void close() throws Exception {
        reader.close();
    }

    // ------------------------------------------------------------------------ at the barrier

    @Test
    void aSplitThatIsAskedForGoesOnUntilTheBarrier() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        poll(4);

        assertThat(output.records).containsExactly("a0", "b0", "a1", "b1");
        assertThat(reader.snapshotState(1))
                .extracting(split -> split.leaseId() + split.inner().position())
                .containsExactlyInAnyOrder("a2", "b2");
    }

    /** Promise S5. */
    @Test
    void behindTheBarrierNothingOfItIsEmittedAndTheOthersGoOn() throws Exception {
        poll(4);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        output.records.clear();
        poll(3);

        assertThat(output.records).containsExactly("b2", "b3", "b4");
    }

    /** Promise S4: until it is dropped no other state holds it. */
    @Test
    void itStaysInEverySnapshotAndReportUntilItIsLetGo() throws Exception {
        poll(2);
        tell(new FreezeRequested("r1", Map.of("a", 7L)));
        for (long checkpoint = 1; checkpoint <= 3; checkpoint++) {
            assertThat(reader.snapshotState(checkpoint))
                    .filteredOn(split -> split.leaseId().equals("a"))
                    .extracting(split -> split.inner().position(), LeasedSplit::grantedTo)
                    .containsExactly(tuple(1, Optional.empty()));
            assertThat(lastReport().frozen()).containsExactly(Map.entry("a", 7L));
            assertThat(lastReport().splits())
                    .extracting(Position::splitId)
                    .containsExactlyInAnyOrder("a", "b");
            poll(1);
        }

        tell(new DropRequested("r1", Set.of("a")));

        assertThat(reader.snapshotState(4)).extracting(LeasedSplit::leaseId).containsExactly("b");
        assertThat(lastReport().frozen()).isEmpty();
        assertThat(lastReport().splits()).extracting(Position::splitId).containsExactly("b");
    }

    /** Whether it was released only the enumerator knows. */
    @Test
    void whateverCheckpointsCompleteOrFailItIsFrozenAndStaysSo() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 7L)));
        // Of the attempt before, it may be.
        reader.notifyCheckpointComplete(1);
        reader.notifyCheckpointAborted(2);
        reader.snapshotState(3);
        reader.notifyCheckpointComplete(3);
        reader.notifyCheckpointAborted(2);
        reader.snapshotState(4);
        reader.snapshotState(5);
        reader.notifyCheckpointComplete(5);

        assertThat(reader.snapshotState(6))
                .extracting(LeasedSplit::leaseId)
                .containsExactlyInAnyOrder("a", "b");
        assertThat(lastReport().frozen()).containsExactly(Map.entry("a", 7L));
        poll(2);
        assertThat(output.records).containsExactly("b0", "b1");
    }

    @Test
    void itIsShownAsFrozenUntilItIsLetGo() {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        assertThat(reported.value("leasehold.splitsRead")).isEqualTo(2);

        reader.snapshotState(1);
        assertThat(reported.value("leasehold.splitsRead")).isEqualTo(1);
        assertThat(reported.value("leasehold.splitsFrozen")).isEqualTo(1);

        tell(new DropRequested("r1", Set.of("a")));
        assertThat(reported.value("leasehold.splitsFrozen")).isZero();
    }

    @Test
    void severalAreFrozenAtOneBarrierWithOneNewReader() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L, "b", 2L)));
        reader.snapshotState(1);
        poll(1);

        assertThat(inners).hasSize(2);
        assertThat(output.records).isEmpty();
        assertThat(lastReport().frozen()).containsOnly(Map.entry("a", 1L), Map.entry("b", 2L));
    }

    @Test
    void aSnapshotInWhichNothingIsFrozenKeepsItsReader() {
        reader.snapshotState(1);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(2);
        reader.snapshotState(3);

        assertThat(inners).hasSize(2);
    }

    @Test
    void whereNoOtherReaderCanBeMadeNothingIsFrozenByHalves() {
        noReaderCanBeMade = true;
        tell(new FreezeRequested("r1", Map.of("a", 1L)));

        assertThatThrownBy(() -> reader.snapshotState(1)).hasRootCauseMessage("on purpose");

        noReaderCanBeMade = false;
        assertThat(reader.snapshotState(2)).hasSize(2);
        assertThat(lastReport().frozen()).containsOnlyKeys("a");
    }

    /** Nothing else would ever close it. */
    @Test
    void anotherReaderThatCannotTakeTheSplitsIsClosed() {
        nextCannotTakeSplits = true;
        tell(new FreezeRequested("r1", Map.of("a", 1L)));

        assertThatThrownBy(() -> reader.snapshotState(1)).hasMessage("on purpose");

        assertThat(inners).hasSize(2);
        Awaitility.await().atMost(SOON).until(() -> inners.get(1).closed);
        assertThat(inners.get(0).closed).isFalse();
    }

    @Test
    void aSplitAtItsEndThatWasToBeFrozenJustFinishes() {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        inners.get(0).positions.remove("a");

        assertThat(reader.snapshotState(1))
                .filteredOn(LeasedSplit::finished)
                .extracting(LeasedSplit::leaseId)
                .containsExactly("a");
        assertThat(lastReport().frozen()).isEmpty();
        assertThat(inners).hasSize(1);
    }

    @Test
    void whatFinishedBeforeItCouldBeFrozenIsNotAskedForIfItComesAgain() {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        inners.get(0).positions.remove("a");
        reader.snapshotState(1);
        tell(new DropRequested("r1", Set.of("a")));
        reader.addSplits(List.of(granted("a", 9)));
        reader.snapshotState(2);

        assertThat(lastReport().frozen()).isEmpty();
    }

    @Test
    void askingForASplitThatIsNotHereDoesNothingWhenItComes() {
        tell(new FreezeRequested("r1", Map.of("c", 1L)));
        reader.addSplits(List.of(granted("c", 9)));
        reader.snapshotState(1);

        assertThat(lastReport().frozen()).isEmpty();
    }

    // ------------------------------------------------------------------------ withdrawn

    @Test
    void whatIsWithdrawnBeforeTheBarrierIsNotFrozen() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        tell(new FreezeWithdrawn("r1", Set.of("a")));
        reader.snapshotState(1);
        poll(4);

        assertThat(lastReport().frozen()).isEmpty();
        assertThat(output.records).containsExactly("a0", "b0", "a1", "b1");
    }

    @Test
    void afterAWithdrawalItGoesOnWhereItStoodWithoutLossOrDouble() throws Exception {
        poll(2);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        poll(2);
        tell(new FreezeWithdrawn("r1", Set.of("a")));
        poll(4);

        assertThat(output.records)
                .filteredOn(record -> record.startsWith("a"))
                .containsExactly("a0", "a1", "a2");
        assertThat(output.records)
                .filteredOn(record -> record.startsWith("b"))
                .containsExactly("b0", "b1", "b2", "b3", "b4");
        assertThat(reader.snapshotState(2)).hasSize(2);
        assertThat(lastReport().frozen()).isEmpty();
        assertThat(lastReport().splits()).extracting(Position::epoch).containsOnly(4L);
    }

    @Test
    void whatIsAskedForAgainIsReportedUnderTheNewNumber() {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        tell(new FreezeWithdrawn("r1", Set.of("a")));
        tell(new FreezeRequested("r1", Map.of("a", 2L)));
        reader.snapshotState(2);

        assertThat(lastReport().frozen()).containsExactly(Map.entry("a", 2L));
    }

    /** What Flink keeps for the former id, such as that it is paused, must not stick. */
    @Test
    void whatGoesOnIsANewSplitToFlink() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        tell(new FreezeWithdrawn("r1", Set.of("a")));
        poll(2);

        assertThat(output.idsOf("a0")).singleElement().isNotEqualTo("a#4");
        reader.pauseOrResumeSplits(output.idsOf("a0"), List.of());
        assertThat(current().paused).containsExactly("a");
    }

    // ------------------------------------------------------------------------ comes back

    @Test
    void aSplitThatWasLetGoAndComesBackIsReadFromWhereTheOthersLeftIt() throws Exception {
        poll(2);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        tell(new DropRequested("r1", Set.of("a")));
        reader.addSplits(
                List.of(
                        new LeasedSplit<>(
                                new MemoryQueueSplit("a", 50, Integer.MAX_VALUE),
                                6,
                                3,
                                false,
                                Optional.of("r1"))));
        poll(2);

        assertThat(output.records).contains("a50");
        assertThat(output.idsOf("a50")).containsExactly("a#6");
        assertThat(reader.snapshotState(2)).hasSize(2);
        assertThat(lastReport().frozen()).isEmpty();
    }

    // ------------------------------------------------------------------------ waking up

    @Test
    void whoWaitsForTheFormerReaderIsWoken() throws Exception {
        current().dry = true;
        poll(1);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);

        assertThat(available).isDone();
        assertThat(reader.isAvailable()).isDone();
    }

    @Test
    void whoWaitsForTheGateIsWokenWhenNothingIsLeftBehindIt() throws Exception {
        poll(16);
        clock.addAndGet(GRANT);
        poll(1);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        tell(new FreezeRequested("r1", Map.of("a", 1L, "b", 2L)));
        reader.snapshotState(1);

        assertThat(available).isDone();
    }

    // ------------------------------------------------------------------------ what goes along

    @Test
    void alignmentPausesOfTheOthersAreCarriedOver() throws Exception {
        reader.addSplits(List.of(granted("c", 4)));
        reader.pauseOrResumeSplits(List.of("a#4", "b#4"), List.of());
        reader.pauseOrResumeSplits(List.of(), List.of("a#4"));

        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        poll(2);

        assertThat(output.records).containsExactly("c0", "c1");
        reader.pauseOrResumeSplits(List.of(), List.of("b#4"));
        poll(1);
        assertThat(output.records).contains("b0");
    }

    /** What it does not have it might not know. */
    @Test
    void thatTheFrozenOneIsPausedIsNotCarriedOver() throws Exception {
        reader.addSplits(List.of(granted("c", 4)));
        reader.pauseOrResumeSplits(List.of("a#4", "b#4"), List.of());
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        assertThat(current().paused).containsExactly("b");

        // With its first record it is told once more.
        poll(1);
        assertThat(output.records).containsExactly("c0");
        assertThat(current().paused).containsExactly("b");
    }

    /** As one built on a fetcher does that has not taken the splits in yet. */
    @Test
    void aPauseThatTheNewReaderMissedIsRepeatedOnceItGivesARecord() throws Exception {
        reader.pauseOrResumeSplits(List.of("b#4"), List.of());
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        nextForgetsPauses = true;
        reader.snapshotState(1);
        poll(3);

        assertThat(output.records).containsExactly("b0");
        assertThat(current().paused).containsExactly("b");
    }

    /** A reader may not know a split that it does not have. */
    @Test
    void onlyWhatIsPausedStillAndIsThereIsPausedInTheNextReader() {
        reader.pauseOrResumeSplits(List.of("a#4", "b#4"), List.of());
        reader.pauseOrResumeSplits(List.of(), List.of("b#4"));
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        assertThat(current().paused).isEmpty();

        reader.pauseOrResumeSplits(List.of("a#4"), List.of());
        assertThat(current().paused).isEmpty();
    }

    /** Flink says whether that fails the job; the next reader is not to be asked at all. */
    @Test
    void whoCannotPauseSaysSoAndIsReplacedAllTheSame() throws Exception {
        current().cannotPause = true;
        assertThatThrownBy(() -> reader.pauseOrResumeSplits(List.of("b#4"), List.of()))
                .isInstanceOf(UnsupportedOperationException.class);

        nextCannotPause = true;
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        poll(2);

        assertThat(output.records).containsExactly("b0", "b1");
    }

    @Test
    void thatThereAreNoMoreSplitsIsCarriedOver() {
        reader.notifyNoMoreSplits();
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);

        assertThat(current().noMoreSplits).isTrue();
        assertThat(current().started).isTrue();

        tell(new FreezeRequested("r1", Map.of("b", 2L)));
        reader.snapshotState(2);
        assertThat(inners).hasSize(3);
        assertThat(current().noMoreSplits).isTrue();
    }

    // ------------------------------------------------------------------------ the former reader

    @Test
    void theFormerReaderIsToldThatItsCheckpointIsCompleteAndThenClosed() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(5);
        EndlessReader former = inners.get(0);

        reader.notifyCheckpointComplete(5);

        assertThat(former.completed).containsExactly(5L);
        assertThat(current().completed).containsExactly(5L);
        Awaitility.await().atMost(SOON).until(() -> former.closed);
        reader.notifyCheckpointComplete(6);
        assertThat(former.completed).containsExactly(5L);
    }

    /** One that is built on a fetcher does what it was told when its fetcher looks again. */
    @Test
    void theFormerReaderIsWokenOnceItIsTold() throws Exception {
        List<List<Long>> toldWhenWoken = new ArrayList<>();
        EndlessReader former = current();
        former.beforeAdding = () -> toldWhenWoken.add(List.copyOf(former.completed));
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(5);

        reader.notifyCheckpointComplete(5);

        assertThat(toldWhenWoken).containsExactly(List.of(5L));
    }

    @Test
    void whereItsCheckpointFailsItIsToldOfTheNextThatCompletes() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(5);
        reader.notifyCheckpointAborted(5);
        reader.snapshotState(6);
        reader.notifyCheckpointComplete(6);

        assertThat(inners.get(0).aborted).containsExactly(5L);
        assertThat(inners.get(0).completed).containsExactly(6L);
    }

    /** It commits nothing for a checkpoint that it took no part in. */
    @Test
    void whereItsCheckpointFailsItCommitsWithTheNextThatCompletes() throws Exception {
        poll(4);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(5);
        reader.notifyCheckpointAborted(5);
        poll(3);
        reader.snapshotState(6);
        reader.notifyCheckpointComplete(6);

        assertThat(inners.get(0).committed).containsEntry("a", 2);
        assertThat(current().committed).containsOnly(Map.entry("b", 5));
    }

    /** Flink says nothing of checkpoints that a later one has overtaken. */
    @Test
    void whereALaterCheckpointIsCompleteFirstItCommitsWithThat() throws Exception {
        poll(4);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(5);
        tell(new FreezeRequested("r1", Map.of("b", 2L)));
        poll(1);
        reader.snapshotState(6);
        reader.notifyCheckpointComplete(6);

        assertThat(inners.get(0).committed).containsEntry("a", 2);
        assertThat(inners.get(1).committed).containsOnly(Map.entry("b", 3));
    }

    @Test
    void anEarlierCheckpointThatIsCompleteMeanwhileIsCommittedByTheFormerReaderToo()
            throws Exception {
        poll(2);
        reader.snapshotState(4);
        poll(2);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(5);
        EndlessReader former = inners.get(0);

        reader.notifyCheckpointComplete(4);
        assertThat(former.committed).containsOnly(Map.entry("a", 1), Map.entry("b", 1));
        reader.notifyCheckpointComplete(5);
        assertThat(former.committed).containsOnly(Map.entry("a", 2), Map.entry("b", 2));
    }

    @Test
    void allFormerReadersAreClosedWithTheReader() throws Exception {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        reader.notifyCheckpointComplete(1);
        tell(new FreezeRequested("r1", Map.of("b", 2L)));
        reader.snapshotState(2);

        reader.close();

        assertThat(inners).hasSize(3).allMatch(inner -> inner.closed);
    }

    @Test
    void whereNoCheckpointCompletesTheFormerReadersDoNotPileUp() {
        for (long i = 1; i <= 20; i++) {
            tell(new FreezeRequested("r1", Map.of("a", i)));
            reader.snapshotState(i);
            tell(new FreezeWithdrawn("r1", Set.of("a")));
        }

        Awaitility.await()
                .atMost(SOON)
                .until(() -> inners.stream().filter(inner -> !inner.closed).count() <= 5);
        assertThat(current().closed).isFalse();
    }

    // ------------------------------------------------------------------------ at once

    /** Rule S1. */
    @Test
    void aStopIsObeyedAtOnceAndConfirmed() throws Exception {
        poll(2);
        tell(new StopRequested("r1", Map.of("a", 3L)));
        poll(2);

        assertThat(events(Stopped.class)).containsExactly(new Stopped("r1", Set.of(3L)));
        assertThat(output.records).containsExactly("a0", "b0", "b1", "b2");
        assertThat(reader.snapshotState(1))
                .extracting(split -> split.leaseId() + split.inner().position())
                .containsExactlyInAnyOrder("a1", "b3");
        assertThat(lastReport().frozen()).containsExactly(Map.entry("a", 3L));
        Awaitility.await().atMost(SOON).until(() -> inners.get(0).closed);
    }

    /** Rule S1: who hears that waits for no grant any more. */
    @Test
    void aStopThatFailsIsNotConfirmed() {
        noReaderCanBeMade = true;

        assertThatThrownBy(() -> tell(new StopRequested("r1", Map.of("a", 3L))))
                .hasRootCauseMessage("on purpose");

        assertThat(events(Stopped.class)).isEmpty();
    }

    @Test
    void aStopOfWhatStandsStillAlreadyIsConfirmedAndChangesNothing() {
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);

        tell(new StopRequested("r1", Map.of("a", 1L)));

        assertThat(events(Stopped.class)).containsExactly(new Stopped("r1", Set.of(1L)));
        assertThat(inners).hasSize(2);
        reader.snapshotState(2);
        assertThat(lastReport().frozen()).containsExactly(Map.entry("a", 1L));
    }

    @Test
    void aStopOfWhatIsNotHereIsConfirmed() {
        tell(new StopRequested("r1", Map.of("c", 2L)));

        assertThat(events(Stopped.class)).containsExactly(new Stopped("r1", Set.of(2L)));
        assertThat(inners).hasSize(1);
    }

    @Test
    void aStopThatIsWithdrawnGoesOnWhereItStood() throws Exception {
        poll(2);
        tell(new StopRequested("r1", Map.of("a", 3L)));
        tell(new FreezeWithdrawn("r1", Set.of("a")));
        poll(2);

        assertThat(output.records).containsExactlyInAnyOrder("a0", "b0", "a1", "b1");
    }

    @Test
    void whatIsLetGoIsNotEmittedThoughNobodyAskedForIt() throws Exception {
        tell(new DropRequested("r1", Set.of("a")));
        poll(2);

        assertThat(output.records).containsExactly("b0", "b1");
        assertThat(reader.snapshotState(1)).extracting(LeasedSplit::leaseId).containsExactly("b");
    }

    // ------------------------------------------------------------------------ outputs

    /**
     * Nobody says that its end is recorded: it was lost before. It comes back where others left it.
     */
    @Test
    void whatIsLetGoAtItsEndIsInNoStateOrReportAnyMore() throws Exception {
        inners.get(0).positions.remove("a");
        reader.snapshotState(1);
        tell(new DropRequested("r1", Set.of("a")));
        assertThat(reader.snapshotState(2)).extracting(LeasedSplit::leaseId).containsExactly("b");

        reader.addSplits(List.of(granted("a", 6)));
        reader.snapshotState(3);

        assertThat(lastReport().splits())
                .filteredOn(at -> at.splitId().equals("a"))
                .extracting(Position::epoch, Position::finished)
                .containsExactly(tuple(6L, false));
    }

    /** If it is thawed, its records must not be late. */
    @Test
    void theOutputOfAFrozenSplitHoldsEventTimeBackUntilTheSplitIsLetGo() throws Exception {
        poll(2);
        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(1);
        poll(1);
        assertThat(output.said).isEmpty();

        tell(new DropRequested("r1", Set.of("a")));
        // What is chained behind may be taking its part of a snapshot.
        assertThat(output.said).isEmpty();
        assertThat(reader.isAvailable()).isDone();
        poll(1);

        assertThat(output.said).containsExactly("a#4 idle", "a#4 released");
    }

    @Test
    void aReaderThatHoldsNothingMoreIsIdle() throws Exception {
        poll(2);
        letGoOfAll();
        poll(1);

        assertThat(output.said)
                .contains("a#4 released", "b#4 released")
                .endsWith("main idle")
                .hasSize(5);
    }

    /** A split that is still on its way to it would be late. */
    @Test
    void aReaderOfABoundedSourceThatHoldsNothingIsNotIdle() throws Exception {
        reader.close();
        start(Boundedness.BOUNDED);
        poll(2);
        letGoOfAll();
        poll(1);

        assertThat(output.said)
                .contains("a#4 released", "b#4 released")
                .doesNotContain("main idle");
    }

    /** Before, it may be that what it had before a failure is on its way back to it. */
    @Test
    void aReaderThatHoldsNothingIsIdleOnlyOnceItIsGranted() throws Exception {
        // The clock is read before the second record, and sixteen later.
        poll(17);
        clock.addAndGet(GRANT);
        letGoOfAll();
        current().dry = true;
        poll(1);
        assertThat(output.said).doesNotContain("main idle");
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        tell(new GrantExtended("r1", clock.get(), GRANT));
        assertThat(available).isDone();
        poll(1);

        assertThat(output.said).endsWith("main idle");
        assertThat(reader.isAvailable()).isNotDone();
    }

    /** Flink drops the last watermark of an idle source when a savepoint drains the job. */
    @Test
    void anIdleReaderIsActiveWhileABarrierIsAhead() throws Exception {
        letGoOfAll();
        poll(1);
        output.said.clear();
        current().dry = true;

        tell(new BarrierAhead("r1", 2));
        poll(1);
        assertThat(output.said).containsExactly("main active");
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        reader.snapshotState(2);
        assertThat(available).isDone();
        poll(1);
        assertThat(output.said).containsExactly("main active", "main idle");
        assertThat(reader.isAvailable()).isNotDone();
    }

    @Test
    void aReaderThatLosesItsLastSplitWhileABarrierIsAheadIsIdleBehindIt() throws Exception {
        tell(new BarrierAhead("r1", 2));
        letGoOfAll();
        poll(1);
        assertThat(output.said).doesNotContain("main idle");

        reader.notifyCheckpointAborted(2);
        poll(1);
        assertThat(output.said).endsWith("main idle");
    }

    /** Splits that are on their way to it would be late behind every barrier. */
    @Test
    void aReaderOfABoundedSourceIsNotIdleBehindABarrierEither() throws Exception {
        reader.close();
        start(Boundedness.BOUNDED);
        letGoOfAll();
        poll(1);
        tell(new BarrierAhead("r1", 2));
        poll(1);
        reader.snapshotState(2);
        poll(1);

        assertThat(output.said).doesNotContain("main idle");
    }

    /** What it had before a failure is on its way back to it. */
    @Test
    void aReaderThatWasNotIdleIsNotIdleBehindABarrier() throws Exception {
        poll(17);
        clock.addAndGet(GRANT);
        letGoOfAll();
        current().dry = true;
        poll(1);

        tell(new BarrierAhead("r1", 2));
        poll(1);
        reader.snapshotState(2);
        poll(1);

        assertThat(output.said).doesNotContain("main idle");
    }

    /** Flink drops the last watermark of an idle source at the end of its input. */
    @Test
    void anIdleReaderIsActiveWhenItEnds() throws Exception {
        letGoOfAll();
        poll(1);
        output.said.clear();

        current().ended = true;

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
        assertThat(output.said).containsExactly("main active");
    }

    private void letGoOfAll() {
        tell(new DropRequested("r1", Set.of("a", "b")));
    }

    /** What it had before a failure is on its way back to it. */
    @Test
    void aReaderWhoseSplitIsWithheldIsNotIdle() throws Exception {
        tell(new DropRequested("r1", Set.of("a", "b")));
        reader.addSplits(List.of(ungranted(granted("c", 4))));
        poll(1);
        assertThat(output.said).doesNotContain("main idle");

        tell(new DropRequested("r1", Set.of("c")));
        poll(1);
        assertThat(output.said).endsWith("main idle");
    }

    @Test
    void aReaderIsIdleEachTimeThatItHoldsNothing() throws Exception {
        tell(new DropRequested("r1", Set.of("a", "b")));
        poll(2);
        reader.addSplits(List.of(granted("a", 6)));
        poll(1);
        tell(new DropRequested("r1", Set.of("a")));
        poll(2);

        assertThat(output.said).filteredOn("main idle"::equals).hasSize(2);
        assertThat(output.said).endsWith("a#6 released", "main idle");
    }

    @Test
    void aReaderThatHoldsNothingHearsThatThereIsNoMoreWithoutAGrant() throws Exception {
        poll(16);
        clock.addAndGet(GRANT);
        tell(new FreezeRequested("r1", Map.of("a", 1L, "b", 2L)));
        reader.snapshotState(1);
        current().dry = true;
        poll(1);
        CompletableFuture<Void> available = reader.isAvailable();

        current().wets();

        assertThat(available).isDone();
    }

    /** Flink makes one for it when it restores the split, and would wait for it for ever. */
    @Test
    void theOutputOfARestoredSplitIsGivenUpWhenItComesAnewOrGoesElsewhere() throws Exception {
        reader.addSplits(List.of(ungranted(granted("c", 4)), ungranted(granted("d", 4))));

        reader.addSplits(List.of(granted("c", 5)));
        tell(new DropRequested("r1", Set.of("d")));
        poll(1);

        assertThat(output.said)
                .containsExactly("c#4 idle", "c#4 released", "d#4 idle", "d#4 released");
    }

    // ------------------------------------------------------------------------ load

    @Test
    void whatWasEmittedIsCountedBySplit() throws Exception {
        poll(5);
        reader.snapshotState(1);
        assertThat(lastReport().emitted()).containsOnly(Map.entry("a", 3L), Map.entry("b", 2L));

        tell(new FreezeRequested("r1", Map.of("a", 1L)));
        reader.snapshotState(2);
        poll(1);
        reader.snapshotState(3);
        assertThat(lastReport().emitted()).containsOnly(Map.entry("b", 3L));

        tell(new FreezeWithdrawn("r1", Set.of("a")));
        poll(2);
        reader.snapshotState(4);
        assertThat(lastReport().emitted()).containsOnly(Map.entry("a", 1L), Map.entry("b", 4L));
    }

    // ------------------------------------------------------------------------ pieces

    private void tell(LeaseSourceEvent event) {
        reader.handleSourceEvents(event);
    }

    private void poll(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            reader.pollNext(output);
        }
    }

    private EndlessReader current() {
        return inners.get(inners.size() - 1);
    }

    private Positions lastReport() {
        List<Positions> reports = events(Positions.class);
        return reports.get(reports.size() - 1);
    }

    private <E> List<E> events(Class<E> type) {
        return context.getSentEvents().stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static LeasedSplit<MemoryQueueSplit> granted(String splitId, long epoch) {
        return new LeasedSplit<>(
                new MemoryQueueSplit(splitId, 0, Integer.MAX_VALUE),
                epoch,
                2,
                false,
                Optional.of("r1"));
    }

    /** Flink's output, and what was said to it. */
    private static final class Output implements ReaderOutput<String> {

        final List<String> records = new ArrayList<>();
        final List<String> said = new ArrayList<>();
        private final List<Map.Entry<String, String>> bySplit = new ArrayList<>();

        /** The ids of the splits as which this record was emitted. */
        List<String> idsOf(String record) {
            return bySplit.stream()
                    .filter(entry -> entry.getValue().equals(record))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        @Override
        public void collect(String record) {
            records.add(record);
        }

        @Override
        public void collect(String record, long timestamp) {
            records.add(record);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {
            said.add("main idle");
        }

        @Override
        public void markActive() {
            said.add("main active");
        }

        @Override
        public SourceOutput<String> createOutputForSplit(String splitId) {
            return new SourceOutput<>() {
                @Override
                public void collect(String record) {
                    records.add(record);
                    bySplit.add(Map.entry(splitId, record));
                }

                @Override
                public void collect(String record, long timestamp) {
                    collect(record);
                }

                @Override
                public void emitWatermark(Watermark watermark) {}

                @Override
                public void markIdle() {
                    said.add(splitId + " idle");
                }

                @Override
                public void markActive() {}
            };
        }

        @Override
        public void releaseOutputForSplit(String splitId) {
            said.add(splitId + " released");
        }
    }
}
