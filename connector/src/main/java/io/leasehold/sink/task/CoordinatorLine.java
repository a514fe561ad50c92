package io.leasehold.sink.task;

import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a subtask and the coordinator of its sink say to each other. Any thread; nothing waits, and
 * answers do not come by the task's mailbox.
 */
interface CoordinatorLine {

    /** Between two attempts, so that a coordinator that is away is not asked without end. */
    long PAUSE_MILLIS = 100;

    /**
     * Asks once.
     *
     * @return completes exceptionally if the coordinator is away or does not answer in time
     */
    CompletableFuture<SinkAnswer> ask(SinkRequest request);

    /** Tells the coordinator, or fails the task. */
    void tell(SinkEvent event);

    /**
     * Asks until there is an answer.
     *
     * @return completes with what is not {@link SinkAnswer.NotYet}, never exceptionally. Whoever
     *     gives up waiting cancels it
     */
    default CompletableFuture<SinkAnswer> askUntilAnswered(SinkRequest request) {
        CompletableFuture<SinkAnswer> answer = new CompletableFuture<>();
        askAgain(request, answer);
        return answer;
    }

    private void askAgain(SinkRequest request, CompletableFuture<SinkAnswer> answer) {
        ask(request)
                .whenComplete(
                        (said, failure) -> {
                            if (failure == null && !(said instanceof SinkAnswer.NotYet)) {
                                answer.complete(said);
                            } else if (!answer.isDone()) {
                                CompletableFuture.delayedExecutor(
                                                PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                                        .execute(() -> askAgain(request, answer));
                            }
                        });
    }
}
