package io.leasehold.source.reader;

import io.leasehold.source.thread.OwnThread;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.util.FlinkRuntimeException;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The wrapped source's reader, which can be exchanged for a new one that has fewer splits: that is
 * the only way to take a split from any reader, and the others are not held up by it.
 *
 * <p>What the former reader was told and the next one must know goes along: that there are no more
 * splits, and which are paused. What the wrapped enumerator's own events told it does not.
 *
 * <p>Task thread only.
 */
@SuppressWarnings("try") // What the wrapped reader's close may throw is Flink's to declare.
final class ReplaceableReader<T, SplitT extends SourceSplit> {

    private final LeasedSourceReader.InnerFactory<T, SplitT> factory;
    private final RetiredReaders<T, SplitT> retired;
    private SourceReader<T, SplitT> current;

    private boolean noMoreSplits;
    private final Set<String> paused = new HashSet<>();

    /**
     * Whether the reader may have missed which splits are paused: one built on a fetcher forgets it
     * if it has not come to take in the splits themselves, which it has once it gives a record.
     */
    private boolean pausesMissed;

    /** The future of the current reader that {@link #available} waits for. */
    private CompletableFuture<Void> awaited = CompletableFuture.completedFuture(null);

    /** What was handed out for it: it completes too when that reader is replaced. */
    private CompletableFuture<Void> available = CompletableFuture.completedFuture(null);

    /**
     * @param closing a thread of its own, for readers that were replaced; ended on close
     */
    ReplaceableReader(LeasedSourceReader.InnerFactory<T, SplitT> factory, OwnThread closing)
            throws Exception {
        this.factory = factory;
        this.retired = new RetiredReaders<>(closing);
        this.current = factory.create();
    }

    void start() {
        current.start();
    }

    InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        InputStatus status = current.pollNext(output);
        if (pausesMissed && status == InputStatus.MORE_AVAILABLE) {
            pausesMissed = false;
            current.pauseOrResumeSplits(paused, List.of());
        }
        return status;
    }

    CompletableFuture<Void> isAvailable() {
        CompletableFuture<Void> now = current.isAvailable();
        if (now.isDone()) {
            return now;
        }
        if (now != awaited) {
            CompletableFuture<Void> handedOut = new CompletableFuture<>();
            now.whenComplete((any, failure) -> handedOut.complete(null));
            awaited = now;
            available = handedOut;
        }
        return available;
    }

    List<SplitT> snapshotState(long checkpointId) {
        return current.snapshotState(checkpointId);
    }

    void addSplits(List<SplitT> splits) {
        paused.removeAll(ids(splits));
        current.addSplits(splits);
    }

    void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        current.pauseOrResumeSplits(toPause, toResume);
        paused.addAll(toPause);
        paused.removeAll(toResume);
    }

    void notifyNoMoreSplits() {
        noMoreSplits = true;
        current.notifyNoMoreSplits();
    }

    void handleSourceEvents(SourceEvent event) {
        current.handleSourceEvents(event);
    }

    void notifyCheckpointComplete(long checkpointId) throws Exception {
        retired.checkpointComplete(checkpointId);
        current.notifyCheckpointComplete(checkpointId);
    }

    void notifyCheckpointAborted(long checkpointId) throws Exception {
        retired.checkpointAborted(checkpointId);
        current.notifyCheckpointAborted(checkpointId);
    }

    /**
     * Exchanges the reader within the snapshot of this checkpoint, of which the former one will be
     * told that it is complete.
     *
     * @param remaining the splits that are read on, at the positions of that snapshot
     */
    void replaceAt(long checkpointId, List<SplitT> remaining) {
        SourceReader<T, SplitT> former = replace(remaining);
        retired.await(former, checkpointId);
    }

    /** Exchanges the reader outside of any checkpoint. */
    void replaceNow(List<SplitT> remaining) {
        retired.closeSoon(replace(remaining));
    }

    /** Nothing has changed if it throws. */
    private SourceReader<T, SplitT> replace(List<SplitT> remaining) {
        SourceReader<T, SplitT> next;
        try {
            next = factory.create();
        } catch (Exception e) {
            throw new FlinkRuntimeException("Another reader could not be made.", e);
        }
        Set<String> stillPaused = new HashSet<>(paused);
        stillPaused.retainAll(ids(remaining));
        try {
            begin(next, remaining, stillPaused);
        } catch (RuntimeException e) {
            retired.closeSoon(next);
            throw e;
        }
        paused.retainAll(stillPaused);
        pausesMissed = !paused.isEmpty();
        SourceReader<T, SplitT> former = current;
        current = next;
        // Whoever waits for the former one would wait for ever.
        available.complete(null);
        return former;
    }

    private void begin(SourceReader<T, SplitT> next, List<SplitT> splits, Set<String> stillPaused) {
        if (!splits.isEmpty()) {
            next.addSplits(splits);
        }
        next.start();
        if (!stillPaused.isEmpty()) {
            next.pauseOrResumeSplits(stillPaused, List.of());
        }
        if (noMoreSplits) {
            next.notifyNoMoreSplits();
        }
    }

    private static <SplitT extends SourceSplit> Set<String> ids(List<SplitT> splits) {
        return splits.stream().map(SourceSplit::splitId).collect(Collectors.toSet());
    }

    void close() throws Exception {
        try {
            current.close();
        } finally {
            retired.close();
        }
    }
}
