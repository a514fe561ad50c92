package io.leasehold.source.kafka;

import org.junit.jupiter.api.Test;

import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class DeletedRecordsTest {

    private final DeletedRecords records = new DeletedRecords();

    @Test
    void recordsBetweenAPositionAndTheFirstThatIsThereAreCounted() {
        records.beginsAt("a", 10);

        assertThat(records.firstIs("a", 50)).hasValue(40);
    }

    @Test
    void recordsBeforeAPositionHaveBeenRead() {
        records.beginsAt("a", 10);
        records.standsAt("a", 60);

        assertThat(records.firstIs("a", 60)).isEmpty();
        assertThat(records.firstIs("a", 5)).isEmpty();
    }

    /** A reader that is held up may stand behind the same records at many checkpoints. */
    @Test
    void noneIsCountedTwice() {
        records.beginsAt("a", 10);
        records.firstIs("a", 50);
        records.standsAt("a", 10);

        assertThat(records.firstIs("a", 50)).isEmpty();
        assertThat(records.firstIs("a", 70)).hasValue(20);
    }

    /** It is given the split anew, and reads again what is still there. */
    @Test
    void aReaderThatBeginsAnewCountsFromWhereItBegins() {
        records.beginsAt("a", 10);
        records.standsAt("a", 100);
        records.beginsAt("a", 20);

        assertThat(records.firstIs("a", 50)).hasValue(30);
    }

    /** Kafka's markers for earliest and the like are negative. */
    @Test
    void aPositionThatIsNoOffsetSaysNothing() {
        records.beginsAt("a", -2);

        assertThat(records.firstIs("a", 50)).isEmpty();
    }

    @Test
    void aSplitThatIsNotReadAnyMoreIsForgotten() {
        records.beginsAt("a", 10);
        records.keep(Set.of("b"));

        assertThat(records.firstIs("a", 50)).isEmpty();
    }
}
