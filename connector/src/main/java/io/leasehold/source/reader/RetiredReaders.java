package io.leasehold.source.reader;

import io.leasehold.source.thread.OwnThread;

import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Wrapped readers that were replaced at a barrier: they emit nothing any more, but before they are
 * closed they are told which checkpoints are complete, up to the first that covers the one they
 * last took part in, since some commit to their queue then.
 *
 * <p>What they commit is asynchronous, as what the current reader does: of splits that are read on,
 * the queue may show the position of one checkpoint before until the next one.
 *
 * <p>Closing may take long and a commit may still be on its way when its reader has been told, so
 * each is closed a while later and on another thread. All else is for the task thread.
 */
@SuppressWarnings("try") // What a wrapped reader's close may throw is Flink's to declare.
final class RetiredReaders<T, SplitT extends SourceSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(RetiredReaders.class);

    /** How long a reader that was told is left to do what it does then. */
    private static final Duration LINGERS = Duration.ofSeconds(1);

    /** How long to wait for all to be closed at the end. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(30);

    /** Where checkpoints fail in a row, the oldest readers go without having been told. */
    private static final int MOST_AWAITING = 4;

    private record Awaiting<T, SplitT extends SourceSplit>(
            SourceReader<T, SplitT> reader, long checkpointId) {}

    private record Lingering<T, SplitT extends SourceSplit>(
            SourceReader<T, SplitT> reader, Future<?> close) {}

    private final OwnThread closing;
    private final Deque<Awaiting<T, SplitT>> awaiting = new ArrayDeque<>();
    private final List<Lingering<T, SplitT>> lingering = new ArrayList<>();

    /**
     * @param closing may wait; ended on {@link #close}
     */
    RetiredReaders(OwnThread closing) {
        this.closing = closing;
    }

    /** This reader is of no use any more once that checkpoint, or a later one, is complete. */
    void await(SourceReader<T, SplitT> reader, long checkpointId) {
        awaiting.add(new Awaiting<>(reader, checkpointId));
        if (awaiting.size() > MOST_AWAITING) {
            closeSoon(awaiting.poll().reader());
        }
    }

    /** This reader is of no use any more. */
    void closeSoon(SourceReader<T, SplitT> reader) {
        closing.run(() -> close(reader));
    }

    void checkpointComplete(long checkpointId) {
        lingering.removeIf(one -> one.close().isDone());
        for (Iterator<Awaiting<T, SplitT>> all = awaiting.iterator(); all.hasNext(); ) {
            Awaiting<T, SplitT> next = all.next();
            tell(next, checkpointId);
            if (next.checkpointId() <= checkpointId) {
                all.remove();
                lingering.add(
                        new Lingering<>(
                                next.reader(),
                                closing.runAfter(LINGERS, () -> close(next.reader()))));
            }
        }
    }

    private void tell(Awaiting<T, SplitT> one, long checkpointId) {
        try {
            if (checkpointId > one.checkpointId()) {
                // Its own has failed, or was overtaken. It stands where it stood then, and may
                // commit nothing for a checkpoint that it took no part in.
                one.reader().snapshotState(checkpointId);
            }
            one.reader().notifyCheckpointComplete(checkpointId);
            // Its fetcher may be waiting for somebody to take records from it, and would not look
            // at what it was just told to do: splits that are given, though none are, wake it.
            one.reader().addSplits(List.of());
        } catch (Exception e) {
            LOG.warn("A replaced reader could not take in that a checkpoint is complete.", e);
        }
    }

    void checkpointAborted(long checkpointId) throws Exception {
        for (Awaiting<T, SplitT> one : awaiting) {
            one.reader().notifyCheckpointAborted(checkpointId);
        }
    }

    /** Closes all that are left, and waits for that, at most for half a minute. */
    void close() {
        lingering.stream()
                .filter(one -> one.close().cancel(false))
                .forEach(one -> closeSoon(one.reader()));
        awaiting.forEach(one -> closeSoon(one.reader()));
        awaiting.clear();
        if (!closing.end(LAST_WAIT)) {
            LOG.warn("Replaced readers are not closed after {}; left alone.", LAST_WAIT);
        }
    }

    private void close(SourceReader<T, SplitT> reader) {
        try {
            reader.close();
        } catch (Exception e) {
            LOG.warn("A replaced reader could not be closed.", e);
        }
    }
}
