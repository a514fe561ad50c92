package io.leasehold.sink.book;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.sink.book.SinkAnswer.Adoption;
import io.leasehold.sink.book.SinkAnswer.AllRowsCommitted;
import io.leasehold.sink.book.SinkAnswer.Decided;
import io.leasehold.sink.book.SinkAnswer.Outdated;
import io.leasehold.sink.book.SinkAnswer.Refused;
import io.leasehold.sink.book.SinkAnswer.Stands;
import io.leasehold.sink.book.SinkAnswer.Void;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class SinkBookTest {

    private static final Incarnation ME = new Incarnation("blue", "b2");
    private static final Incarnation BEFORE = new Incarnation("blue", "b1");
    private static final Incarnation GREEN = new Incarnation("green", "g1");
    private static final StateLine LINE = new StateLine("line");
    private static final String SINK = "orders";
    private static final int TWO = 2;

    private final SinkBook book = new SinkBook(SINK);

    // ------------------------------------------------------------------------ what is prepared

    @Test
    void outputIsCompleteWhenEverySubtaskHasReportedThatCheckpoint() throws IOException {
        starts();
        report(0, 3, piece(3, 0, "a"));
        assertThat(book.preparedUpTo(3, TWO)).isEmpty();
        report(1, 2, piece(2, 1, "early"));
        assertThat(book.preparedUpTo(3, TWO)).isEmpty();
        report(1, 3);
        assertThat(prepared(3)).containsExactly("early", "a");
    }

    @Test
    void outputOfALaterCheckpointIsNotDecidedWithIt() throws IOException {
        starts();
        report(0, 3, piece(3, 0, "a"));
        report(1, 3);
        report(0, 4, piece(4, 0, "b"));
        report(1, 4);
        assertThat(prepared(3)).containsExactly("a");
        book.decided(checkpoint(3));
        assertThat(prepared(4)).containsExactly("b");
    }

    @Test
    void whereNothingIsPreparedThereIsNoRow() {
        starts();
        report(0, 3);
        report(1, 3);
        assertThat(book.preparedUpTo(3, TWO)).contains(new Prepared.Row(Optional.empty()));
    }

    @Test
    void aSubtaskThatHasReportedItsLastCheckpointIsNotWaitedFor() throws IOException {
        starts();
        book.reported(ME.id(), 0, 3, List.of(piece(3, 0, "a")), true, Optional.empty());
        report(1, 4, piece(4, 1, "b"));
        assertThat(prepared(4)).containsExactly("a", "b");
        assertThat(book.preparedUpTo(2, TWO)).isEmpty();
    }

    @Test
    void whatASubtaskDidAfterTheCheckpointItRestartsFromHasNotHappened() throws IOException {
        starts();
        report(0, 3, piece(3, 0, "a"));
        report(1, 3);
        book.reported(ME.id(), 0, 4, List.of(piece(4, 0, "gone")), true, Optional.empty());
        report(1, 4, piece(4, 1, "b"));
        book.subtaskReset(0, 3);
        assertThat(prepared(3)).containsExactly("a");
        assertThat(book.preparedUpTo(4, TWO)).isEmpty();
        report(0, 4, piece(4, 0, "again"));
        assertThat(prepared(4)).containsExactly("a", "again", "b");
    }

    @Test
    void whatIsReportedAgainAfterARestartIsThereOnce() throws IOException {
        starts();
        report(0, 3, piece(2, 0, "a"), piece(3, 0, "b"));
        report(1, 3);
        book.subtaskReset(0, 3);
        report(0, 3, piece(2, 0, "a"), piece(3, 0, "b"));
        assertThat(prepared(3)).containsExactly("a", "b");
    }

    @Test
    void aCheckpointOfWhichOutputIsLostMustNotBeDecided() {
        starts();
        book.reported(ME.id(), 0, 3, List.of(piece(3, 0, "a")), false, Optional.of("timed out"));
        assertThat(book.preparedUpTo(3, TWO)).contains(new Prepared.Lost("timed out"));
    }

    @Test
    void tasksThatHadFinishedBeforeTheRestoredCheckpointReportNothingAndAreNotWaitedFor() {
        book.restored(7, true);
        starts();
        assertThat(book.preparedUpTo(7, TWO)).contains(new Prepared.Row(Optional.empty()));
        assertThat(book.haveAllFinished(TWO)).isTrue();
    }

    @Test
    void tasksHaveFinishedWhenTheirLastCheckpointsAreDecided() {
        starts();
        assertThat(book.haveAllFinished(TWO)).isFalse();
        book.reported(ME.id(), 0, 3, List.of(piece(3, 0, "a")), true, Optional.empty());
        book.reported(ME.id(), 1, 3, List.of(), true, Optional.empty());
        assertThat(book.haveAllFinished(TWO)).isFalse();
        book.decided(checkpoint(3));
        assertThat(book.haveAllFinished(TWO)).isTrue();
        book.subtaskReset(1, 3);
        assertThat(book.haveAllFinished(TWO)).isFalse();
    }

    @Test
    void reportsOfAnEarlierIncarnationAreIgnored() {
        starts();
        book.reported(BEFORE.id(), 0, 3, List.of(piece(3, 0, "a")), false, Optional.empty());
        report(1, 3);
        assertThat(book.preparedUpTo(3, TWO)).isEmpty();
    }

    // ------------------------------------------------------------------------ how it stands

    @Test
    void nobodyIsToldHowItStandsBeforeAnIncarnationHasJoined() {
        assertThat(book.standing(0, TWO)).isEmpty();
        assertThat(book.decision(ME.id(), 3)).isEmpty();
        assertThat(book.allRowsCommitted(ME.id(), 0, TWO)).isEmpty();
    }

    @Test
    void rowsAreSpreadOverTheSubtasksWhateverTheirNumberWas() {
        stands(5, row(BEFORE, 5, piece(5, 0, "a"), piece(5, 1, "b"), piece(5, 2, "c")));
        assertThat(texts(standing(0).rows())).containsExactly("a", "c");
        assertThat(texts(standing(1).rows())).containsExactly("b");
    }

    @Test
    void noWriterIsCreatedBeforeTheRowsOfAllSubtasksAreCommitted() {
        stands(5, row(BEFORE, 5, piece(5, 0, "a"), piece(5, 1, "b")));
        assertThat(commit(standing(0).rows())).isEmpty();
        assertThat(book.allRowsCommitted(ME.id(), 0, TWO)).isEmpty();
        assertThat(commit(standing(1).rows())).containsExactly(row(BEFORE, 5).key());
        assertThat(book.allRowsCommitted(ME.id(), 0, TWO)).contains(new AllRowsCommitted());
    }

    /** An older savepoint: Flink counts from it, and takes numbers again. */
    @Test
    void rowsOfTwoIncarnationsWithOneNumberAreToldApart() {
        Incarnation first = new Incarnation("blue", "b0");
        stands(4, row(first, 5, piece(5, 0, "first")), row(BEFORE, 5, piece(5, 0, "second")));
        List<StoredPiece> rows = standing(0).rows();
        assertThat(texts(rows)).containsExactly("first", "second");
        assertThat(commit(rows.subList(0, 1))).containsExactly(row(first, 5).key());
        assertThat(texts(standing(0).rows())).containsExactly("second");
    }

    @Test
    void aSubtaskThatRestartsCommitsWhatItHadDecidedAndNotTold() {
        starts();
        report(0, 3, piece(3, 0, "a"));
        report(1, 3, piece(3, 1, "b"));
        book.decided(checkpoint(3));
        book.subtaskReset(0, 3);
        assertThat(standing(0).decided()).isEqualTo(3);
        assertThat(texts(standing(0).rows())).containsExactly("a");
        assertThat(book.allRowsCommitted(ME.id(), 0, TWO)).isEmpty();
        commit(standing(0).rows());
        assertThat(book.allRowsCommitted(ME.id(), 0, TWO)).contains(new AllRowsCommitted());
    }

    @Test
    void aRowOfThisMemberThatCannotBeReadKeepsTheJobFromRunning() {
        stands(5, new DecidedOutput(row(BEFORE, 5).key(), new byte[] {0, 0, 0, 9}));
        assertThat(book.standing(0, TWO))
                .hasValueSatisfying(
                        answer ->
                                assertThat(((Refused) answer).why())
                                        .contains("'orders'", "version 9"));
    }

    @Test
    void aSubtaskThatWorksUnderAnEarlierIncarnationIsToldSo() {
        stands(5);
        assertThat(book.decision(BEFORE.id(), 5)).contains(new Outdated(ME.id()));
        assertThat(book.allRowsCommitted(BEFORE.id(), 0, TWO)).contains(new Outdated(ME.id()));
        assertThat(book.adoption(BEFORE.id(), 0, TWO)).contains(new Outdated(ME.id()));
        assertThat(book.outdated(ME.id())).isEmpty();
    }

    /** Flink resets this coordinator before that of the source, or after. */
    @Test
    void afterARestoreTheIncarnationThatWasThereBeforeCountsOnlyIfNoOtherComes() {
        stands(5);
        book.restored(7, false);
        stands(5);
        assertThat(book.standing(0, TWO)).isEmpty();
        book.resetIsLongAgo();
        assertThat(book.standing(0, TWO)).isPresent();
    }

    @Test
    void afterARestoreTheNextIncarnationCountsAtOnce() {
        stands("blue", BEFORE, 5);
        book.restored(7, false);
        stands("blue", BEFORE, 5);
        stands(6);
        assertThat(standing(0).decided()).isEqualTo(6);
    }

    // ------------------------------------------------------------------------ decisions

    @Test
    void aCheckpointIsDecidedWithEveryLaterOne() {
        starts();
        assertThat(book.decision(ME.id(), 3)).isEmpty();
        book.decided(checkpoint(4));
        assertThat(book.decision(ME.id(), 3)).contains(new Decided(4));
        assertThat(book.decision(ME.id(), 5)).isEmpty();
    }

    @Test
    void aVoidCheckpointIsToldAndItsOutputIsNotDecidedWithALaterOne() throws IOException {
        stands(2);
        report(0, 3, piece(3, 0, "a"));
        report(1, 3);
        book.isVoid(3, "sealed");
        assertThat(book.decision(ME.id(), 3)).contains(new Void(3, "sealed"));
        report(0, 4, piece(4, 0, "b"));
        report(1, 4);
        assertThat(prepared(4)).containsExactly("b");
    }

    /** A subtask that has not heard of it yet, or restarts from the same checkpoint. */
    @Test
    void whatIsReportedOfAVoidCheckpointAfterwardsIsNotDecidedWithALaterOne() throws IOException {
        stands(2);
        book.isVoid(3, "sealed");
        report(0, 3, piece(3, 0, "void"));
        report(1, 3);
        report(0, 4, piece(4, 0, "b"));
        report(1, 4);
        assertThat(prepared(4)).containsExactly("b");
    }

    /** It comes back from a checkpoint that was taken since, with output of its own. */
    @Test
    void aSubtaskThatRestartsIsNotToldThatTheCheckpointOfTheWholeJobWasVoid() {
        book.restored(7, false);
        book.stands("g", ME, LINE, 5, true, List.of());
        assertThat(standing(0).restoredIsVoid()).isTrue();
        book.subtaskReset(0, 7);
        assertThat(standing(0).restoredIsVoid()).isTrue();
        book.subtaskReset(0, 8);
        assertThat(standing(0).restoredIsVoid()).isFalse();
        assertThat(standing(1).restoredIsVoid()).isTrue();
    }

    @Test
    void aRowMayGoWhenAllOfItIsCommitted() {
        starts();
        report(0, 3, piece(2, 0, "a"), piece(3, 0, "b"));
        report(1, 3, piece(3, 1, "c"));
        book.decided(checkpoint(3));
        assertThat(book.committed(ME.id(), List.of(id(2, 0), id(3, 0)))).isEmpty();
        assertThat(book.committed(ME.id(), List.of(id(3, 0)))).isEmpty();
        assertThat(book.committed(BEFORE.id(), List.of(id(3, 1)))).isEmpty();
        assertThat(book.committed(ME.id(), List.of(id(3, 1))))
                .containsExactly(new DecidedOutput.Key(checkpoint(3), SINK));
    }

    /** The row's key has the incarnation that the checkpoint was taken in. */
    @Test
    void aRowThatIsDecidedLateIsOfTheEarlierIncarnation() {
        stands(2);
        report(0, 3, piece(3, 0, "a"));
        report(1, 3);
        book.decided(new DecidedCheckpoint(BEFORE, LINE, 3));
        assertThat(book.committed(ME.id(), List.of(id(3, 0))))
                .containsExactly(row(BEFORE, 3).key());
    }

    // ------------------------------------------------------------------------ adoption

    @Test
    void outputOfClosedMembersIsAskedForUntilItIsCommitted() {
        starts();
        DecidedOutput row = row(GREEN, 9, piece(9, 0, "a"), piece(9, 1, "b"));
        book.adopt(List.of(row));
        book.adopt(List.of(row));
        assertThat(texts(adoption(0).rows())).containsExactly("a");
        assertThat(texts(adoption(1).rows())).containsExactly("b");
        assertThat(commit(adoption(0).rows())).isEmpty();
        assertThat(commit(adoption(1).rows())).containsExactly(row.key());
        assertThat(adoption(0).rows()).isEmpty();
    }

    @Test
    void noWriterWaitsForTheOutputOfOthers() {
        starts();
        book.adopt(List.of(row(GREEN, 9, piece(9, 0, "a"))));
        assertThat(book.allRowsCommitted(ME.id(), 0, TWO)).contains(new AllRowsCommitted());
        assertThat(standing(0).rows()).isEmpty();
    }

    @Test
    void aRowOfOthersThatCannotBeReadIsLeftAndTheRestIsAdopted() {
        starts();
        Adopted adopted =
                book.adopt(
                        List.of(
                                new DecidedOutput(row(GREEN, 8).key(), new byte[] {0, 0, 0, 9}),
                                row(GREEN, 9, piece(9, 0, "a"))));
        assertThat(adopted.unreadable()).hasSize(1);
        assertThat(adopted.unreadable().get(0)).contains("version 9", "green/g1");
        assertThat(texts(adoption(0).rows())).containsExactly("a");
    }

    @Test
    void aRowWithoutAnythingInItIsCommitted() {
        starts();
        assertThat(book.adopt(List.of(row(GREEN, 9))).committed())
                .containsExactly(row(GREEN, 9).key());
    }

    @Test
    void oneSubtaskAbortsWhatASealedMemberLeftOpenAndKeepsWhatIsDecided() {
        starts();
        book.adopt(List.of(row(GREEN, 9, piece(9, 1, "a"))));
        book.sealed(GREEN);
        book.sealed(GREEN);
        assertThat(adoption(1).sealed()).isEmpty();
        assertThat(adoption(0).sealed()).hasSize(1);
        assertThat(texts(adoption(0).sealed().get(0).decided())).containsExactly("a");
        assertThat(book.sealedAs("g1")).contains(GREEN);
        book.aborted("g1");
        assertThat(adoption(0).sealed()).isEmpty();
    }

    @Test
    void afterARestoreOutputOfOthersIsStillToBeCommitted() {
        starts();
        book.adopt(List.of(row(GREEN, 9, piece(9, 0, "a"))));
        book.restored(7, false);
        stands("blue", new Incarnation("blue", "b3"), 5);
        assertThat(texts(((Adoption) book.adoption("b3", 0, TWO).orElseThrow()).rows()))
                .containsExactly("a");
    }

    // ------------------------------------------------------------------------ pieces

    private void starts() {
        stands(-1);
    }

    private void stands(long decided, DecidedOutput... rows) {
        stands("blue", ME, decided, rows);
    }

    private void stands(String group, Incarnation me, long decided, DecidedOutput... rows) {
        book.stands(group, me, LINE, decided, false, List.of(rows));
    }

    private void report(int subtask, long checkpoint, StoredPiece... pieces) {
        book.reported(ME.id(), subtask, checkpoint, List.of(pieces), false, Optional.empty());
    }

    private List<String> prepared(long checkpoint) throws IOException {
        Prepared.Row row = (Prepared.Row) book.preparedUpTo(checkpoint, TWO).orElseThrow();
        return texts(OutputRow.read(row.bytes().orElseThrow()));
    }

    private Stands standing(int subtask) {
        return (Stands) book.standing(subtask, TWO).orElseThrow();
    }

    private Adoption adoption(int subtask) {
        return (Adoption) book.adoption(ME.id(), subtask, TWO).orElseThrow();
    }

    private List<DecidedOutput.Key> commit(List<StoredPiece> pieces) {
        return book.committed(ME.id(), pieces.stream().map(StoredPiece::id).toList());
    }

    private static DecidedCheckpoint checkpoint(long id) {
        return new DecidedCheckpoint(ME, LINE, id);
    }

    private static DecidedOutput row(Incarnation of, long checkpoint, StoredPiece... pieces) {
        return new DecidedOutput(
                new DecidedOutput.Key(new DecidedCheckpoint(of, LINE, checkpoint), SINK),
                OutputRow.write(Arrays.asList(pieces)));
    }

    private static StoredPiece piece(long checkpoint, int subtask, String text) {
        return new StoredPiece(id(checkpoint, subtask), text.getBytes(StandardCharsets.UTF_8));
    }

    private static Piece.Id id(long checkpoint, int subtask) {
        return new Piece.Id(checkpoint, subtask, 0);
    }

    private static List<String> texts(List<StoredPiece> pieces) {
        return pieces.stream()
                .map(piece -> new String(piece.committable(), StandardCharsets.UTF_8))
                .toList();
    }
}
