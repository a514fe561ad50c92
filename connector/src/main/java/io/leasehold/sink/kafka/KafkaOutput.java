package io.leasehold.sink.kafka;

import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.apache.kafka.clients.producer.ProducerConfig;

import java.time.Duration;

/**
 * The prepared output of an exactly-once {@link KafkaSink}: transactions that were flushed and not
 * committed yet. With both ways of naming transactions and both transaction protocols of Kafka.
 *
 * <p>Its classes are those of flink-connector-kafka: this class must be loaded where the connector
 * is.
 *
 * @param <IN> what the sink is given
 */
public final class KafkaOutput<IN> implements PreparedOutput<IN, KafkaCommittable> {

    private static final long serialVersionUID = 1L;

    /** Kafka's default, which a sink that is built sets itself. */
    private static final String DEFAULT_KEPT_FOR = "60000";

    private final KafkaSinkParts<IN> parts;

    private KafkaOutput(KafkaSinkParts<IN> parts) {
        this.parts = parts;
    }

    /**
     * The prepared output of a sink.
     *
     * @throws IllegalArgumentException if the sink cannot be leased: it is not exactly-once, is of
     *     a subclass, or has a prefix that does not fit
     */
    public static <IN> KafkaOutput<IN> of(KafkaSink<IN> sink) {
        if (sink.getClass() != KafkaSink.class) {
            throw new IllegalArgumentException(
                    "The sink %s cannot be leased: it extends KafkaSink, and what it does otherwise would be lost. Use a KafkaSink."
                            .formatted(sink.getClass().getName()));
        }
        KafkaSinkParts<IN> parts = KafkaSinkParts.of(sink);
        if (parts.guarantee() != DeliveryGuarantee.EXACTLY_ONCE) {
            throw new IllegalArgumentException(
                    "This KafkaSink cannot be leased: its delivery guarantee is %s, so it prepares nothing that could be decided. Build it with exactly-once."
                            .formatted(parts.guarantee()));
        }
        TransactionPrefix.requireBase(parts.prefix());
        return new KafkaOutput<>(parts);
    }

    @Override
    public Sink<IN> sink(TransactionPrefix prefix) {
        return parts.sink(prefix.text());
    }

    @Override
    public boolean isStateOf(TransactionPrefix prefix, Object writerState) {
        return writerState instanceof KafkaWriterState state
                && prefix.text().equals(state.getTransactionalIdPrefix());
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> serializer() {
        return new WholeCommittables(parts.sink(parts.prefix()).getCommittableSerializer());
    }

    @Override
    public String base() {
        return parts.prefix();
    }

    @Override
    public Duration keptFor() {
        return Duration.ofMillis(
                Long.parseLong(
                        parts.producerConfig()
                                .getOrDefault(
                                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, DEFAULT_KEPT_FOR)
                                .toString()));
    }

    @Override
    public OutputSession<KafkaCommittable> open(Duration patience) {
        return parts.session(patience, parts.naming() == TransactionNamingStrategy.POOLING);
    }
}
