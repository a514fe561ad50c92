package io.leasehold.sink.task;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.book.StoredPiece;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;
import io.leasehold.sink.task.ScriptedLine.Text;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class SubtaskOutputTest {

    private static final SinkRequest STANDING = new SinkRequest.AskStanding(0);
    private static final PieceBytes<String> BYTES = new PieceBytes<>(new Text());

    private final ScriptedLine line = new ScriptedLine();
    private final Hands hands = new Hands();
    private long now;

    @Test
    void theRowsAreCommittedBeforeTheStartIsOver() throws Exception {
        line.answers(STANDING, stands("b1", 5, piece(5, -1, "row")));
        line.answers(allRows("b1"), new SinkAnswer.AllRowsCommitted());

        output(OptionalLong.empty()).start();

        assertThat(hands.done).containsExactly("under b1", "rows [row]");
        assertThat(line.told).containsExactly(new SinkEvent.Committed("b1", List.of(id(5, -1))));
    }

    @Test
    void aRowThatCannotBeReadFailsTheTaskWithItsSentence() {
        line.answers(STANDING, new SinkAnswer.Refused("The row is of version 9."));
        assertThatThrownBy(() -> output(OptionalLong.empty()).start())
                .hasMessage("The row is of version 9.");
    }

    /** Flink had not reset the other coordinator yet. */
    @Test
    void aSubtaskThatIsToldInTimeStartsOverUnderTheNextIncarnation() throws Exception {
        line.answers(STANDING, stands("b1", 5));
        line.answers(allRows("b1"), new SinkAnswer.Outdated("b2"));
        line.answers(STANDING, stands("b2", 6));
        line.answers(allRows("b2"), new SinkAnswer.AllRowsCommitted());
        SubtaskOutput<String> output = output(OptionalLong.of(6), piece(6, 0, "a"));

        output.start();

        assertThat(hands.done).containsExactly("under b1", "under b2");
        assertThat(output.incarnation()).isEqualTo("b2");
        // Checkpoint 6 was undecided as of the first.
        assertThat(line.told).extracting(SinkEvent::incarnation).containsExactly("b1");
    }

    @Test
    void aSubtaskWhoseWriterExistsFailsWhenTheIncarnationIsOver() throws Exception {
        SubtaskOutput<String> output = started();
        output.snapshot(1, false);
        output.completed(1);
        line.answers(decision(1), new SinkAnswer.Outdated("b2"));
        assertThatThrownBy(output::happen).hasMessageContaining("has started anew");
    }

    @Test
    void aRestoredCheckpointOfWhichOutputIsLostIsReportedAsLost() throws Exception {
        line.answers(STANDING, stands("b1", -1));
        line.answers(allRows("b1"), new SinkAnswer.AllRowsCommitted());
        hands.lost = Optional.of("timed out");

        output(OptionalLong.of(7), piece(7, 0, "a")).start();

        assertThat(line.told).hasSize(1);
        SinkEvent.Prepared report = (SinkEvent.Prepared) line.told.get(0);
        assertThat(report.checkpoint()).isEqualTo(7);
        assertThat(report.lost()).isEqualTo("timed out");
    }

    @Test
    void whatIsPreparedLaterIsNotAskedFor() throws Exception {
        SubtaskOutput<String> output = started();
        hands.lost = Optional.of("not asked");
        output.prepared("a");
        output.snapshot(1, false);
        assertThat(((SinkEvent.Prepared) line.told.get(0)).lost()).isEmpty();
    }

    @Test
    void nothingIsCommittedBeforeTheDecision() throws Exception {
        SubtaskOutput<String> output = started();
        output.prepared("a");
        assertThat(output.snapshot(1, false)).hasSize(1);
        output.completed(1);
        output.happen();
        assertThat(hands.done).isEmpty();

        line.answers(decision(1), new SinkAnswer.Decided(1));
        output.happen();

        assertThat(hands.done).containsExactly("own [a]");
        assertThat(line.told.get(1)).isEqualTo(new SinkEvent.Committed("b1", List.of(id(1, 0))));
    }

    @Test
    void aCommitThatIsNotCertainIsTriedAgainWhenItIsTime() throws Exception {
        SubtaskOutput<String> output = started();
        output.prepared("a");
        output.snapshot(1, false);
        output.completed(1);
        hands.fate = Fate.OPEN;
        line.answers(decision(1), new SinkAnswer.Decided(1));
        output.happen();
        hands.fate = Fate.COMMITTED;
        output.happen();
        assertThat(hands.done).hasSize(1);
        now = Duration.ofSeconds(2).toNanos();
        output.happen();
        assertThat(hands.done).hasSize(2);
    }

    @Test
    void aTaskEndsOnlyAfterTheCommit() throws Exception {
        SubtaskOutput<String> output = started();
        output.prepared("a");
        output.snapshot(1, true);
        output.completed(1);
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
                .execute(() -> line.answers(decision(1), new SinkAnswer.Decided(1)));

        output.awaitEnd(Duration.ofSeconds(20), () -> true);

        assertThat(hands.done).containsExactly("own [a]");
    }

    @Test
    void aTaskWhoseDecisionDoesNotComeFailsAndNeverEndsRegularly() throws Exception {
        SubtaskOutput<String> output = started();
        output.prepared("a");
        output.snapshot(1, true);
        output.completed(1);
        assertThatThrownBy(() -> output.awaitEnd(Duration.ZERO, () -> true))
                .hasMessageContaining("was not decided and committed");
        assertThat(hands.done).isEmpty();
    }

    @Test
    void aTaskWhoseOutputNoCheckpointCoversFailsAtOnce() throws Exception {
        SubtaskOutput<String> output = started();
        output.prepared("a");
        assertThatThrownBy(() -> output.awaitEnd(Duration.ofDays(1), () -> true))
                .hasMessageContaining("checkpoints-after-tasks-finish");
    }

    @Test
    void aTaskThatIsCancelledMeanwhileWaitsNoLonger() throws Exception {
        SubtaskOutput<String> output = started();
        output.prepared("a");
        output.snapshot(1, true);
        output.completed(1);
        output.awaitEnd(Duration.ofDays(1), () -> false);
        assertThat(hands.done).isEmpty();
    }

    // ------------------------------------------------------------------------ pieces

    private SubtaskOutput<String> started() throws Exception {
        line.answers(STANDING, stands("b1", -1));
        line.answers(allRows("b1"), new SinkAnswer.AllRowsCommitted());
        SubtaskOutput<String> output = output(OptionalLong.empty());
        output.start();
        hands.done.clear();
        return output;
    }

    private SubtaskOutput<String> output(OptionalLong restored, StoredPiece... state) {
        return new SubtaskOutput<>(
                0,
                Duration.ofMinutes(15),
                restored,
                List.of(state),
                BYTES,
                line,
                hands,
                () -> now,
                () -> {},
                at -> {});
    }

    private static SinkAnswer stands(String incarnation, long decided, StoredPiece... rows) {
        return new SinkAnswer.Stands(
                "orders", "blue", incarnation, "line", decided, false, List.of(rows));
    }

    private static SinkRequest allRows(String incarnation) {
        return new SinkRequest.AskAllRowsCommitted(incarnation, 0);
    }

    private static SinkRequest decision(long checkpoint) {
        return new SinkRequest.AskDecision("b1", checkpoint);
    }

    private static StoredPiece piece(long checkpoint, int number, String text) throws Exception {
        return BYTES.write(List.of(new Piece<>(id(checkpoint, number), text))).get(0);
    }

    private static Piece.Id id(long checkpoint, int number) {
        return new Piece.Id(checkpoint, 0, number);
    }

    private static final class Hands implements OutputHands<String> {

        private final List<String> done = new ArrayList<>();
        private Fate fate = Fate.COMMITTED;
        private Optional<String> lost = Optional.empty();

        @Override
        public void worksUnder(SinkAnswer.Stands standing) {
            done.add("under " + standing.incarnation());
        }

        @Override
        public List<FateAnswer> commitRows(List<String> decided) {
            return answer("rows ", decided);
        }

        @Override
        public List<FateAnswer> commit(List<String> decided) {
            return answer("own ", decided);
        }

        private List<FateAnswer> answer(String what, List<String> decided) {
            done.add(what + decided);
            return decided.stream().map(one -> new FateAnswer(fate, "seen")).toList();
        }

        @Override
        public Optional<String> lost(List<String> prepared) {
            return lost;
        }
    }
}
