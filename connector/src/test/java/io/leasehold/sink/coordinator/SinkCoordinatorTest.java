package io.leasehold.sink.coordinator;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.link.JobLink;
import io.leasehold.link.OutputStanding;
import io.leasehold.link.SourceEnd;
import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.book.StoredPiece;
import io.leasehold.sink.event.AnswerBytes;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class SinkCoordinatorTest {

    private static final Incarnation ME = new Incarnation("blue", "b1");
    private static final StateLine LINE = new StateLine("line");

    private final String linkId = UUID.randomUUID().toString();
    private final JobLink link = JobLink.of(linkId);
    private final Source source = new Source();
    private final SinkCoordinator coordinator = new SinkCoordinator(linkId, "orders", () -> 1);

    @BeforeEach
    void start() {
        link.attach(source);
        coordinator.start();
    }

    @AfterEach
    void close() {
        coordinator.close();
        link.detach(source);
    }

    @Test
    void whoAsksTooEarlyIsAnsweredOnceThereIsAnAnswer() throws Exception {
        CompletableFuture<SinkAnswer> answer = ask(new SinkRequest.AskStanding(0));
        assertThat(answer).isNotDone();
        stands(ME);
        assertThat(answer.get()).isInstanceOf(SinkAnswer.Stands.class);
    }

    @Test
    void whoWaitsForLongIsToldToAskAgain() throws Exception {
        assertThat(ask(new SinkRequest.AskStanding(0)).get()).isEqualTo(new SinkAnswer.NotYet());
    }

    @Test
    void theOutputOfACheckpointIsCompleteWhenItIsReported() {
        stands(ME);
        CompletableFuture<Map<String, byte[]>> prepared = link.preparedUpTo(source, 3);
        assertThat(prepared).isNotDone();
        report(3, "");
        assertThat(prepared.join()).containsOnlyKeys("orders");
    }

    @Test
    void lostOutputFailsTheQuestionForIt() {
        stands(ME);
        CompletableFuture<Map<String, byte[]>> prepared = link.preparedUpTo(source, 3);
        report(3, "timed out");
        assertThat(prepared).isCompletedExceptionally();
    }

    @Test
    void theSourceIsToldWhichRowIsCommitted() throws Exception {
        stands(ME);
        report(3, "");
        DecidedCheckpoint checkpoint = new DecidedCheckpoint(ME, LINE, 3);
        link.decided(source, checkpoint);
        assertThat(ask(new SinkRequest.AskDecision("b1", 3)).get())
                .isEqualTo(new SinkAnswer.Decided(3));
        coordinator.handleEventFromOperator(
                0, 0, new SinkEvent.Committed("b1", List.of(new Piece.Id(3, 0, 0))));
        assertThat(source.committed).containsExactly(new DecidedOutput.Key(checkpoint, "orders"));
    }

    @Test
    void aCheckpointWaitsForTheEnumerator() {
        source.gate = new CompletableFuture<>();
        CompletableFuture<byte[]> state = new CompletableFuture<>();
        coordinator.checkpointCoordinator(4, state);
        assertThat(state).isNotDone();
        source.gate.complete(null);
        assertThat(state).isCompleted();
    }

    /** Flink counts an IOException as a failed checkpoint, and some of these fail a job. */
    @Test
    void whatKeepsACheckpointFromBeginningIsNoIOException() {
        source.gate = CompletableFuture.failedFuture(new IOException("3 is undecided"));
        CompletableFuture<byte[]> state = new CompletableFuture<>();
        coordinator.checkpointCoordinator(4, state);
        assertThatThrownBy(state::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CheckpointNotBegunException.class)
                .hasMessageContaining("Checkpoint 4 does not begin: 3 is undecided")
                .hasStackTraceContaining("3 is undecided")
                .hasRootCauseInstanceOf(CheckpointNotBegunException.class);
    }

    @Test
    void noCheckpointBeginsWithoutAnEnumerator() {
        link.detach(source);
        CompletableFuture<byte[]> state = new CompletableFuture<>();
        coordinator.checkpointCoordinator(4, state);
        assertThat(state).isCompletedExceptionally();
    }

    @Test
    void aTaskIsToldWhyItMustNotAcknowledge() throws Exception {
        stands(ME);
        assertThat(ask(acknowledgement("b1")).get()).isEqualTo(new SinkAnswer.MayAcknowledge());
        source.acknowledgement = CompletableFuture.completedFuture(Optional.of("too late"));
        assertThat(ask(acknowledgement("b1")).get())
                .isEqualTo(new SinkAnswer.MustNotAcknowledge("too late"));
        assertThat(ask(acknowledgement("b0")).get()).isEqualTo(new SinkAnswer.Outdated("b1"));
    }

    @Test
    void whetherAMemberIsStillSealedIsReadFromTheTable() throws Exception {
        stands(ME);
        SinkRequest question = new SinkRequest.AskSealed("b1", "g1");
        assertThat(ask(question).get()).isEqualTo(new SinkAnswer.IsSealed(false));
        link.sealed(source, new Incarnation("green", "g1"));
        assertThat(ask(question).get()).isEqualTo(new SinkAnswer.IsSealed(true));
        source.sealed = CompletableFuture.failedFuture(new IOException("away"));
        assertThat(ask(question).get()).isEqualTo(new SinkAnswer.NotYet());
    }

    /** In either order of the two coordinators' resets. */
    @Test
    void afterARestoreTheStandingOfTheNextIncarnationIsKnown() throws Exception {
        stands(ME);
        Incarnation next = new Incarnation("blue", "b2");
        stands(next);
        coordinator.resetToCheckpoint(3, CoordinatorState.write(false));
        // It had come before the reset, and counts when no other comes.
        assertThat(ask(new SinkRequest.AskStanding(0)).get()).isEqualTo(new SinkAnswer.NotYet());
        assertThat(((SinkAnswer.Stands) ask(new SinkRequest.AskStanding(0)).get()).incarnation())
                .isEqualTo("b2");
    }

    @Test
    void stateOfALaterVersionIsRefused() {
        assertThatThrownBy(() -> coordinator.resetToCheckpoint(3, new byte[] {0, 0, 0, 2, 0}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("later one");
        assertThat(CoordinatorState.write(true)).containsExactly(0, 0, 0, 1, 1);
    }

    // ------------------------------------------------------------------------ pieces

    private void stands(Incarnation me) {
        link.stands(
                source, new OutputStanding("g", me, LINE, OptionalLong.empty(), false, List.of()));
    }

    private void report(long checkpoint, String lost) {
        coordinator.handleEventFromOperator(
                0,
                0,
                new SinkEvent.Prepared(
                        "b1",
                        0,
                        checkpoint,
                        List.of(new StoredPiece(new Piece.Id(checkpoint, 0, 0), new byte[] {1})),
                        false,
                        lost));
    }

    private static SinkRequest acknowledgement(String incarnation) {
        return new SinkRequest.AskToAcknowledge(incarnation, 0, 3);
    }

    private CompletableFuture<SinkAnswer> ask(SinkRequest request) {
        return coordinator
                .handleCoordinationRequest(request)
                .thenApply(
                        response -> {
                            try {
                                return AnswerBytes.unwrap(response);
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }

    private static final class Source implements SourceEnd {

        private final List<DecidedOutput.Key> committed = new ArrayList<>();
        private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
        private CompletableFuture<Optional<String>> acknowledgement =
                CompletableFuture.completedFuture(Optional.empty());
        private CompletableFuture<Boolean> sealed = CompletableFuture.completedFuture(true);

        @Override
        public CompletableFuture<Void> mayBegin(long checkpointId) {
            return gate;
        }

        @Override
        public CompletableFuture<Optional<String>> mayAcknowledge(long checkpointId) {
            return acknowledgement;
        }

        @Override
        public void committed(DecidedOutput.Key output) {
            committed.add(output);
        }

        @Override
        public CompletableFuture<Boolean> isSealed(Incarnation closed) {
            return sealed;
        }
    }
}
