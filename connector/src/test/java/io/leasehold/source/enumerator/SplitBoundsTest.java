package io.leasehold.source.enumerator;

import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class SplitBoundsTest {

    private final SplitBounds<MemoryQueueSplit> bounds =
            new SplitBounds<>(split -> "up to " + split.end());

    @Test
    void anotherPositionIsNoDifference() {
        bounds.found("a", new MemoryQueueSplit("a", 0, 9));

        assertThat(bounds.against("a", new MemoryQueueSplit("a", 5, 9))).isEmpty();
    }

    @Test
    void anotherEndIsADifference() {
        bounds.found("a", new MemoryQueueSplit("a", 0, 9));

        assertThat(bounds.against("a", new MemoryQueueSplit("a", 5, 20)))
                .contains(new SplitBounds.Difference("up to 9", "up to 20"));
    }

    /** One that this job got from the table, and gives to another reader, is not its own word. */
    @Test
    void whatItsSourceFoundFirstCounts() {
        bounds.found("a", new MemoryQueueSplit("a", 0, 9));
        bounds.found("a", new MemoryQueueSplit("a", 5, 20));

        assertThat(bounds.against("a", new MemoryQueueSplit("a", 5, 20))).isPresent();
    }

    @Test
    void aSplitThatThisJobHasNotFoundIsNotCompared() {
        assertThat(bounds.against("a", new MemoryQueueSplit("a", 5, 20))).isEmpty();
    }
}
