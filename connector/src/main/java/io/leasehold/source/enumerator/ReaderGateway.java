package io.leasehold.source.enumerator;

import io.leasehold.source.event.LeaseSourceEvent;

import org.apache.flink.api.connector.source.SplitEnumeratorContext;

import java.util.function.Function;

/**
 * Sends events to the reader attempts that are there. To one that is gone, at its end or closed
 * none is sent: its task may have finished, and Flink would fail the job for an event that does not
 * arrive.
 *
 * <p>Coordinator thread only.
 */
final class ReaderGateway {

    private final SplitEnumeratorContext<?> context;
    private final ReaderAssignments<?> readers;

    ReaderGateway(SplitEnumeratorContext<?> context, ReaderAssignments<?> readers) {
        this.context = context;
        this.readers = readers;
    }

    /**
     * @param event made for the name of the attempt
     */
    void send(int subtask, Function<String, LeaseSourceEvent> event) {
        if (context.registeredReaders().containsKey(subtask) && !readers.isOver(subtask)) {
            readers.readerId(subtask)
                    .ifPresent(id -> context.sendEventToSourceReader(subtask, event.apply(id)));
        }
    }

    void sendToAll(Function<String, LeaseSourceEvent> event) {
        readers.subtasks().forEach(subtask -> send(subtask, event));
    }
}
