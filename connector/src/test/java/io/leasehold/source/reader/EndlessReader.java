package io.leasehold.source.reader;

import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * A wrapped reader that always has one more record for each of its splits, in turn, and commits to
 * its queue what each checkpoint covers, as Kafka's does: for none that it took no part in.
 */
final class EndlessReader implements SourceReader<String, MemoryQueueSplit> {

    final Map<String, MemoryQueueSplit> positions = new LinkedHashMap<>();
    final List<SourceEvent> events = new ArrayList<>();
    final Set<String> paused = new TreeSet<>();
    final List<Long> completed = new ArrayList<>();
    final List<Long> aborted = new ArrayList<>();

    /** By split, as of the last checkpoint that it was told of and had taken part in. */
    final Map<String, Integer> committed = new LinkedHashMap<>();

    /** By checkpoint that it took part in. */
    private final Map<Long, List<MemoryQueueSplit>> toCommit = new HashMap<>();

    boolean started;
    boolean noMoreSplits;

    /** Has no records for now. */
    boolean dry;

    /** Is at the end of its input. */
    boolean ended;

    /** Forgets what is paused, as one does whose fetcher has not taken the splits in yet. */
    boolean forgetsPauses;

    /** Fails when it is told that a checkpoint is complete. */
    boolean cannotCommit;

    /** As by default: it has no way to pause one split. */
    boolean cannotPause;

    /** Run when splits come, which may take a wrapped reader its time. */
    Runnable beforeAdding = () -> {};

    /** Run when it is closed. */
    Runnable closing = () -> {};

    volatile boolean closed;

    private final CompletableFuture<Void> available = new CompletableFuture<>();

    /** Has records again, and says so. */
    void wets() {
        dry = false;
        available.complete(null);
    }

    @Override
    public void start() {
        started = true;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<String> output) {
        if (ended) {
            return InputStatus.END_OF_INPUT;
        }
        List<MemoryQueueSplit> read =
                positions.values().stream()
                        .filter(split -> !paused.contains(split.splitId()))
                        .toList();
        if (dry || read.isEmpty()) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        MemoryQueueSplit split = read.get(0);
        output.createOutputForSplit(split.splitId()).collect(split.splitId() + split.position());
        positions.remove(split.splitId());
        positions.put(
                split.splitId(),
                new MemoryQueueSplit(split.splitId(), split.position() + 1, split.end()));
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<MemoryQueueSplit> snapshotState(long checkpointId) {
        toCommit.put(checkpointId, List.copyOf(positions.values()));
        return List.copyOf(positions.values());
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return dry ? available : CompletableFuture.completedFuture(null);
    }

    @Override
    public void addSplits(List<MemoryQueueSplit> splits) {
        beforeAdding.run();
        splits.forEach(split -> positions.put(split.splitId(), split));
    }

    @Override
    public void notifyNoMoreSplits() {
        noMoreSplits = true;
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        events.add(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        if (cannotCommit) {
            throw new IllegalStateException("on purpose");
        }
        completed.add(checkpointId);
        toCommit.getOrDefault(checkpointId, List.of())
                .forEach(split -> committed.put(split.splitId(), split.position()));
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) {
        aborted.add(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        if (cannotPause) {
            throw new UnsupportedOperationException("on purpose");
        }
        if (!forgetsPauses) {
            paused.addAll(toPause);
        }
        paused.removeAll(toResume);
        forgetsPauses = false;
    }

    @Override
    public void close() {
        closing.run();
        closed = true;
    }
}
