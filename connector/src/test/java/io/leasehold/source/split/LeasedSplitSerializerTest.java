package io.leasehold.source.split;

import io.leasehold.testkit.StoredFormatContract;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LeasedSplitSerializerTest extends StoredFormatContract<LeasedSplit<MemoryQueueSplit>> {

    private static final LeasedSplitSerializer<MemoryQueueSplit> SERIALIZER =
            new LeasedSplitSerializer<>(new MemoryQueueSplit.Serializer());

    private static final LeasedSplit<MemoryQueueSplit> SPLIT =
            new LeasedSplit<>(
                    new MemoryQueueSplit("a\u0001", 7, Integer.MAX_VALUE),
                    5,
                    3,
                    true,
                    Optional.empty());

    /** The same in both versions. */
    private static final String BYTES =
            "00000001"
                    + "0000000f"
                    + "372032313437343833363437206101"
                    + "0000000000000005"
                    + "0000000000000003"
                    + "01"
                    + "00";

    LeasedSplitSerializerTest() {
        super(SERIALIZER, SPLIT, BYTES, BYTES);
    }

    @Test
    void aSplitOfTheWrappedSourceWasNeverReadUnderALease() throws IOException {
        MemoryQueueSplit plain = new MemoryQueueSplit("a", 7, 9);
        byte[] bytes = new MemoryQueueSplit.Serializer().serialize(plain);

        assertThat(SERIALIZER.deserialize(1, bytes)).isEqualTo(LeasedSplit.fromBefore(plain));
    }

    /** As Kafka's: it writes version 0, and reads whatever version it is given. */
    @Test
    void aSerializerThatChecksNoVersionIsGivenOnlyWhatItsSourceWrote() throws IOException {
        LeasedSplitSerializer<MemoryQueueSplit> around =
                new LeasedSplitSerializer<>(new Careless(0, new byte[0]));
        LeasedSplit<MemoryQueueSplit> plain = LeasedSplit.fromBefore(Careless.ANY);

        assertThat(around.deserialize(0, new byte[] {1, 2})).isEqualTo(plain);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> around.deserialize(1, new byte[] {1, 2}))
                .withMessageContaining("version 1, neither by this library nor by the wrapped");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> around.deserialize(7, new byte[] {1, 2}))
                .withMessageContaining("version 7, neither by this library nor by the wrapped");
    }

    @Test
    void bytesOfOurFormatAreOursThoughTheWrappedSourceWouldTakeThemToo() throws IOException {
        byte[] bytes = HexFormat.of().parseHex(BYTES);
        LeasedSplitSerializer<MemoryQueueSplit> around =
                new LeasedSplitSerializer<>(new Careless(1, bytes));

        assertThat(around.deserialize(1, bytes).epoch()).isEqualTo(5);
        assertThat(around.deserialize(0x4C48_0003, bytes).epoch()).isEqualTo(5);
    }

    /** Takes any bytes for its split, and always writes the same. */
    private static class Careless implements SimpleVersionedSerializer<MemoryQueueSplit> {

        private final int version;
        private final byte[] bytes;

        Careless(int version, byte[] bytes) {
            this.version = version;
            this.bytes = bytes;
        }

        static final MemoryQueueSplit ANY = new MemoryQueueSplit("any", 0, 1);

        @Override
        public int getVersion() {
            return version;
        }

        @Override
        public byte[] serialize(MemoryQueueSplit split) {
            return bytes;
        }

        @Override
        public MemoryQueueSplit deserialize(int anyVersion, byte[] anyBytes) {
            return ANY;
        }
    }

    /** The wrapped source may have come to a later version since. */
    @Test
    void theWrappedSerializerIsToldTheVersionThatItWrote() throws IOException {
        List<Integer> told = new ArrayList<>();
        LeasedSplitSerializer<MemoryQueueSplit> around =
                new LeasedSplitSerializer<>(
                        new Careless(3, new byte[0]) {
                            @Override
                            public MemoryQueueSplit deserialize(int version, byte[] bytes) {
                                told.add(version);
                                return ANY;
                            }
                        });

        around.deserialize(around.getVersion(), HexFormat.of().parseHex(BYTES));

        assertThat(told).containsExactly(1);
    }

    /** Of no such length is anything allocated. */
    @ParameterizedTest
    @ValueSource(strings = {"ffffffff", "7fffffff", "00000023"})
    void lengthsThatCannotBeAreRefused(String length) {
        byte[] bytes = HexFormat.of().parseHex(BYTES.replaceFirst("0000000f", length));

        assertThatExceptionOfType(UnreadableStateException.class)
                .isThrownBy(() -> SERIALIZER.deserialize(SERIALIZER.getVersion(), bytes))
                .withMessageStartingWith(
                        "A leased split in this job's state cannot be read: The bytes are cut short: ");
    }

    @Test
    void whatIsNeitherTrueNorFalseIsRefused() {
        byte[] bytes = HexFormat.of().parseHex(BYTES);
        bytes[bytes.length - 2] = 2;

        assertThatExceptionOfType(UnreadableStateException.class)
                .isThrownBy(() -> SERIALIZER.deserialize(SERIALIZER.getVersion(), bytes))
                .withMessage(
                        "A leased split in this job's state cannot be read: The byte 2 is neither true nor false.");
    }

    @Test
    void carriesTheGrantOnItsWayToTheReader() throws IOException {
        LeasedSplit<MemoryQueueSplit> granted = SPLIT.grantedTo("reader");
        assertThat(SERIALIZER.deserialize(SERIALIZER.getVersion(), SERIALIZER.serialize(granted)))
                .isEqualTo(granted);
    }
}
