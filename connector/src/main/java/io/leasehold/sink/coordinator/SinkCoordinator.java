package io.leasehold.sink.coordinator;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.link.JobLink;
import io.leasehold.link.OutputStanding;
import io.leasehold.link.SinkEnd;
import io.leasehold.sink.book.Adopted;
import io.leasehold.sink.book.Prepared;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.book.SinkBook;
import io.leasehold.sink.event.AnswerBytes;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;

import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationRequestHandler;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The coordinator of a leased sink: between its subtasks, Flink and the enumerator of the leased
 * source before it. What it decides is in {@link SinkBook}.
 *
 * <p>Thread-safe. No lock is held while somebody else is called.
 */
final class SinkCoordinator implements OperatorCoordinator, CoordinationRequestHandler, SinkEnd {

    private static final Logger LOG = LoggerFactory.getLogger(SinkCoordinator.class);

    /** Less than any ask time-out that is not set to fail. */
    static final Duration LONGEST_ANSWER = Duration.ofSeconds(3);

    /** In which Flink has long reset the coordinator of the source too. */
    private static final Duration RESET_WITHIN = Duration.ofSeconds(5);

    private final JobLink link;
    private final EnumeratorAnswers enumerator;
    private final String sinkId;
    private final IntSupplier parallelism;
    private final Object lock = new Object();
    private final SinkBook book;
    private final OpenQuestions questions = new OpenQuestions();
    private final Set<String> warned = new HashSet<>();
    private volatile boolean started;

    SinkCoordinator(String linkId, String sinkId, IntSupplier parallelism) {
        this.link = JobLink.of(linkId);
        this.enumerator = new EnumeratorAnswers(link, sinkId);
        this.sinkId = sinkId;
        this.parallelism = parallelism;
        this.book = new SinkBook(sinkId);
    }

    // ------------------------------------------------------------------------------------------
    // Flink
    // ------------------------------------------------------------------------------------------

    @Override
    public void start() {
        started = true;
        link.attach(this);
    }

    @Override
    public void close() {
        link.detach(this);
    }

