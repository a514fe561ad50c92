package io.leasehold.testkit.queue;

import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Reads a {@link MemoryQueue} through flink-connector-base's fetcher. */
@SuppressWarnings("try") // What close may throw is Flink's to declare.
final class MemoryQueueReader
        extends SingleThreadMultiplexSourceReaderBase<
                MemoryQueueReader.Found, String, MemoryQueueSplit, MemoryQueueReader.Position> {

    /**
     * @param next position behind the record
     */
    record Found(String record, int next) {}

    static final class Position {
        private MemoryQueueSplit split;

        Position(MemoryQueueSplit split) {
            this.split = split;
        }
    }

    MemoryQueueReader(MemoryQueue queue, SourceReaderContext context) {
        super(() -> new Fetch(queue), new Emit(), new Configuration(), context);
    }

    @Override
    protected void onSplitFinished(Map<String, Position> finished) {}

    @Override
    protected Position initializedState(MemoryQueueSplit split) {
        return new Position(split);
    }

    @Override
    protected MemoryQueueSplit toSplitType(String splitId, Position position) {
        return position.split;
    }

    private static final class Emit implements RecordEmitter<Found, String, Position> {
        @Override
        public void emitRecord(Found found, SourceOutput<String> output, Position position) {
            output.collect(found.record());
            position.split = position.split.at(found.next());
        }
    }

    private static final class Fetch implements SplitReader<Found, MemoryQueueSplit> {

        private static final int BATCH = 50;
        private static final long PAUSE_MILLIS = 5;

        private final MemoryQueue queue;
        private final Map<String, MemoryQueueSplit> splits = new LinkedHashMap<>();
        private final Set<String> paused = new HashSet<>();
        private final Semaphore woken = new Semaphore(0);

        Fetch(MemoryQueue queue) {
            this.queue = queue;
        }

        @Override
        public RecordsWithSplitIds<Found> fetch() {
            RecordsBySplits.Builder<Found> batch = new RecordsBySplits.Builder<>();
            boolean empty = true;
            List<MemoryQueueSplit> read =
                    splits.values().stream().filter(it -> !paused.contains(it.splitId())).toList();
            for (MemoryQueueSplit split : read) {
                int position = split.position();
                int most = Math.min(BATCH, split.end() - position);
                for (String record : queue.read(split.splitId(), position, most)) {
                    position++;
                    batch.add(split.splitId(), new Found(record, position));
                    empty = false;
                }
                splits.put(split.splitId(), split.at(position));
                if (position >= split.end()) {
                    splits.remove(split.splitId());
                    batch.addFinishedSplit(split.splitId());
                    empty = false;
                }
            }
            if (empty) {
                awaitRecords();
            }
            return batch.build();
        }

        private void awaitRecords() {
            try {
                if (woken.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    woken.drainPermits();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void handleSplitsChanges(SplitsChange<MemoryQueueSplit> changes) {
            changes.splits().forEach(split -> splits.put(split.splitId(), split));
        }

        @Override
        public void wakeUp() {
            woken.release();
        }

        @Override
        public void pauseOrResumeSplits(
                Collection<MemoryQueueSplit> toPause, Collection<MemoryQueueSplit> toResume) {
            queue.pauseOrResume(ids(toPause), ids(toResume));
            paused.addAll(ids(toPause));
            paused.removeAll(ids(toResume));
        }

        private static Set<String> ids(Collection<MemoryQueueSplit> splits) {
            return splits.stream().map(MemoryQueueSplit::splitId).collect(Collectors.toSet());
        }

        @Override
        public void close() {}
    }
}
