package io.leasehold.sink.kafka;

import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;

import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Properties;

/**
 * What a KafkaSink was built of, so that the same sink can be built with another prefix when the
 * job runs. By reflection: the connector has no public way to ask, and no copy.
 */
record KafkaSinkParts<IN>(
        DeliveryGuarantee guarantee,
        Properties producerConfig,
        String prefix,
        KafkaRecordSerializationSchema<IN> serializer,
        TransactionNamingStrategy naming)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * @throws IllegalArgumentException if the sink is of another version of the connector
     */
    @SuppressWarnings("unchecked") // The sink's own, of the same type.
    static <IN> KafkaSinkParts<IN> of(KafkaSink<IN> sink) {
        try {
            Properties producerConfig = new Properties();
            producerConfig.putAll((Properties) value(sink, "kafkaProducerConfig"));
            String prefix = (String) value(sink, "transactionalIdPrefix");
            return new KafkaSinkParts<>(
                    (DeliveryGuarantee) value(sink, "deliveryGuarantee"),
                    producerConfig,
                    prefix == null ? "" : prefix,
                    (KafkaRecordSerializationSchema<IN>) value(sink, "recordSerializer"),
                    (TransactionNamingStrategy) value(sink, "transactionNamingStrategy"));
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw otherVersion(e);
        }
    }

    /** A new sink of the same parts, with another prefix. */
    @SuppressWarnings("unchecked") // What KafkaSink's constructor makes of a serializer for IN.
    KafkaSink<IN> sink(String otherPrefix) {
        try {
            Constructor<?> constructor =
                    KafkaSink.class.getDeclaredConstructor(
                            DeliveryGuarantee.class,
                            Properties.class,
                            String.class,
                            KafkaRecordSerializationSchema.class,
                            TransactionNamingStrategy.class);
            constructor.setAccessible(true);
            return (KafkaSink<IN>)
                    constructor.newInstance(
                            guarantee, producerConfig, otherPrefix, serializer, naming);
        } catch (ReflectiveOperationException e) {
            throw otherVersion(e);
        }
    }

    /**
     * A connection of its own to the sink's Kafka.
     *
     * @param patience how long one request may take
     * @param namesAreReused whether the transactions it is asked for may have been followed by
     *     others of the same name
     */
    KafkaOutputSession session(Duration patience, boolean namesAreReused) {
        Properties config = new Properties();
        config.putAll(producerConfig);
        String within = String.valueOf(patience.toMillis());
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, within);
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, within);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, within);
        // It sends no records, but a producer insists on the relation.
        config.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, within);
        return new KafkaOutputSession(config, namesAreReused);
    }

    private static Object value(KafkaSink<?> sink, String name)
            throws ReflectiveOperationException {
        Field field = KafkaSink.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(sink);
    }

    private static IllegalArgumentException otherVersion(Exception cause) {
        return new IllegalArgumentException(
                "This KafkaSink cannot be leased: its connector is of a version whose sinks are built otherwise. Use flink-connector-kafka 5.0.",
                cause);
    }
}
