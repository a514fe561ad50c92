package io.leasehold.sink.kafka;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;

/** Sinks of text to one topic. */
final class KafkaSinks {

    static final String TOPIC = "out";

    private KafkaSinks() {}

    /** Of no broker. */
    static KafkaSinkBuilder<String> builder(DeliveryGuarantee guarantee) {
        return builder(guarantee, "127.0.0.1:1");
    }

    static KafkaSinkBuilder<String> builder(DeliveryGuarantee guarantee, String bootstrapServers) {
        return KafkaSink.<String>builder()
                .setBootstrapServers(bootstrapServers)
                .setDeliveryGuarantee(guarantee)
                .setTransactionalIdPrefix("shop")
                .setProperty("transaction.timeout.ms", "600000")
                .setRecordSerializer(
                        KafkaRecordSerializationSchema.<String>builder()
                                .setTopic(TOPIC)
                                .setValueSerializationSchema(new SimpleStringSchema())
                                .build());
    }
}