    @Override
    public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        if (!(event instanceof SinkEvent told)) {
            throw new IllegalArgumentException("A leased sink's task does not say " + event);
        }
        if (told instanceof SinkEvent.Prepared prepared) {
            change(
                    () ->
                            book.reported(
                                    prepared.incarnation(),
                                    prepared.subtask(),
                                    prepared.checkpoint(),
                                    prepared.pieces(),
                                    prepared.last(),
                                    Optional.of(prepared.lost()).filter(why -> !why.isEmpty())));
        } else if (told instanceof SinkEvent.Committed committed) {
            changeRows(() -> book.committed(committed.incarnation(), committed.pieces()));
        } else if (told instanceof SinkEvent.Aborted aborted) {
            change(() -> book.aborted(aborted.closed()));
        }
    }

    /** No task is told to begin before the future has completed. */
    @Override
    public void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> state) {
        enumerator
                .mayBegin(checkpointId)
                .whenComplete(
                        (may, why) -> {
                            if (why == null) {
                                state.complete(CoordinatorState.write(haveAllFinished()));
                            } else {
                                state.completeExceptionally(why);
                            }
                        });
    }

    private boolean haveAllFinished() {
        return known(() -> book.haveAllFinished(parallelism.getAsInt()));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {}

    @Override
    public void resetToCheckpoint(long checkpointId, byte[] state) throws IOException {
        boolean allFinished = state != null && CoordinatorState.readAllFinished(state);
        change(() -> book.restored(checkpointId, allFinished));
        CompletableFuture.delayedExecutor(RESET_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> change(() -> book.resetIsLongAgo()));
        if (started) {
            // The enumerator may have told already what is forgotten by now.
            link.attach(this);
        }
    }

    @Override
    public void subtaskReset(int subtask, long checkpointId) {
        change(() -> book.subtaskReset(subtask, checkpointId));
    }

    @Override
    public void executionAttemptFailed(int subtask, int attempt, Throwable reason) {}

    @Override
    public void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {}

    // ------------------------------------------------------------------------------------------
    // Subtasks
    // ------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<CoordinationResponse> handleCoordinationRequest(
            CoordinationRequest request) {
        if (!(request instanceof SinkRequest asked)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("A leased sink's task does not ask " + request));
        }
        return answer(asked)
                .completeOnTimeout(
                        new SinkAnswer.NotYet(), LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(AnswerBytes::wrap);
    }

    private CompletableFuture<SinkAnswer> answer(SinkRequest request) {
        int subtasks = parallelism.getAsInt();
        if (request instanceof SinkRequest.AskToAcknowledge ask) {
            return known(() -> book.outdated(ask.incarnation()))
                    .map(CompletableFuture::completedFuture)
                    .orElseGet(() -> enumerator.mayAcknowledge(ask));
        }
        if (request instanceof SinkRequest.AskSealed ask) {
            return known(
                            () ->
                                    book.outdated(ask.incarnation()).isPresent()
                                            ? Optional.<Incarnation>empty()
                                            : book.sealedAs(ask.closed()))
                    .map(enumerator::isSealed)
                    .orElseGet(
                            () ->
                                    CompletableFuture.completedFuture(
                                            new SinkAnswer.IsSealed(false)));
        }
        return ask(
                () -> {
                    if (request instanceof SinkRequest.AskStanding ask) {
                        return book.standing(ask.subtask(), subtasks);
                    } else if (request instanceof SinkRequest.AskAllRowsCommitted ask) {
                        return book.allRowsCommitted(ask.incarnation(), ask.subtask(), subtasks);
                    } else if (request instanceof SinkRequest.AskDecision ask) {
                        return book.decision(ask.incarnation(), ask.checkpoint());
                    } else if (request instanceof SinkRequest.AskAdoption ask) {
                        return book.adoption(ask.incarnation(), ask.subtask(), subtasks);
                    }
                    return Optional.empty();
                });
    }

    private <T> T known(Supplier<T> question) {
        synchronized (lock) {
            return question.get();
        }
    }

    // ------------------------------------------------------------------------------------------
    // Enumerator
    // ------------------------------------------------------------------------------------------

    @Override
    public String sinkId() {
        return sinkId;
    }

    @Override
    public CompletableFuture<Optional<byte[]>> preparedUpTo(long checkpointId) {
        return ask(() -> book.preparedUpTo(checkpointId, parallelism.getAsInt()))
                .thenCompose(
                        prepared ->
                                prepared instanceof Prepared.Row row
                                        ? CompletableFuture.completedFuture(row.bytes())
                                        : CompletableFuture.failedFuture(
                                                new IllegalStateException(
                                                        ((Prepared.Lost) prepared).why())));
    }

    @Override
    public void stands(OutputStanding standing) {
        changeRows(
                () ->
                        book.stands(
                                standing.group(),
                                standing.me(),
                                standing.line(),
                                standing.decided().orElse(-1),
                                standing.restoredIsVoid(),
                                standing.rows()));
    }

    @Override
    public void decided(DecidedCheckpoint checkpoint) {
        change(() -> book.decided(checkpoint));
    }

    @Override
    public void isVoid(long checkpointId, String why) {
        change(() -> book.isVoid(checkpointId, why));
    }

    @Override
    public void adopt(List<DecidedOutput> rows) {
        changeRows(
                () -> {
                    Adopted adopted = book.adopt(rows);
                    adopted.unreadable().stream().filter(warned::add).forEach(LOG::warn);
                    return adopted.committed();
                });
    }

    @Override
    public void sealed(Incarnation closed) {
        change(() -> book.sealed(closed));
    }

    // ------------------------------------------------------------------------------------------
    // The lock
    // ------------------------------------------------------------------------------------------

    private <T> CompletableFuture<T> ask(Supplier<Optional<T>> question) {
        CompletableFuture<T> answer;
        List<Runnable> answers;
        synchronized (lock) {
            answer = questions.add(question);
            answers = questions.answered();
        }
        answers.forEach(Runnable::run);
        return answer;
    }

    private void change(Runnable change) {
        changeRows(
                () -> {
                    change.run();
                    return List.of();
                });
    }

    /**
     * @param change returns the rows that may go
     */
    private void changeRows(Supplier<List<DecidedOutput.Key>> change) {
        List<DecidedOutput.Key> committed;
        List<Runnable> answers;
        synchronized (lock) {
            committed = change.get();
            answers = questions.answered();
        }
        answers.forEach(Runnable::run);
        committed.forEach(key -> link.source().ifPresent(source -> source.committed(key)));
    }

    /** Makes the coordinator of one sink. */
    record Provider(String linkId, String sinkId, OperatorID operatorId)
            implements OperatorCoordinator.Provider {

        private static final long serialVersionUID = 1L;

        @Override
        public OperatorID getOperatorId() {
            return operatorId;
        }

        @Override
        public OperatorCoordinator create(Context context) {
            return new SinkCoordinator(linkId, sinkId, context::currentParallelism);
        }
    }
}
