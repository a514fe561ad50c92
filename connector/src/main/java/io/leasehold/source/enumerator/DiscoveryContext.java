package io.leasehold.source.enumerator;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * What the wrapped enumerator takes for Flink's context. All goes through, but what it assigns is
 * not assigned: it is a discovery, a lease to be won.
 */
final class DiscoveryContext<SplitT extends SourceSplit> implements SplitEnumeratorContext<SplitT> {

    /** What becomes of what the wrapped enumerator says. */
    interface Discoveries<SplitT> {
        void found(int subtask, List<SplitT> splits);

        void noMoreFor(int subtask);
    }

    private final SplitEnumeratorContext<?> outer;
    private final Discoveries<SplitT> discoveries;

    DiscoveryContext(SplitEnumeratorContext<?> outer, Discoveries<SplitT> discoveries) {
        this.outer = outer;
        this.discoveries = discoveries;
    }

    @Override
    public void assignSplits(SplitsAssignment<SplitT> assignment) {
        assignment.assignment().forEach(discoveries::found);
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
        discoveries.noMoreFor(subtask);
    }

    /** Without the splits that readers report on recovery: those are leased ones, and ours. */
    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
        return withoutReports(outer.registeredReaders());
    }

    @Override
    public Map<Integer, Map<Integer, ReaderInfo>> registeredReadersOfAttempts() {
        return outer.registeredReadersOfAttempts().entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey, reader -> withoutReports(reader.getValue())));
    }

    private static Map<Integer, ReaderInfo> withoutReports(Map<Integer, ReaderInfo> readers) {
        return readers.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                reader ->
                                        new ReaderInfo(
                                                reader.getValue().getSubtaskId(),
                                                reader.getValue().getLocation())));
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
        return outer.metricGroup();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
        outer.sendEventToSourceReader(subtask, event);
    }

    @Override
    public void sendEventToSourceReader(int subtask, int attempt, SourceEvent event) {
        outer.sendEventToSourceReader(subtask, attempt, event);
    }

    @Override
    public int currentParallelism() {
        return outer.currentParallelism();
    }

    @Override
    public <X> void callAsync(Callable<X> callable, BiConsumer<X, Throwable> handler) {
        outer.callAsync(callable, handler);
    }

    @Override
    public <X> void callAsync(
            Callable<X> callable,
            BiConsumer<X, Throwable> handler,
            long initialDelayMillis,
            long periodMillis) {
        outer.callAsync(callable, handler, initialDelayMillis, periodMillis);
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
        outer.runInCoordinatorThread(runnable);
    }

    @Override
    public void setIsProcessingBacklog(boolean isProcessingBacklog) {
        outer.setIsProcessingBacklog(isProcessingBacklog);
    }
}
