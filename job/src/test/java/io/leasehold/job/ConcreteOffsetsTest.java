package io.leasehold.job;

import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;

import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class ConcreteOffsetsTest {

    private static final TopicPartition BUSY = new TopicPartition("orders", 0);
    private static final TopicPartition QUIET = new TopicPartition("orders", 1);
    private static final List<TopicPartition> BOTH = List.of(BUSY, QUIET);

    @Test
    void latestIsWhereThePartitionEndsNow() {
        assertThat(offsets(new StartPosition.Latest())).isEqualTo(Map.of(BUSY, 70L, QUIET, 3L));
    }

    @Test
    void timestampIsTheFirstRecordSinceOrTheEnd() {
        assertThat(offsets(new StartPosition.At(Instant.ofEpochMilli(1000))))
                .isEqualTo(Map.of(BUSY, 42L, QUIET, 3L));
    }

    @Test
    void onlyEarliestMayBeASymbol() {
        assertThat(offsets(new StartPosition.Earliest()).values()).containsOnly(-2L);
    }

    @Test
    @SuppressWarnings("deprecation")
    void deletedPositionsGoOnAtTheFirstRecordThereIs() {
        assertThat(new ConcreteOffsets(new StartPosition.Latest()).getAutoOffsetResetStrategy())
                .hasToString("earliest");
    }

    private static Map<TopicPartition, Long> offsets(StartPosition start) {
        return new ConcreteOffsets(start).getPartitionOffsets(BOTH, new Broker());
    }

    /** Two partitions: one with records since the time asked for, one without. */
    private static final class Broker implements PartitionOffsetsRetriever {

        @Override
        public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
            return Map.of();
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return Map.of(BUSY, 70L, QUIET, 3L);
        }

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            return Map.of(BUSY, 1L, QUIET, 1L);
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                Map<TopicPartition, Long> times) {
            // As Flink's: of where there is none it says nothing.
            return Map.of(BUSY, new OffsetAndTimestamp(42L, 1000L));
        }
    }
}
