package io.leasehold.testkit;

import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What every serializer of state is held to. */
public abstract class StoredFormatContract<T> {

    private final SimpleVersionedSerializer<T> serializer;
    private final T value;
    private final String versionOne;
    private final String current;

    /**
     * @param value what was written
     * @param versionOne its bytes in version 1, in hexadecimal; never to be changed
     * @param current its bytes in the version that is written
     */
    protected StoredFormatContract(
            SimpleVersionedSerializer<T> serializer, T value, String versionOne, String current) {
        this.serializer = serializer;
        this.value = value;
        this.versionOne = versionOne;
        this.current = current;
    }

    @Test
    final void readsWhatVersionOneWrote() throws IOException {
        assertThat(serializer.deserialize(1, HexFormat.of().parseHex(versionOne))).isEqualTo(value);
    }

    @Test
    final void writesTheCurrentVersionAndReadsIt() throws IOException {
        assertThat(HexFormat.of().formatHex(serializer.serialize(value))).isEqualTo(current);
        assertThat(serializer.getVersion()).isEqualTo(0x4C48_0004);
        assertThat(serializer.deserialize(0x4C48_0004, HexFormat.of().parseHex(current)))
                .isEqualTo(value);
    }

    @Test
    final void refusesBytesBehindTheEndAndBytesCutShort() throws IOException {
        byte[] bytes = serializer.serialize(value);
        for (int length = 0; length <= bytes.length + 3; length++) {
            byte[] wrong = Arrays.copyOf(bytes, length);
            if (length != bytes.length) {
                assertThatExceptionOfType(IOException.class)
                        .as("%d of %d bytes", length, bytes.length)
                        .isThrownBy(() -> serializer.deserialize(0x4C48_0004, wrong));
            }
        }
    }

    @Test
    final void refusesBytesOfVersionOneBehindTheEndAndCutShort() {
        byte[] bytes = HexFormat.of().parseHex(versionOne);
        for (int length = 0; length <= bytes.length + 3; length++) {
            if (length != bytes.length) {
                assertThat(readable(1, Arrays.copyOf(bytes, length)))
                        .isNotEqualTo(Optional.of(value));
            }
        }
    }

    /** Bytes of version 1 that are not ours may be the wrapped source's. */
    private Optional<T> readable(int version, byte[] bytes) {
        try {
            return Optional.of(serializer.deserialize(version, bytes));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Test
    final void refusesTheVersionOfALaterLibrary() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> serializer.deserialize(0x4C48_0005, new byte[0]))
                .withMessageContaining("written in version 5; this library reads versions 1 to 4");
    }
}
