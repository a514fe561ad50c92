package io.leasehold.source.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Asks Kafka for the first offset that each partition still has. */
final class FirstOffsets implements AutoCloseable {

    private final Admin client;

    /**
     * @param consumer the properties of the source's consumers
     */
    FirstOffsets(Properties consumer) {
        Properties own = new Properties();
        own.putAll(consumer);
        own.keySet().retainAll(AdminClientConfig.configNames());
        // Two clients of one id share their metrics' names.
        own.remove(AdminClientConfig.CLIENT_ID_CONFIG);
        client = Admin.create(own);
    }

    /** What becomes known of them, on a thread of the client. */
    CompletionStage<Map<TopicPartition, ListOffsetsResultInfo>> of(
            Collection<TopicPartition> partitions) {
        return client.listOffsets(
                        partitions.stream()
                                .collect(
                                        Collectors.toMap(
                                                partition -> partition,
                                                partition -> OffsetSpec.earliest())))
                .all()
                .toCompletionStage();
    }

    @Override
    public void close() {
        client.close(Duration.ZERO);
    }
}
