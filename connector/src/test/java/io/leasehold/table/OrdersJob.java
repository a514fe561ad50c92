package io.leasehold.table;

import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.source.LeasedSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The DataStream example of {@code docs/sql.md}, which has what stands between the marks. */
final class OrdersJob {

    private OrdersJob() {}

    static void build(
            StreamExecutionEnvironment env, String member, String kafka, LeaseStoreFactory leases) {
        // [
        KafkaSource<String> queue =
                KafkaSource.<String>builder()
                        .setBootstrapServers(kafka)
                        .setTopics("orders")
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setValueOnlyDeserializer(new SimpleStringSchema())
                        .build();
        Source<String, ?, ?> orders =
                LeasedSource.wrap(queue)
                        .group("orders")
                        .memberId(member)
                        .store(leases)
                        .sinkPrefix("orders-" + member)
                        .build();
        KafkaSink<String> done =
                KafkaSink.<String>builder()
                        .setBootstrapServers(kafka)
                        .setRecordSerializer(
                                KafkaRecordSerializationSchema.<String>builder()
                                        .setTopic("orders-done")
                                        .setValueSerializationSchema(new SimpleStringSchema())
                                        .build())
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix("orders-" + member)
                        .setProperty("transaction.timeout.ms", "900000")
                        .build();
        env.enableCheckpointing(10_000);
        env.fromSource(orders, WatermarkStrategy.noWatermarks(), "orders")
                .uid("orders")
                .map(order -> order + " by " + member)
                .uid("members")
                .sinkTo(done)
                .uid("done");
        // ]
    }
}
