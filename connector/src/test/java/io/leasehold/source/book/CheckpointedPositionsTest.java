package io.leasehold.source.book;

import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

class CheckpointedPositionsTest {

    private static final CheckpointedPositions.Judge ANY =
            covered -> CheckpointedPositions.Worth.PROGRESS;

    private static final CheckpointedPositions.Judge FROZEN_LEAVE =
            covered ->
                    covered.frozenFor().isPresent()
                            ? CheckpointedPositions.Worth.RELEASE
                            : CheckpointedPositions.Worth.PROGRESS;

    private static final CheckpointedPositions.Judge FROZEN_MOVE =
            covered ->
                    covered.frozenFor().isPresent()
                            ? CheckpointedPositions.Worth.MOVE
                            : CheckpointedPositions.Worth.PROGRESS;

    private final CheckpointedPositions atOnce = new CheckpointedPositions(false);
    private final CheckpointedPositions oneBehind = new CheckpointedPositions(true);

    @Test
    void nothingIsDueBeforeItsCheckpointIsComplete() {
        atOnce.reported(0, report(1, "a at 1"));
        atOnce.reported(0, report(2, "a at 2"));

        assertThat(texts(completed(atOnce, 1, ANY).progress())).containsExactly("a at 1");
        assertThat(texts(completed(atOnce, 2, ANY).progress())).containsExactly("a at 2");
        assertThat(completed(atOnce, 3, ANY).progress()).isEmpty();
    }

    @Test
    void oneBehindIsDueWhenTheNextOneIsComplete() {
        oneBehind.reported(0, report(1, "a at 1"));
        assertThat(completed(oneBehind, 1, ANY).progress()).isEmpty();

        oneBehind.reported(0, report(2, "a at 2"));
        List<CheckpointedPositions.CoveredPosition> covered =
                completed(oneBehind, 2, ANY).progress();

        assertThat(texts(covered)).containsExactly("a at 1");
        assertThat(covered)
                .extracting(CheckpointedPositions.CoveredPosition::checkpointId)
                .containsExactly(1L);
    }

    @Test
    void aCheckpointThatNeverCompletedIsCoveredByTheNextThatDoes() {
        atOnce.reported(0, report(1, "a at 1"));
        atOnce.reported(1, report(1, "b at 1"));
        atOnce.reported(0, report(2, "a at 2"));

        assertThat(texts(completed(atOnce, 2, ANY).progress()))
                .containsExactlyInAnyOrder("a at 2", "b at 1");
    }

    @Test
    void aReportForALaterCheckpointWaitsForThat() {
        atOnce.reported(0, report(2, "a at 2"));

        assertThat(completed(atOnce, 1, ANY).progress()).isEmpty();
        assertThat(texts(completed(atOnce, 2, ANY).progress())).containsExactly("a at 2");
    }

    @Test
    void whatAGoneAttemptReportedForACheckpointThatIsNotCompleteNeverCameToPass() {
        atOnce.reported(0, report(1, "a at 1"));
        atOnce.reported(1, report(1, "b at 1"));

        atOnce.attemptGone(0);

        assertThat(texts(completed(atOnce, 1, ANY).progress())).containsExactly("b at 1");
    }

    @Test
    void checkpointsThatFailForEverCostNoMoreThanAFew() {
        LongStream.range(0, 1_000).forEach(id -> atOnce.reported(0, report(id, "a at " + id)));

        assertThat(completed(atOnce, 900, ANY).progress()).isEmpty();
        assertThat(texts(completed(atOnce, 999, ANY).progress())).containsExactly("a at 999");
    }

    /** Promise S5: whoever gets it must not read again what this checkpoint commits. */
    @Test
    void aSplitThatStandsStillIsReleasedAtOnceAlsoWhereProgressIsOneBehind() {
        oneBehind.reported(0, report(1, "a at 1", "b at 1"));
        completed(oneBehind, 1, FROZEN_LEAVE);
        oneBehind.reported(0, frozen(2, 7, "a at 2", "b at 2"));

        CheckpointedPositions.Completed completed = completed(oneBehind, 2, FROZEN_LEAVE);

        assertThat(texts(completed.released())).containsExactly("a at 2");
        assertThat(completed.released().get(0).checkpointId()).isEqualTo(2);
        assertThat(completed.released().get(0).frozenFor()).contains(7L);
        // And nothing older is written after that.
        assertThat(texts(completed.progress())).containsExactly("b at 1");
        assertThat(texts(completed(oneBehind, 3, FROZEN_LEAVE).progress()))
                .containsExactly("b at 2");
    }

    @Test
    void aSplitThatMovesIsDueOneBehindLikeAnyOther() {
        oneBehind.reported(0, report(1, "a at 1", "b at 1"));
        completed(oneBehind, 1, FROZEN_MOVE);
        oneBehind.reported(0, frozen(2, 7, "a at 2", "b at 2"));

        CheckpointedPositions.Completed completed = completed(oneBehind, 2, FROZEN_MOVE);

        assertThat(texts(completed.moved())).containsExactly("a at 2");
        assertThat(completed.released()).isEmpty();
        assertThat(texts(completed.progress())).containsExactly("a at 1", "b at 1");
        assertThat(texts(completed(oneBehind, 3, FROZEN_MOVE).progress()))
                .containsExactlyInAnyOrder("a at 2", "b at 2");
    }

