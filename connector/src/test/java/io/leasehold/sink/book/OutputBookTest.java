package io.leasehold.sink.book;

import io.leasehold.sink.book.OutputCommand.AskDecision;
import io.leasehold.sink.book.OutputCommand.CallAt;
import io.leasehold.sink.book.OutputCommand.Commit;
import io.leasehold.sink.book.OutputCommand.CommitRows;
import io.leasehold.sink.book.OutputCommand.Drop;
import io.leasehold.sink.book.OutputCommand.Fail;
import io.leasehold.sink.book.OutputCommand.Report;
import io.leasehold.sink.book.OutputCommand.StartWriter;
import io.leasehold.sink.book.OutputCommand.TellCommitted;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class OutputBookTest {

    private static final Duration KEPT_FOR = Duration.ofMinutes(15);
    private static final long RETRY = Duration.ofMillis(50).toNanos();

    @Test
    void whatIsPreparedIsReported() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.prepared("b");
        assertThat(book.snapshot(1, false))
                .containsExactly(
                        new Report<>(1, List.of(piece(1, 0, "a"), piece(1, 1, "b")), false));
    }

    @Test
    void aCheckpointWithoutOutputIsReportedToo() {
        assertThat(running().snapshot(1, true)).containsExactly(new Report<>(1, List.of(), true));
    }

    @Test
    void outputOfACheckpointThatFailedIsCoveredByALaterOne() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.prepared("b");
        book.snapshot(2, false);
        assertThat(book.state()).containsExactly(piece(1, 0, "a"), piece(2, 0, "b"));
        assertThat(book.decided(2, 0)).containsExactly(new Commit<>(List.of(piece(1, 0, "a"))));
        assertThat(book.answered(fates(Fate.COMMITTED), 0))
                .containsExactly(
                        new TellCommitted<>(List.of(new Piece.Id(1, 3, 0))),
                        new Commit<>(List.of(piece(2, 0, "b"))));
    }

    /** As at the end of a job that takes no checkpoint after its tasks have finished. */
    @Test
    void outputThatNoCheckpointHasCoveredWaitsForOne() {
        OutputBook<String> book = running();
        assertThat(book.waitsForACheckpoint()).isFalse();
        book.prepared("a");
        assertThat(book.waitsForACheckpoint()).isTrue();
        book.snapshot(1, true);
        assertThat(book.waitsForACheckpoint()).isTrue();
        book.completed(1);
        assertThat(book.waitsForACheckpoint()).isFalse();
        book.decided(1, 0);
        assertThat(book.waitsForACheckpoint()).isFalse();
    }

    @Test
    void completeIsNotDecided() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        assertThat(book.completed(1)).containsExactly(new AskDecision<>(1));
        assertThat(book.completed(1)).isEmpty();
        assertThat(book.state()).containsExactly(piece(1, 0, "a"));
        assertThat(book.time(Long.MAX_VALUE)).isEmpty();
        assertThat(book.decided(1, 0)).containsExactly(new Commit<>(List.of(piece(1, 0, "a"))));
    }

    @Test
    void aDecisionCoversNothingThatWasPreparedForALaterCheckpoint() {
        OutputBook<String> book = running();
        book.snapshot(1, false);
        book.prepared("b");
        book.snapshot(2, false);
        assertThat(book.decided(1, 0)).isEmpty();
        assertThat(book.decided(2, 0)).containsExactly(new Commit<>(List.of(piece(2, 0, "b"))));
    }

    @Test
    void aDecisionThatIsHeardAgainOrLateChangesNothing() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.decided(2, 0);
        assertThat(book.decided(2, 0)).isEmpty();
        assertThat(book.decided(1, 0)).isEmpty();
        assertThat(book.completed(1)).isEmpty();
    }

    @Test
    void whatIsNotCertainIsCommittedAgain() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.decided(1, 0);
        assertThat(book.answered(fates(Fate.OPEN), 0)).containsExactly(new CallAt<>(RETRY));
        assertThat(book.time(RETRY - 1)).containsExactly(new CallAt<>(RETRY));
        assertThat(book.time(RETRY)).containsExactly(new Commit<>(List.of(piece(1, 0, "a"))));
    }

    @Test
    void lostOutputFailsTheTaskLoudly() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.decided(1, 0);
        assertThat(book.answered(fates(Fate.LOST), 0))
                .containsExactly(
                        new Fail<>(
                                "Decided output of checkpoint 1 is not committed and may be lost (1 pieces, the first LOST): seen."));
        assertThat(book.decided(2, 0)).isEmpty();
        assertThat(book.completed(2)).isEmpty();
        assertThat(book.mayEnd()).isFalse();
    }

    @Test
    void decidedOutputStaysInTheStateUntilItIsCertain() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.decided(1, 0);
        book.prepared("b");
        book.snapshot(2, false);
        assertThat(book.state()).containsExactly(piece(1, 0, "a"), piece(2, 0, "b"));
        book.answered(fates(Fate.COMMITTED), 0);
        assertThat(book.state()).containsExactly(piece(2, 0, "b"));
    }

    @Test
    void noWriterStartsBeforeTheRowsOfItsMemberAreCommittedByAll() {
        OutputBook<String> book = book(OptionalLong.empty());
        assertThat(book.standing(new Standing<>(7, false, List.of(piece(7, 0, "r"))), 0))
                .containsExactly(new CommitRows<>(List.of(piece(7, 0, "r"))));
        assertThat(book.answered(fates(Fate.COMMITTED), 0))
                .containsExactly(new TellCommitted<>(List.of(new Piece.Id(7, 3, 0))));
        assertThat(book.allRowsCommitted()).containsExactly(new StartWriter<>());
        assertThat(book.allRowsCommitted()).isEmpty();
    }

    /** The earlier life had committed it, and had begun more under its name. */
    @Test
    void aRowOfAnEarlierLifeWhoseNameIsInUseAgainIsCommitted() {
        OutputBook<String> book = book(OptionalLong.of(7));
        book.standing(new Standing<>(7, false, List.of(piece(7, 0, "r"))), 0);
        assertThat(book.answered(fates(Fate.SUPERSEDED), 0))
                .containsExactly(new TellCommitted<>(List.of(new Piece.Id(7, 3, 0))));
    }

    @Test
    void outputOfThisLifeWhoseNameIsInUseAgainFailsTheTask() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.decided(1, 0);
        assertThat(book.answered(fates(Fate.SUPERSEDED), 0)).hasOnlyElementsOfType(Fail.class);
    }

    @Test
    void rowsAreCommittedBeforeWhatIsDecidedLate() {
        OutputBook<String> book = book(OptionalLong.of(7), piece(7, 0, "late"));
        book.standing(new Standing<>(6, false, List.of(piece(6, 0, "r"))), 0);
        assertThat(book.decided(7, 0)).isEmpty();
        assertThat(book.answered(fates(Fate.COMMITTED), 0))
                .endsWith(new Commit<>(List.of(piece(7, 0, "late"))));
        assertThat(book.answered(fates(Fate.SUPERSEDED), 0)).hasOnlyElementsOfType(Fail.class);
    }

    @Test
    void whereThereAreNoRowsTheWriterStartsWhenAllHaveNone() {
        OutputBook<String> book = book(OptionalLong.empty());
        assertThat(book.standing(new Standing<>(-1, false, List.of()), 0)).isEmpty();
        assertThat(book.allRowsCommitted()).containsExactly(new StartWriter<>());
    }

    @Test
    void theOtherOrderStartsTheWriterToo() {
        OutputBook<String> book = book(OptionalLong.empty());
        assertThat(book.allRowsCommitted()).isEmpty();
        assertThat(book.standing(new Standing<>(-1, false, List.of()), 0))
                .containsExactly(new StartWriter<>());
    }

    /** Its row is gone, so it was committed; or another life of the line committed another one. */
    @Test
    void restoredOutputOfADecidedCheckpointIsDroppedWhateverTheStateSays() {
        OutputBook<String> book = book(OptionalLong.of(7), piece(6, 0, "old"), piece(7, 0, "a"));
        assertThat(book.standing(new Standing<>(7, false, List.of()), 0))
                .containsExactly(
                        new Drop<>(
                                List.of(piece(6, 0, "old"), piece(7, 0, "a")),
                                "checkpoint 7 is decided, and the table's rows say what of it is to be committed"));
        assertThat(book.state()).isEmpty();
        assertThat(book.mayEnd()).isTrue();
    }

    @Test
    void itIsCommittedOnceIfItsRowExists() {
        OutputBook<String> book = book(OptionalLong.of(7), piece(7, 0, "a"));
        assertThat(book.standing(new Standing<>(7, false, List.of(piece(7, 0, "a"))), 0))
                .endsWith(new CommitRows<>(List.of(piece(7, 0, "a"))));
        book.answered(fates(Fate.COMMITTED), 0);
        assertThat(book.mayEnd()).isTrue();
    }

    @Test
    void anOlderSavepointBringsBackNothingThatIsDecided() {
        OutputBook<String> book = book(OptionalLong.of(3), piece(3, 0, "a"));
        assertThat(book.standing(new Standing<>(7, false, List.of()), 0))
                .hasOnlyElementsOfType(Drop.class);
        assertThat(book.completed(3)).isEmpty();
    }

    /** Flink counts on from the savepoint. */
    @Test
    void afterAnOlderSavepointCheckpointsWithNumbersThatWereDecidedOnceCountAnew() {
        OutputBook<String> book = book(OptionalLong.of(3));
        book.standing(new Standing<>(7, false, List.of()), 0);
        book.allRowsCommitted();
        book.prepared("b");
        book.snapshot(4, false);
        assertThat(book.completed(4)).containsExactly(new AskDecision<>(4));
        assertThat(book.decided(4, 0)).containsExactly(new Commit<>(List.of(piece(4, 0, "b"))));
    }

    @Test
    void aJobWithoutStateCountsFromItsOwnFirstCheckpoint() {
        OutputBook<String> book = book(OptionalLong.empty());
        book.standing(new Standing<>(7, false, List.of()), 0);
        book.allRowsCommitted();
        book.prepared("b");
        book.snapshot(1, false);
        assertThat(book.completed(1)).containsExactly(new AskDecision<>(1));
        assertThat(book.decided(1, 0)).containsExactly(new Commit<>(List.of(piece(1, 0, "b"))));
    }

    @Test
    void anUndecidedRestoredCheckpointIsReportedAgainAndMayBeDecidedLate() {
        OutputBook<String> book = book(OptionalLong.of(7), piece(6, 0, "a"), piece(7, 0, "b"));
        assertThat(book.standing(new Standing<>(5, false, List.of()), 0))
                .containsExactly(
                        new Report<>(7, List.of(piece(6, 0, "a"), piece(7, 0, "b")), false),
                        new AskDecision<>(7));
        // A late decision waits for readers, and they for the writer.
        assertThat(book.allRowsCommitted()).containsExactly(new StartWriter<>());
        assertThat(book.decided(7, 0)).containsExactly(new Commit<>(List.of(piece(6, 0, "a"))));
    }

    @Test
    void withoutOutputOfItsOwnASubtaskReportsTheRestoredCheckpointToo() {
        assertThat(book(OptionalLong.of(7)).standing(new Standing<>(5, false, List.of()), 0))
                .containsExactly(new Report<>(7, List.of(), false), new AskDecision<>(7));
    }

    @Test
    void outputOfAVoidRestoredCheckpointIsDroppedAndTheJobRuns() {
        OutputBook<String> book = book(OptionalLong.of(7), piece(7, 0, "a"));
        assertThat(book.standing(new Standing<>(5, true, List.of()), 0))
                .containsExactly(
                        new Drop<>(List.of(piece(7, 0, "a")), "the restored checkpoint is void"));
        book.allRowsCommitted();
        book.prepared("b");
        book.snapshot(8, false);
        assertThat(book.decided(8, 0)).containsExactly(new Commit<>(List.of(piece(8, 0, "b"))));
    }

    @Test
    void theRestoredCheckpointMayTurnOutVoidLater() {
        OutputBook<String> book = book(OptionalLong.of(7), piece(7, 0, "a"));
        book.standing(new Standing<>(5, false, List.of()), 0);
        assertThat(book.isVoid(7))
                .containsExactly(new Drop<>(List.of(piece(7, 0, "a")), "checkpoint 7 is void"));
        assertThat(book.decided(7, 0)).isEmpty();
        assertThat(book.mayEnd()).isTrue();
    }

    @Test
    void aVoidCheckpointOfThisLifeFailsTheTaskAndNothingOfItIsCommitted() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.completed(1);
        assertThat(book.isVoid(1))
                .containsExactly(
                        new Drop<>(List.of(piece(1, 0, "a")), "checkpoint 1 is void"),
                        new Fail<>(
                                "Checkpoint 1 was completed, but never decided, and cannot be any more: other jobs have taken this job's splits over."));
        assertThat(book.decided(2, 0)).isEmpty();
        assertThat(book.isVoid(1)).isEmpty();
        assertThat(book.mayEnd()).isFalse();
    }

    @Test
    void whatIsDecidedIsNotVoid() {
        OutputBook<String> book = running();
        book.prepared("a");
        book.snapshot(1, false);
        book.decided(1, 0);
        assertThat(book.isVoid(1)).isEmpty();
    }

    @Test
    void aTaskThatHasNotReadTheTableMayNotEnd() {
        assertThat(book(OptionalLong.empty()).mayEnd()).isFalse();
    }

    @Test
    void aTaskMayEndOnlyWhenEverythingItPreparedIsCommitted() {
        OutputBook<String> book = running();
        assertThat(book.mayEnd()).isTrue();
        book.prepared("a");
        assertThat(book.mayEnd()).isFalse();
        book.snapshot(1, true);
        assertThat(book.mayEnd()).isFalse();
        book.completed(1);
        assertThat(book.mayEnd()).isFalse();
        book.decided(1, 0);
        assertThat(book.mayEnd()).isFalse();
        book.answered(fates(Fate.OPEN), 0);
        assertThat(book.mayEnd()).isFalse();
        book.time(RETRY);
        book.answered(fates(Fate.COMMITTED), RETRY);
        assertThat(book.mayEnd()).isTrue();
    }

    @Test
    void aTaskWithoutOutputMayNotEndWhileItsCheckpointIsUndecided() {
        OutputBook<String> book = running();
        book.snapshot(1, true);
        book.completed(1);
        assertThat(book.mayEnd()).isFalse();
        book.decided(1, 0);
        assertThat(book.mayEnd()).isTrue();
    }

    /** Of a job without state, in a group that has never decided anything. */
    private static OutputBook<String> running() {
        OutputBook<String> book = book(OptionalLong.empty());
        book.standing(new Standing<>(-1, false, List.of()), 0);
        book.allRowsCommitted();
        return book;
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static OutputBook<String> book(OptionalLong restored, Piece<String>... state) {
        return new OutputBook<>(3, KEPT_FOR, restored, List.of(state));
    }

    private static Piece<String> piece(long checkpoint, int number, String committable) {
        return new Piece<>(new Piece.Id(checkpoint, 3, number), committable);
    }

    private static List<FateAnswer> fates(Fate... fates) {
        return Stream.of(fates).map(fate -> new FateAnswer(fate, "seen")).toList();
    }
}
