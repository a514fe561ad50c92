package io.leasehold.source.kafka;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@SuppressWarnings("deprecation") // The interface speaks of Kafka's older enum.
class KafkaStartTest {

    /** Both are looked up once, when a partition is found; but their reset is to the end. */
    @Test
    void aPositionThatWasDeletedGoesOnAtTheFirstRecordThereIs() {
        assertThat(reset(OffsetsInitializer.latest())).isEqualTo("earliest");
        assertThat(reset(OffsetsInitializer.timestamp(1))).isEqualTo("earliest");
        assertThat(reset(OffsetsInitializer.earliest())).isEqualTo("earliest");
    }

    /** Then a position that was deleted fails the job, as is asked for. */
    @Test
    void noResetIsLeftAsItIs() {
        assertThat(
                        reset(
                                OffsetsInitializer.offsets(
                                        Map.of(new TopicPartition("orders", 0), 7L),
                                        OffsetResetStrategy.NONE)))
                .isEqualTo("none");
    }

    @Test
    void theSourceThatWasGivenIsNotChanged() {
        KafkaSource<String> given = starting(OffsetsInitializer.latest()).build();

        assertThat(KafkaStart.concrete(given)).isNotSameAs(given);
        assertThat(KafkaStart.consumerProperties(given).orElseThrow())
                .containsEntry("auto.offset.reset", "latest");
    }

    @Test
    void aStartAtCommittedOffsetsIsRefused() {
        KafkaSource<String> source =
                starting(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                        .setGroupId("orders")
                        .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaStart.concrete(source))
                .withMessageStartingWith(
                        "This KafkaSource cannot be leased: it starts at the offsets that its consumer group has committed")
                .withMessageContaining("'scan.startup.mode' = 'earliest-offset'");
    }

    @Test
    void anEndAtCommittedOffsetsIsRefused() {
        KafkaSource<String> source =
                starting(OffsetsInitializer.earliest())
                        .setBounded(OffsetsInitializer.committedOffsets())
                        .setGroupId("orders")
                        .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaStart.concrete(source))
                .withMessageStartingWith(
                        "This KafkaSource cannot be leased: it ends at the offsets that its consumer group has committed");
    }

    @Test
    void otherSourcesAreLeftAsTheyAre() {
        NumberSequenceSource other = new NumberSequenceSource(1, 2);

        assertThat(KafkaStart.concrete(other)).isSameAs(other);
    }

    private static String reset(OffsetsInitializer start) {
        return KafkaStart.consumerProperties(KafkaStart.concrete(starting(start).build()))
                .orElseThrow()
                .getProperty("auto.offset.reset");
    }

    private static KafkaSourceBuilder<String> starting(OffsetsInitializer start) {
        return KafkaSource.<String>builder()
                .setBootstrapServers("localhost:1")
                .setTopics("orders")
                .setStartingOffsets(start)
                .setValueOnlyDeserializer(new SimpleStringSchema());
    }
}
