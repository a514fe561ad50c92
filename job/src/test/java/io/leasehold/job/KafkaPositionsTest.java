package io.leasehold.job;

import io.leasehold.admin.RefusedException;
import io.leasehold.job.KafkaPositions.Target;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.Inspection.SeenSplit;

import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Positions of Kafka partitions, where no broker is asked. */
@Timeout(10)
class KafkaPositionsTest {

    private static final KafkaPartitionSplitSerializer SERIALIZER =
            new KafkaPartitionSplitSerializer();

    private static SeenSplit split(String id, Progress progress) {
        return new SeenSplit(
                new Lease(id, Optional.empty(), 1, 1, Optional.empty(), false, Set.of(), 0, 1),
                progress,
                Instant.EPOCH);
    }

    private static SeenSplit partition(long offset) throws IOException {
        KafkaPartitionSplit split =
                new KafkaPartitionSplit(new TopicPartition("orders", 3), offset, 100);
        return split(
                "orders-3",
                new Progress(
                        SERIALIZER.serialize(split), SERIALIZER.getVersion(), split.toString(), 9));
    }

    private static Map<String, Progress> moved(Target target, SeenSplit... splits)
            throws RefusedException {
        return new KafkaPositions(target, Optional.empty(), Map.of()).of(List.of(splits));
    }

    @Test
    void aPartitionIsWrittenAsItsSourceReadsItAndKeepsItsEnd() throws Exception {
        Progress progress = moved(Target.offset(12), partition(40)).get("orders-3");

        KafkaPartitionSplit read =
                SERIALIZER.deserialize(progress.serializerVersion(), progress.bytes());
        assertThat(read.getStartingOffset()).isEqualTo(12);
        assertThat(read.getStoppingOffset()).contains(100L);
        assertThat(read.getTopicPartition()).isEqualTo(new TopicPartition("orders", 3));
        assertThat(progress.text()).isEqualTo(read.toString());
        assertThat(progress.checkpointId()).isZero();
    }

    @Test
    void whatDescribeShowsMayBeSaid() throws Exception {
        String shown = KafkaPositions.readable(partition(40).progress().text());
        assertThat(shown).isEqualTo("40");
        assertThat(Target.progress(shown)).isEqualTo(new Target.At(40));
        assertThat(Target.progress(partition(7).progress().text())).isEqualTo(new Target.At(7));
        assertThat(Target.progress("earliest")).isEqualTo(new Target.Earliest());
        assertThat(KafkaPositions.readable("a shard at 5")).isEqualTo("a shard at 5");
        assertThat(KafkaPositions.readableIn("starts at " + partition(7).progress().text() + "."))
                .isEqualTo("starts at offset 7.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "latest", "9999999999999999999"})
    void whatIsNoProgressIsSaid(String text) {
        assertThatThrownBy(() -> Target.progress(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--to-progress is '" + text + "'");
    }

    @Test
    void whatIsNoTimeOrOffsetIsSaid() {
        assertThatThrownBy(() -> Target.timestamp("yesterday"))
                .hasMessageContaining("--to-timestamp is 'yesterday'");
        assertThatThrownBy(() -> Target.offset(-5)).hasMessageContaining("-5");
        assertThatThrownBy(
                        () ->
                                new KafkaPositions(
                                        Target.timestamp("2026-01-31T12:00:00Z"),
                                        Optional.empty(),
                                        Map.of()))
                .hasMessageContaining("--bootstrap-servers");
    }

    @Test
    void recordsAreCountedFromWhereItIs() throws Exception {
        assertThat(moved(new Target.By(-3), partition(40)).get("orders-3").text())
                .contains("StartingOffset: 37");
        assertThatThrownBy(() -> moved(new Target.By(-41), partition(40)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("offset -1");
        assertThatThrownBy(
                        () ->
                                moved(
                                        new Target.By(1),
                                        partition(KafkaPartitionSplit.EARLIEST_OFFSET)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not been read yet");
    }

    @Test
    void onlyWhatCountsFromWhereItIsMayNotBeRepeated() {
        assertThat(to(new Target.By(1)).repeatable()).isFalse();
        assertThat(to(new Target.Earliest()).repeatable()).isTrue();
        assertThat(to(Target.offset(1)).repeatable()).isTrue();
    }

    private static KafkaPositions to(Target target) {
        return new KafkaPositions(target, Optional.empty(), Map.of());
    }

    @Test
    void aSplitOfAnotherSourceIsLeftAlone() {
        assertThatThrownBy(
                        () ->
                                moved(
                                        Target.offset(1),
                                        split("shard", new Progress(new byte[] {1}, 1, "x", 0))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("'shard' is not that of a Kafka partition");
    }
}
