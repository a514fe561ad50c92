package io.leasehold.sink.kafka;

import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.sink.internal.TransactionOwnership;
import org.apache.flink.util.InstantiationUtil;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaOutputTest {

    private static final TransactionPrefix BLUE =
            new TransactionPrefix("shop", "orders", "blue", "out", "1");

    @Test
    void theSinkHasThePrefixAndAllElseAsItWas() throws Exception {
        KafkaSink<String> sink =
                KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                        .build();
        PreparedOutput<String, KafkaCommittable> output =
                InstantiationUtil.clone(KafkaOutput.of(sink));
        Sink<String> named = output.sink(BLUE);
        assertThat(named).isInstanceOf(SupportsCommitter.class);
        KafkaSinkParts<String> before = KafkaSinkParts.of(sink);
        KafkaSinkParts<String> after = KafkaSinkParts.of((KafkaSink<String>) named);
        assertThat(after.prefix()).isEqualTo(BLUE.text());
        assertThat(after.producerConfig()).isEqualTo(before.producerConfig());
        assertThat(after.guarantee()).isEqualTo(DeliveryGuarantee.EXACTLY_ONCE);
        assertThat(after.naming()).isEqualTo(TransactionNamingStrategy.POOLING);
        assertThat(output.base()).isEqualTo("shop");
    }

    @Test
    void stateOfAnotherMemberOrLineIsNotOfThePrefix() {
        PreparedOutput<String, KafkaCommittable> output =
                KafkaOutput.of(KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE).build());
        assertThat(output.isStateOf(BLUE, stateOf(BLUE.text()))).isTrue();
        for (String other :
                List.of(
                        new TransactionPrefix("shop", "orders", "green", "out", "1").text(),
                        new TransactionPrefix("shop", "orders", "blue", "out", "2").text(),
                        "shop",
                        BLUE.ofMember("blue"))) {
            assertThat(output.isStateOf(BLUE, stateOf(other))).isFalse();
        }
        assertThat(output.isStateOf(BLUE, "something else")).isFalse();
    }

    @Test
    void outputIsKeptForTheTransactionTimeOut() {
        assertThat(
                        KafkaOutput.of(KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE).build())
                                .keptFor())
                .isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aSinkThatPreparesNothingIsRefused() {
        for (DeliveryGuarantee guarantee :
                List.of(DeliveryGuarantee.AT_LEAST_ONCE, DeliveryGuarantee.NONE)) {
            assertThatThrownBy(() -> KafkaOutput.of(KafkaSinks.builder(guarantee).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "This KafkaSink cannot be leased: its delivery guarantee is %s, so it prepares nothing that could be decided. Build it with exactly-once.",
                            guarantee);
        }
    }

    @Test
    void aPrefixWithTheSeparatorIsRefused() {
        assertThatThrownBy(
                        () ->
                                KafkaOutput.of(
                                        KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE)
                                                .setTransactionalIdPrefix("a~b")
                                                .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a~b' contains '~'");
    }

    private static KafkaWriterState stateOf(String prefix) {
        return new KafkaWriterState(
                prefix, 0, 1, TransactionOwnership.IMPLICIT_BY_SUBTASK_ID, List.of());
    }
}
