package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LeasedEnumeratorStateSerializerTest {

    /** What version 1 wrote; never to be changed. */
    private static final String VERSION_1 =
            "00000001"
                    + "00000001"
                    + "61"
                    + "00000001"
                    + "00000001"
                    + "0000001f"
                    + "00000001"
                    + "00000005"
                    + "3720392061"
                    + "0000000000000005"
                    + "0000000000000003"
                    + "00"
                    + "00"
                    + "00000001"
                    + "00000001"
                    + "00000005"
                    + "3020392062";

    private final LeasedEnumeratorStateSerializer<MemoryQueueSplit, Set<String>> serializer =
            new LeasedEnumeratorStateSerializer<>(
                    new MemoryQueueSource("any", Boundedness.BOUNDED)
                            .getEnumeratorCheckpointSerializer(),
                    new MemoryQueueSplit.Serializer());

    private final LeasedEnumeratorState<MemoryQueueSplit, Set<String>> state =
            new LeasedEnumeratorState<>(
                    Set.of("a"),
                    List.of(
                            new LeasedSplit<>(
                                    new MemoryQueueSplit("a", 7, 9),
                                    5,
                                    3,
                                    false,
                                    Optional.empty())),
                    List.of(new MemoryQueueSplit("b", 0, 9)));

    @Test
    void readsWhatVersionOneWrote() throws IOException {
        assertThat(serializer.deserialize(1, HexFormat.of().parseHex(VERSION_1))).isEqualTo(state);
    }

    @Test
    void writesVersionOne() throws IOException {
        assertThat(HexFormat.of().formatHex(serializer.serialize(state))).isEqualTo(VERSION_1);
        assertThat(serializer.getVersion()).isEqualTo(1);
    }

    @Test
    void refusesBytesBehindTheEndAndBytesCutShort() throws IOException {
        byte[] bytes = serializer.serialize(state);
        for (int length = 0; length <= bytes.length + 3; length++) {
            byte[] wrong = Arrays.copyOf(bytes, length);
            if (length != bytes.length) {
                assertThatExceptionOfType(IOException.class)
                        .as("%d of %d bytes", length, bytes.length)
                        .isThrownBy(() -> serializer.deserialize(1, wrong));
            }
        }
    }
}
