package io.leasehold.job.bench.enumerator;

import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.apache.kafka.common.TopicPartition;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A wrapped enumerator that has found all splits at its start, and remembers none: what it would
 * hold is its own.
 */
final class FixedQueue implements SplitEnumerator<KafkaPartitionSplit, Integer> {

    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final int splits;

    FixedQueue(SplitEnumeratorContext<KafkaPartitionSplit> context, int splits) {
        this.context = context;
        this.splits = splits;
    }

    @Override
    public void start() {
        List<KafkaPartitionSplit> found =
                IntStream.range(0, splits)
                        .mapToObj(i -> new KafkaPartitionSplit(new TopicPartition("orders", i), 0))
                        .toList();
        if (!found.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(Map.of(0, found)));
        }
    }

    @Override
    public void handleSplitRequest(int subtask, String requesterHostname) {}

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public Integer snapshotState(long checkpointId) {
        return 1;
    }

    @Override
    public void close() {}

    /** Of its state, which says nothing. */
    static final class Nothing implements SimpleVersionedSerializer<Integer> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Integer state) {
            return new byte[] {state.byteValue()};
        }

        @Override
        public Integer deserialize(int version, byte[] bytes) {
            return (int) bytes[0];
        }
    }
}
