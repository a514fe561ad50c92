package io.leasehold.source.book;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The table of {@link ReadState}. */
class ReaderBookTest {

    private final ReaderBook<String> book = new ReaderBook<>();

    private static PositionedSplit<String> at(String splitId, String position) {
        return new PositionedSplit<>(splitId, position, 4, 1, false);
    }

    private static PositionedSplit<String> ended(String splitId, String position) {
        return new PositionedSplit<>(splitId, position, 4, 1, true);
    }

    private void reads(String... splitIds) {
        for (String splitId : splitIds) {
            book.assigned(at(splitId, "0"));
        }
    }

    @Test
    void whatIsRestoredIsInTheStateAndNotReported() {
        book.restored(at("a", "7"));

        assertThat(book.state()).containsExactly(at("a", "7"));
        assertThat(book.withheld()).containsExactly(at("a", "7"));
        assertThat(book.report().granted()).isEmpty();
        assertThat(book.readingCount()).isZero();
        assertThat(book.holdsNothing()).isFalse();
    }

    @Test
    void whatIsWithheldIsReadWhenItIsAssigned() {
        book.restored(at("a", "7"));

        assertThat(book.assigned(at("a", "9"))).contains(at("a", "7"));
        assertThat(book.reading()).containsExactly("a");
        assertThat(book.withheldCount()).isZero();
    }

    @Test
    void aSplitIsNotAssignedTwice() {
        reads("a");

        assertThatThrownBy(() -> book.assigned(at("a", "9")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'a' was assigned twice");
    }

    @Test
    void whatIsAskedForStandsStillUnderThatNumberAndStaysInTheState() {
        reads("a", "b");
        book.asked(Map.of("a", 3L));
        book.took(Map.of("a", "5", "b", "6"));

        assertThat(book.toFreeze()).containsExactly("a");
        assertThat(book.readingBut(book.toFreeze())).containsExactly("6");
        book.freeze(book.toFreeze());

        assertThat(book.report())
                .isEqualTo(
                        new ReaderBook.Report<>(
                                List.of(at("a", "5"), at("b", "6")), Map.of("a", 3L)));
        assertThat(book.state()).containsExactly(at("a", "5"), at("b", "6"));
        assertThat(book.reading()).containsExactly("b");
        assertThat(book.toFreeze()).isEmpty();
    }

    @Test
    void whatIsAtItsEndWhenPositionsAreTakenDoesNotStandStill() {
        reads("a", "b");
        book.asked(Map.of("a", 3L));

        assertThat(book.took(Map.of("b", "6"))).containsExactly("a");

        assertThat(book.toFreeze()).isEmpty();
        assertThat(book.report().granted()).containsExactly(ended("a", "0"), at("b", "6"));
        assertThat(book.report().frozen()).isEmpty();
    }

    @Test
    void aWrappedReaderThatReturnsWhatItNeverHadIsRefused() {
        reads("a");

        assertThatThrownBy(() -> book.took(Map.of("a", "1", "b", "1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'b', which it was never given");
    }

    @Test
    void whatStoodStillGoesOnFromThere() {
        reads("a");
        book.asked(Map.of("a", 3L));
        book.took(Map.of("a", "5"));
        book.freeze(Set.of("a"));

        assertThat(book.thawed("a")).contains(at("a", "5"));
        assertThat(book.reading()).containsExactly("a");
        assertThat(book.toFreeze()).isEmpty();
    }

    @Test
    void whatDoesNotStandStillYetNeedNotAnyMore() {
        reads("a");
        book.asked(Map.of("a", 3L));

        assertThat(book.thawed("a")).isEmpty();
        assertThat(book.toFreeze()).isEmpty();
    }

    @Test
    void whatIsNotReadIsNotAskedFor() {
        book.restored(at("a", "7"));
        book.asked(Map.of("a", 3L, "b", 4L));

        assertThat(book.toFreeze()).isEmpty();
    }

    @Test
    void whatIsLetGoIsInNoStateAnyMore() {
        reads("a", "b");
        book.restored(at("c", "7"));
        book.asked(Map.of("a", 3L));
        book.took(Map.of("a", "5"));
        book.freeze(Set.of("a"));

        assertThat(book.drop("a")).isEmpty();
        assertThat(book.drop("b")).isEmpty();
        assertThat(book.drop("c")).contains(at("c", "7"));
        assertThat(book.holdsNothing()).isTrue();
    }

    /** Only of what is over: another split of the name may be read by then. */
    @Test
    void aRecordedEndConcernsWhatIsAtItsEndOrWithheld() {
        reads("a", "b");
        book.restored(at("c", "7"));
        book.took(Map.of("a", "5"));

        assertThat(book.finishRecorded("a")).isEqualTo(Optional.empty());
        assertThat(book.finishRecorded("b")).isEqualTo(Optional.empty());
        assertThat(book.finishRecorded("c")).contains(at("c", "7"));
        assertThat(book.state()).containsExactly(at("a", "5"));
    }
}
