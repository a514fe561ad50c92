package io.leasehold.sink.coordinator;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.link.JobLink;
import io.leasehold.link.SourceEnd;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.event.SinkRequest;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What only the enumerator of the leased source can answer.
 *
 * <p>Thread-safe; nothing waits.
 */
final class EnumeratorAnswers {

    private record Acknowledgement(int subtask, long checkpoint) {}

    private final JobLink link;
    private final String sinkId;
    private final ConcurrentMap<Acknowledgement, CompletableFuture<Optional<String>>> asked =
            new ConcurrentHashMap<>();

    EnumeratorAnswers(JobLink link, String sinkId) {
        this.link = link;
        this.sinkId = sinkId;
    }

    /**
     * @return completes exceptionally with a {@link CheckpointNotBegunException}
     */
    CompletableFuture<Void> mayBegin(long checkpointId) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        link.source()
                .map(source -> source.mayBegin(checkpointId))
                .orElseGet(
                        () ->
                                CompletableFuture.failedFuture(
                                        new IllegalStateException(
                                                "the leased source before the leased sink '%s' is not there yet"
                                                        .formatted(sinkId))))
                .whenComplete(
                        (may, why) -> {
                            if (why == null) {
                                answer.complete(null);
                            } else {
                                answer.completeExceptionally(
                                        new CheckpointNotBegunException(
                                                "Checkpoint %s does not begin: %s"
                                                        .formatted(checkpointId, messageOf(why))));
                            }
                        });
        return answer;
    }

    /** A task asks again while the enumerator still thinks about it. */
    CompletableFuture<SinkAnswer> mayAcknowledge(SinkRequest.AskToAcknowledge request) {
        Optional<SourceEnd> source = link.source();
        if (source.isEmpty()) {
            return CompletableFuture.completedFuture(new SinkAnswer.NotYet());
        }
        Acknowledgement which = new Acknowledgement(request.subtask(), request.checkpoint());
        CompletableFuture<Optional<String>> known = asked.get(which);
        if (known == null) {
            known = source.get().mayAcknowledge(request.checkpoint());
            asked.put(which, known);
            known.whenComplete((why, failure) -> asked.remove(which));
        }
        return known.handle(
                (why, failure) ->
                        failure != null
                                ? new SinkAnswer.MustNotAcknowledge(messageOf(failure))
                                : why.<SinkAnswer>map(SinkAnswer.MustNotAcknowledge::new)
                                        .orElseGet(SinkAnswer.MayAcknowledge::new));
    }

    CompletableFuture<SinkAnswer> isSealed(Incarnation closed) {
        return link.source()
                .map(source -> source.isSealed(closed))
                .orElseGet(
                        () ->
                                CompletableFuture.failedFuture(
                                        new IllegalStateException("no source is there")))
                .handle(
                        (stillIs, failure) ->
                                failure == null
                                        ? new SinkAnswer.IsSealed(stillIs)
                                        : new SinkAnswer.NotYet());
    }

    /** The message of what was thrown, not of what it was wrapped in on its way. */
    private static String messageOf(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
