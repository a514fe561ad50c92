package io.leasehold.job;

import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Where partitions start, as numbers wherever that matters.
 *
 * <p>Flink's own "latest" is a symbol that each reader looks up when it starts. In a lease table it
 * would be looked up again by the next owner, who would start behind everything that came in
 * between. Here it is looked up once, when the partition is found. "Earliest" may stay a symbol:
 * looked up again, it can only be where records are still there.
 */
@SuppressWarnings("deprecation") // The interface speaks of Kafka's older enum.
final class ConcreteOffsets implements OffsetsInitializer {

    private static final long serialVersionUID = 1L;

    private final StartPosition start;

    ConcreteOffsets(StartPosition start) {
        this.start = start;
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        if (start instanceof StartPosition.Earliest) {
            return OffsetsInitializer.earliest().getPartitionOffsets(partitions, retriever);
        }
        // Asked first: what is written between the two questions must not be skipped.
        Map<TopicPartition, Long> offsets = new HashMap<>(retriever.endOffsets(partitions));
        if (start instanceof StartPosition.At at) {
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(partition -> times.put(partition, at.time().toEpochMilli()));
            retriever
                    .offsetsForTimes(times)
                    .forEach(
                            (partition, found) -> {
                                if (found != null) {
                                    offsets.put(partition, found.offset());
                                }
                            });
        }
        return offsets;
    }

    /** For a position that the topic has deleted since: the first one it still has. */
    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.EARLIEST;
    }
}
