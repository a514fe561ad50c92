package io.leasehold.sink.kafka;

import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WholeCommittablesTest {

    /** Version 1, as flink-connector-kafka 5.0.0 writes it: epoch, producer id, name. */
    private static final String STORED = "0007" + "0000000000000fa0" + "0004" + "6e616d65";

    private final SimpleVersionedSerializer<KafkaCommittable> serializer =
            KafkaOutput.of(KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE).build()).serializer();

    @Test
    void bytesOfTheConnectorAreReadBack() throws IOException {
        KafkaCommittable read = serializer.deserialize(1, HexFormat.of().parseHex(STORED));
        assertThat(KafkaTransaction.of(read)).isEqualTo(new KafkaTransaction("name", 4000, 7));
        assertThat(serializer.getVersion()).isEqualTo(1);
        assertThat(HexFormat.of().formatHex(serializer.serialize(read))).isEqualTo(STORED);
    }

    @Test
    void bytesOfANewerConnectorAreRefused() {
        assertThatThrownBy(() -> serializer.deserialize(2, HexFormat.of().parseHex(STORED)))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Prepared output of a KafkaSink is written in version 2; this connector reads up to version 1.");
    }

    @Test
    void bytesThatAreLeftOverAreRefused() {
        assertThatThrownBy(() -> serializer.deserialize(1, HexFormat.of().parseHex(STORED + "00")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Prepared output of a KafkaSink has bytes that this connector does not know.");
    }

    @Test
    void bytesThatAreCutOffAreRefused() {
        byte[] bytes = HexFormat.of().parseHex(STORED);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> serializer.deserialize(1, cut))
                    .isInstanceOf(IOException.class);
        }
    }
}
