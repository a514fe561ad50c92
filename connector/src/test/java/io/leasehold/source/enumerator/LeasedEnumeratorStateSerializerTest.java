package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.StoredFormatContract;
import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.Boundedness;

import java.util.List;
import java.util.Optional;
import java.util.Set;

class LeasedEnumeratorStateSerializerTest
        extends StoredFormatContract<LeasedEnumeratorState<MemoryQueueSplit, Set<String>>> {

    LeasedEnumeratorStateSerializerTest() {
        super(
                new LeasedEnumeratorStateSerializer<>(
                        new MemoryQueueSource("any", Boundedness.BOUNDED)
                                .getEnumeratorCheckpointSerializer(),
                        new MemoryQueueSplit.Serializer()),
                new LeasedEnumeratorState<>(
                        Set.of("a"),
                        List.of(
                                new LeasedSplit<>(
                                        new MemoryQueueSplit("a", 7, 9),
                                        5,
                                        3,
                                        false,
                                        Optional.empty())),
                        List.of(new MemoryQueueSplit("b", 0, 9))),
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
                        + "3020392062");
    }
}
