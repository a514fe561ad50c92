package io.leasehold.job;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

import java.time.InstantSource;

/** Makes a Kafka record of each {@link QueueRecord}, with who emitted it and when. */
final class WrittenRecords implements KafkaRecordSerializationSchema<QueueRecord> {

    private static final long serialVersionUID = 1L;

    private final String topic;
    private final String memberId;

    WrittenRecords(String topic, String memberId) {
        this.topic = topic;
        this.memberId = memberId;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            QueueRecord record, KafkaSinkContext context, Long timestamp) {
        // A Kafka record says with null that it has no key, no value, no time, or any partition.
        ProducerRecord<byte[], byte[]> written =
                new ProducerRecord<>(
                        topic,
                        null,
                        record.timestampMillis() < 0 ? null : record.timestampMillis(),
                        record.key().orElse(null),
                        record.value().orElse(null));
        Headers headers = written.headers();
        OutputHeaders.add(headers, OutputHeaders.RECORD_ID, record.id());
        OutputHeaders.add(headers, OutputHeaders.MEMBER, memberId);
        OutputHeaders.add(headers, OutputHeaders.SPLIT, record.split());
        OutputHeaders.add(headers, OutputHeaders.OFFSET, Long.toString(record.offset()));
        OutputHeaders.add(
                headers, OutputHeaders.EMITTED_AT, Long.toString(InstantSource.system().millis()));
        if (record.count() > 0) {
            OutputHeaders.add(headers, OutputHeaders.COUNT, Long.toString(record.count()));
        }
        return written;
    }
}
