package io.leasehold.source.enumerator;

import io.leasehold.lease.member.RestoredCheckpoint;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.StoredFormatContract;
import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class LeasedEnumeratorStateSerializerTest
        extends StoredFormatContract<LeasedEnumeratorState<MemoryQueueSplit, Set<String>>> {

    private static final SimpleVersionedSerializer<Set<String>> INNER =
            new MemoryQueueSource("any", Boundedness.BOUNDED).getEnumeratorCheckpointSerializer();

    private static final LeasedEnumeratorStateSerializer<MemoryQueueSplit, Set<String>> SERIALIZER =
            new LeasedEnumeratorStateSerializer<>(INNER, new MemoryQueueSplit.Serializer());

    LeasedEnumeratorStateSerializerTest() {
        super(
                SERIALIZER,
                new LeasedEnumeratorState<>(
                        Set.of("a"),
                        List.of(
                                new LeasedSplit<>(
                                        new MemoryQueueSplit("a", 7, 9),
                                        5,
                                        3,
                                        false,
                                        Optional.empty())),
                        List.of(new MemoryQueueSplit("b", 0, 9)),
                        Optional.empty()),
                of("00000001"),
                of("4c480004") + "00" + "00");
    }

    /**
     * @param splitVersion the version of the withheld split
     */
    private static String of(String splitVersion) {
        return "00000001"
                + "00000001"
                + "61"
                + "00000001"
                + splitVersion
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
    }

    @Test
    void readsWhatVersionTwoWrote() throws IOException {
        assertThat(SERIALIZER.deserialize(0x4C48_0002, HexFormat.of().parseHex(of("4c480002"))))
                .returns(Optional.empty(), LeasedEnumeratorState::found)
                .returns(Set.of("a"), LeasedEnumeratorState::inner);
    }

    @Test
    void readsWhatVersionThreeWrote() throws IOException {
        byte[] bytes = HexFormat.of().parseHex(of("4c480003") + "01" + "00000001" + "000161");

        assertThat(SERIALIZER.deserialize(0x4C48_0003, bytes))
                .returns(Optional.of(Set.of("a")), LeasedEnumeratorState::found)
                .returns(Optional.empty(), LeasedEnumeratorState::output);
    }

    @Test
    void tellsOfOutputThatIsDecided() throws IOException {
        DecidedCheckpoint before =
                new DecidedCheckpoint(new Incarnation("m", "w"), new StateLine("l"), 8);
        DecidedCheckpoint taken =
                new DecidedCheckpoint(new Incarnation("m", "x"), new StateLine("l"), 9);
        LeasedEnumeratorState<MemoryQueueSplit, Set<String>> state =
                new LeasedEnumeratorState<>(
                        Set.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.of(
                                new OutputState(
                                        new RestoredCheckpoint(
                                                taken,
                                                Map.of("b", 2L, "a", 1L),
                                                Optional.of(before)),
                                        Set.of("k"))));

        byte[] bytes = SERIALIZER.serialize(state);

        assertThat(HexFormat.of().formatHex(bytes))
                .endsWith(
                        "01"
                                + "00016d"
                                + "000178"
                                + "00016c"
                                + "0000000000000009"
                                + "00000002"
                                + "000161"
                                + "0000000000000001"
                                + "000162"
                                + "0000000000000002"
                                + "01"
                                + "00016d"
                                + "000177"
                                + "00016c"
                                + "0000000000000008"
                                + "00000001"
                                + "00016b");
        assertThat(SERIALIZER.deserialize(SERIALIZER.getVersion(), bytes)).isEqualTo(state);
    }

    @Test
    void tellsWhatTheSourceHasFound() throws IOException {
        LeasedEnumeratorState<MemoryQueueSplit, Set<String>> state =
                new LeasedEnumeratorState<>(
                        Set.of(), List.of(), List.of(), Optional.of(Set.of("é", "b", "a")));

        byte[] bytes = SERIALIZER.serialize(state);

        assertThat(HexFormat.of().formatHex(bytes))
                .endsWith(
                        "01" + "00000003" + "0001" + "61" + "0001" + "62" + "0002" + "c3a9" + "00");
        assertThat(SERIALIZER.deserialize(SERIALIZER.getVersion(), bytes)).isEqualTo(state);
    }

    @Test
    void stateOfTheWrappedEnumeratorHoldsNothingOfOurs() throws IOException {
        byte[] bytes = INNER.serialize(Set.of("a", "b"));

        assertThat(SERIALIZER.deserialize(INNER.getVersion(), bytes))
                .isEqualTo(
                        new LeasedEnumeratorState<>(
                                Set.of("a", "b"), List.of(), List.of(), Optional.empty()));
    }
}
