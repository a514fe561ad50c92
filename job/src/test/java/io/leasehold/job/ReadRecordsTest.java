package io.leasehold.job;

import org.apache.flink.api.common.functions.util.ListCollector;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class ReadRecordsTest {

    @Test
    void idIsTheHeaderOrElseThePosition() {
        ConsumerRecord<byte[], byte[]> record = record("k", "v");
        assertThat(read(new RecordIdPlace.Header("record-id"), record).id())
                .isEqualTo("orders-3@17");

        record.headers().add("record-id", bytes("a")).add("record-id", bytes("b"));
        assertThat(read(new RecordIdPlace.Header("record-id"), record).id()).isEqualTo("b");
        assertThat(read(new RecordIdPlace.Key(), record).id()).isEqualTo("k");
        assertThat(read(new RecordIdPlace.Position(), record).id()).isEqualTo("orders-3@17");
    }

    @Test
    void whatIsMissingStaysMissing() {
        QueueRecord record =
                read(
                        new RecordIdPlace.Position(),
                        new ConsumerRecord<>("orders", 3, 17, null, null));
        assertThat(record.key()).isEmpty();
        assertThat(record.value()).isEmpty();

        ProducerRecord<byte[], byte[]> written = written(record);
        assertThat(written.key()).isNull();
        assertThat(written.value()).isNull();
    }

    @Test
    void keyedAndKeylessRecordsAreNeverGroupedTogether() {
        QueueRecord keyed = read(new RecordIdPlace.Position(), record("orders-3@17", "v"));
        QueueRecord keyless =
                read(
                        new RecordIdPlace.Position(),
                        new ConsumerRecord<>("orders", 3, 17, null, bytes("v")));
        assertThat(keyed.groupingKey()).isNotEqualTo(keyless.groupingKey());
    }

    @Test
    void outputSaysWhoEmittedWhatFromWhere() {
        ProducerRecord<byte[], byte[]> written =
                written(read(new RecordIdPlace.Position(), record("k", "v")).counted(5));

        assertThat(written.topic()).isEqualTo("done");
        assertThat(new String(written.value(), StandardCharsets.UTF_8)).isEqualTo("v");
        assertThat(OutputHeaders.text(written.headers(), OutputHeaders.MEMBER)).contains("blue");
        assertThat(OutputHeaders.text(written.headers(), OutputHeaders.SPLIT)).contains("orders-3");
        assertThat(OutputHeaders.text(written.headers(), OutputHeaders.OFFSET)).contains("17");
        assertThat(OutputHeaders.text(written.headers(), OutputHeaders.COUNT)).contains("5");
        assertThat(OutputHeaders.text(written.headers(), OutputHeaders.RECORD_ID))
                .contains("orders-3@17");
        assertThat(OutputHeaders.text(written.headers(), OutputHeaders.EMITTED_AT)).isPresent();
    }

    private static ProducerRecord<byte[], byte[]> written(QueueRecord record) {
        return new WrittenRecords("done", "blue").serialize(record, null, null);
    }

    private static QueueRecord read(RecordIdPlace place, ConsumerRecord<byte[], byte[]> record) {
        List<QueueRecord> out = new ArrayList<>();
        new ReadRecords(place).deserialize(record, new ListCollector<>(out));
        assertThat(out).hasSize(1);
        return out.get(0);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, String value) {
        return new ConsumerRecord<>("orders", 3, 17, bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
