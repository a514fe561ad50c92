package io.leasehold.source.split;

import io.leasehold.testkit.StoredFormatContract;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

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

    LeasedSplitSerializerTest() {
        super(
                SERIALIZER,
                SPLIT,
                "00000001"
                        + "0000000f"
                        + "372032313437343833363437206101"
                        + "0000000000000005"
                        + "0000000000000003"
                        + "01"
                        + "00");
    }

    @Test
    void carriesTheGrantOnItsWayToTheReader() throws IOException {
        LeasedSplit<MemoryQueueSplit> granted = SPLIT.grantedTo("reader");
        assertThat(SERIALIZER.deserialize(1, SERIALIZER.serialize(granted))).isEqualTo(granted);
    }
}
