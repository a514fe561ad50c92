package io.leasehold.source.split;

import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LeasedSplitSerializerTest {

    /** What version 1 wrote; never to be changed. */
    private static final String VERSION_1 =
            "00000001"
                    + "0000000f"
                    + "372032313437343833363437206101"
                    + "0000000000000005"
                    + "0000000000000003"
                    + "01"
                    + "00";

    private final LeasedSplitSerializer<MemoryQueueSplit> serializer =
            new LeasedSplitSerializer<>(new MemoryQueueSplit.Serializer());

    private final LeasedSplit<MemoryQueueSplit> split =
            new LeasedSplit<>(
                    new MemoryQueueSplit("a\u0001", 7, Integer.MAX_VALUE),
                    5,
                    3,
                    true,
                    Optional.empty());

    @Test
    void readsWhatVersionOneWrote() throws IOException {
        assertThat(serializer.deserialize(1, HexFormat.of().parseHex(VERSION_1))).isEqualTo(split);
    }

    @Test
    void writesVersionOne() throws IOException {
        assertThat(HexFormat.of().formatHex(serializer.serialize(split))).isEqualTo(VERSION_1);
        assertThat(serializer.getVersion()).isEqualTo(1);
    }

    @Test
    void carriesTheGrantOnItsWayToTheReader() throws IOException {
        LeasedSplit<MemoryQueueSplit> granted = split.grantedTo("reader");
        assertThat(serializer.deserialize(1, serializer.serialize(granted))).isEqualTo(granted);
    }

    @Test
    void refusesBytesBehindTheEndAndBytesCutShort() throws IOException {
        byte[] bytes = serializer.serialize(split);
        for (int length = 0; length <= bytes.length + 3; length++) {
            byte[] wrong = Arrays.copyOf(bytes, length);
            if (length != bytes.length) {
                assertThatExceptionOfType(IOException.class)
                        .as("%d of %d bytes", length, bytes.length)
                        .isThrownBy(() -> serializer.deserialize(1, wrong));
            }
        }
    }

    @Test
    void refusesTheVersionOfALaterLibrary() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> serializer.deserialize(2, new byte[0]))
                .withMessageContaining("version 2");
    }
}
