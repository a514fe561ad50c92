package io.leasehold.job.bench.overhead;

import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A reader that costs next to nothing: it has the same record again and again, of each of its
 * splits in turn, and keeps their outputs as readers with a fetcher do.
 */
final class ConstantReader implements SourceReader<byte[], MemoryQueueSplit> {

    private static final byte[] RECORD = new byte[100];
    private static final long TIMESTAMP = 1;

    private final List<MemoryQueueSplit> splits = new ArrayList<>();
    private final List<SourceOutput<byte[]>> outputs = new ArrayList<>();
    private int next;

    @Override
    public InputStatus pollNext(ReaderOutput<byte[]> output) {
        if (outputs.size() < splits.size()) {
            outputs.add(output.createOutputForSplit(splits.get(outputs.size()).splitId()));
        }
        outputs.get(next).collect(RECORD, TIMESTAMP);
        next = next + 1 < outputs.size() ? next + 1 : 0;
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public void addSplits(List<MemoryQueueSplit> more) {
        splits.addAll(more);
    }

    @Override
    public List<MemoryQueueSplit> snapshotState(long checkpointId) {
        return List.copyOf(splits);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void start() {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
}
