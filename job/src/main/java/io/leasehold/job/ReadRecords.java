package io.leasehold.job;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes a {@link QueueRecord} of each Kafka record, and finds its id. */
final class ReadRecords implements KafkaRecordDeserializationSchema<QueueRecord> {

    private static final long serialVersionUID = 1L;

    private static final byte[] NOTHING = new byte[0];

    private final RecordIdPlace idPlace;

    ReadRecords(RecordIdPlace idPlace) {
        this.idPlace = idPlace;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<QueueRecord> out) {
        String split = record.topic() + "-" + record.partition();
        out.collect(
                new QueueRecord(
                        split,
                        record.offset(),
                        record.timestamp(),
                        id(record).orElseGet(() -> split + "@" + record.offset()),
                        record.key() != null,
                        record.key() == null ? NOTHING : record.key(),
                        record.value() != null,
                        record.value() == null ? NOTHING : record.value(),
                        0));
    }

    @Override
    public TypeInformation<QueueRecord> getProducedType() {
        return TypeInformation.of(QueueRecord.class);
    }

    private Optional<String> id(ConsumerRecord<byte[], byte[]> record) {
        if (idPlace instanceof RecordIdPlace.Header place) {
            return Optional.ofNullable(record.headers().lastHeader(place.name()))
                    .map(Header::value)
                    .map(value -> new String(value, StandardCharsets.UTF_8));
        }
        if (idPlace instanceof RecordIdPlace.Key) {
            return Optional.ofNullable(record.key())
                    .map(key -> new String(key, StandardCharsets.ISO_8859_1));
        }
        return Optional.empty();
    }
}
