package io.leasehold.testkit.queue;

import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.util.FlinkRuntimeException;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Assigns each split once, to a reader that its id chooses. */
final class MemoryQueueEnumerator implements SplitEnumerator<MemoryQueueSplit, Set<String>> {

    private static final long DISCOVERY_MILLIS = 50;

    private final SplitEnumeratorContext<MemoryQueueSplit> context;
    private final MemoryQueue queue;
    private final boolean bounded;
    private final Set<String> assigned;
    private final Set<String> pending = new TreeSet<>();
    private boolean allFound;

    MemoryQueueEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context,
            MemoryQueue queue,
            boolean bounded,
            Set<String> assigned) {
        this.context = context;
        this.queue = queue;
        this.bounded = bounded;
        this.assigned = assigned;
    }

    @Override
    public void start() {
        if (bounded) {
            context.callAsync(queue::splitIds, this::found);
        } else {
            context.callAsync(queue::splitIds, this::found, 0, DISCOVERY_MILLIS);
        }
    }

    private void found(Set<String> splitIds, Throwable failure) {
        if (failure != null) {
            throw new FlinkRuntimeException(failure);
        }
        splitIds.stream().filter(id -> !assigned.contains(id)).forEach(pending::add);
        allFound = true;
        assignPending();
    }

    private void assignPending() {
        for (String id : List.copyOf(pending)) {
            int reader = Math.floorMod(id.hashCode(), context.currentParallelism());
            if (context.registeredReaders().containsKey(reader)) {
                pending.remove(id);
                assigned.add(id);
                int end = bounded ? queue.size(id) : Integer.MAX_VALUE;
                context.assignSplit(new MemoryQueueSplit(id, 0, end), reader);
            }
        }
        if (bounded && allFound) {
            context.registeredReaders().keySet().forEach(context::signalNoMoreSplits);
        }
    }

    @Override
    public void addReader(int subtask) {
        assignPending();
    }

    @Override
    public void handleSplitRequest(int subtask, String requesterHostname) {
        throw new IllegalStateException("Its readers do not ask.");
    }

    @Override
    public void addSplitsBack(List<MemoryQueueSplit> splits, int subtask) {
        if (!splits.isEmpty()) {
            throw new IllegalStateException("A leased source keeps what comes back.");
        }
    }

    @Override
    public Set<String> snapshotState(long checkpointId) {
        return Set.copyOf(assigned);
    }

    @Override
    public void close() {}
}
