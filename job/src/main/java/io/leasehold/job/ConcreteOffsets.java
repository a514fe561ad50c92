package io.leasehold.job;

import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

import java.util.Collection;
import java.util.Map;

/**
 * Where partitions start, as numbers wherever that matters: what is looked up by the reader may be
 * looked up again by the next owner, who would start behind everything that came in between.
 * "Earliest" may stay a symbol: looked up again, it can only be where records are still there.
 *
 * <p>A position that the topic has deleted since goes on at the first record that it still has,
 * whereas Flink's own "latest" would go on at its end.
 */
@SuppressWarnings("deprecation") // The interface speaks of Kafka's older enum.
final class ConcreteOffsets implements OffsetsInitializer {

    private static final long serialVersionUID = 1L;

    private final OffsetsInitializer start;

    ConcreteOffsets(StartPosition start) {
        this.start = initializer(start);
    }

    private static OffsetsInitializer initializer(StartPosition start) {
        if (start instanceof StartPosition.At at) {
            return OffsetsInitializer.timestamp(at.time().toEpochMilli());
        }
        return start instanceof StartPosition.Latest
                ? OffsetsInitializer.latest()
                : OffsetsInitializer.earliest();
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        return start.getPartitionOffsets(partitions, retriever);
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.EARLIEST;
    }
}
