package io.leasehold.sink.task;

import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.event.AnswerBytes;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;

import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.jobgraph.tasks.TaskOperatorEventGateway;
import org.apache.flink.util.SerializedValue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Flink's ways from a task to the coordinator of one of its operators. */
record FlinkCoordinatorLine(TaskOperatorEventGateway gateway, OperatorID operatorId)
        implements CoordinatorLine {

    @Override
    public CompletableFuture<SinkAnswer> ask(SinkRequest request) {
        try {
            return gateway.sendRequestToCoordinator(operatorId, new SerializedValue<>(request))
                    .thenApply(
                            response -> {
                                try {
                                    return AnswerBytes.unwrap(response);
                                } catch (IOException e) {
                                    throw new CompletionException(e);
                                }
                            });
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void tell(SinkEvent event) {
        try {
            gateway.sendOperatorEventToCoordinator(operatorId, new SerializedValue<>(event));
        } catch (IOException e) {
            throw new UncheckedIOException("An event cannot be written: " + event, e);
        }
    }
}
