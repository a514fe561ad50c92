package io.leasehold.testkit;

import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What every serializer of state is held to. */
public abstract class StoredFormatContract<T> {

    private final SimpleVersionedSerializer<T> serializer;
    private final T value;
    private final String versionOne;

    /**
     * @param value what was written
     * @param versionOne its bytes in version 1, in hexadecimal; never to be changed
     */
    protected StoredFormatContract(
            SimpleVersionedSerializer<T> serializer, T value, String versionOne) {
        this.serializer = serializer;
        this.value = value;
        this.versionOne = versionOne;
    }

    @Test
    final void readsWhatVersionOneWrote() throws IOException {
        assertThat(serializer.deserialize(1, HexFormat.of().parseHex(versionOne))).isEqualTo(value);
    }

    @Test
    final void writesVersionOne() throws IOException {
        assertThat(HexFormat.of().formatHex(serializer.serialize(value))).isEqualTo(versionOne);
        assertThat(serializer.getVersion()).isEqualTo(1);
    }

    @Test
    final void refusesBytesBehindTheEndAndBytesCutShort() throws IOException {
        byte[] bytes = serializer.serialize(value);
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
    final void refusesTheVersionOfALaterLibrary() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> serializer.deserialize(2, new byte[0]))
                .withMessageContaining("version 2");
    }
}