    @Test
    void whereProgressIsRecordedAtOnceSoIsThatOfASplitThatMoves() {
        atOnce.reported(0, frozen(1, 7, "a at 1", "b at 1"));

        CheckpointedPositions.Completed completed = completed(atOnce, 1, FROZEN_MOVE);

        assertThat(texts(completed.moved())).containsExactly("a at 1");
        assertThat(texts(completed.progress())).containsExactlyInAnyOrder("a at 1", "b at 1");
    }

    @Test
    void whatStoodStillInACheckpointThatFailedIsCoveredByTheNextThatCompletes() {
        atOnce.reported(0, frozen(1, 7, "a at 1", "b at 1"));

        assertThat(texts(completed(atOnce, 2, FROZEN_LEAVE).released())).containsExactly("a at 1");
    }

    @Test
    void whatWentOnSinceIsNotReleasedThoughAnOlderReportSaysThatItStoodStill() {
        atOnce.reported(0, frozen(1, 7, "a at 1", "b at 1"));
        atOnce.reported(0, report(2, "a at 2"));

        CheckpointedPositions.Completed completed = completed(atOnce, 2, FROZEN_LEAVE);

        assertThat(completed.released()).isEmpty();
        assertThat(texts(completed.progress())).containsExactlyInAnyOrder("a at 2", "b at 1");
    }

    @Test
    void whatIsWorthNothingIsNeitherRecordedNowNorLater() {
        oneBehind.reported(0, report(1, "a at 1"));

        completed(oneBehind, 1, covered -> CheckpointedPositions.Worth.NOTHING);

        assertThat(completed(oneBehind, 2, ANY).progress()).isEmpty();
    }

    @Test
    void ofASplitThatIsForgottenNothingIsRecorded() {
        oneBehind.reported(0, report(1, "a at 1", "b at 1"));
        completed(oneBehind, 1, ANY);

        oneBehind.forget(Set.of("a"));

        assertThat(texts(completed(oneBehind, 2, ANY).progress())).containsExactly("b at 1");
    }

    /** Promise S3: it may have come back since, and be further on. */
    @Test
    void whatMovedAndIsForgottenIsNotRecordedAtTheEnd() {
        oneBehind.reported(0, frozen(7, 3, "a at 7", "b at 7"));
        completed(oneBehind, 7, FROZEN_MOVE);
        oneBehind.taskFinished(0, 7);

        oneBehind.forget(Set.of("a"));

        assertThat(oneBehind.last(Set.of(0), ANY))
                .hasValueSatisfying(
                        last -> assertThat(texts(last.progress())).containsExactly("b at 7"));
    }

    @Test
    void whenAllReadersHaveEndedNothingWaitsForAnotherCheckpoint() {
        oneBehind.reported(0, report(7, "a at 7"));
        oneBehind.reported(1, report(6, "b at 6"));
        completed(oneBehind, 7, ANY);
        oneBehind.taskFinished(0, 7);
        oneBehind.taskFinished(1, 6);

        assertThat(oneBehind.last(Set.of(0, 1), ANY))
                .hasValueSatisfying(
                        last ->
                                assertThat(texts(last.progress()))
                                        .containsExactlyInAnyOrder("a at 7", "b at 6"));
    }

    /** Readers know before the enumerator does, or the other way round. */
    @Test
    void whatReadersKnowToBeCompleteIsComplete() {
        oneBehind.reported(0, report(6, "a at 6"));
        completed(oneBehind, 6, ANY);
        oneBehind.reported(0, report(7, "a at 7"));
        oneBehind.taskFinished(0, 7);

        assertThat(oneBehind.last(Set.of(0), ANY))
                .hasValueSatisfying(last -> assertThat(texts(last.progress())).endsWith("a at 7"));
    }

    /** Promise S4: it may have emitted what no complete checkpoint covers. */
    @Test
    void aReaderThatDidNotEndHoldsBackWhatWaitsForAnotherCheckpoint() {
        oneBehind.reported(0, report(7, "a at 7"));
        oneBehind.reported(1, report(7, "b at 7"));
        completed(oneBehind, 7, ANY);
        oneBehind.taskFinished(0, 7);

        assertThat(oneBehind.last(Set.of(0, 1), ANY)).isEmpty();
        assertThat(oneBehind.last(Set.of(), ANY)).isEmpty();
    }

    @Test
    void whereAGoneAttemptEndedSaysNothingOfTheNext() {
        oneBehind.reported(0, report(7, "a at 7"));
        completed(oneBehind, 7, ANY);
        oneBehind.taskFinished(0, 7);
        oneBehind.attemptGone(0);

        assertThat(oneBehind.last(Set.of(0), ANY)).isEmpty();
    }

    /** It begins when all before it are over. */
    private static CheckpointedPositions.Completed completed(
            CheckpointedPositions positions, long checkpointId, CheckpointedPositions.Judge worth) {
        positions.begun(checkpointId);
        return positions.completed(checkpointId, worth);
    }

    private static List<String> texts(List<CheckpointedPositions.CoveredPosition> covered) {
        return covered.stream().map(one -> one.position().text()).toList();
    }

    private static Positions report(long checkpointId, String... texts) {
        return new Positions("reader", checkpointId, positions(texts), Map.of(), Map.of());
    }

    /** Of which the first split stands still. */
    private static Positions frozen(long checkpointId, long request, String... texts) {
        List<Position> positions = positions(texts);
        return new Positions(
                "reader",
                checkpointId,
                positions,
                Map.of(positions.get(0).splitId(), request),
                Map.of());
    }

    private static List<Position> positions(String... texts) {
        return Arrays.stream(texts)
                .map(text -> new Position(text.substring(0, 1), 1, 1, false, new byte[0], 1, text))
                .toList();
    }
}
