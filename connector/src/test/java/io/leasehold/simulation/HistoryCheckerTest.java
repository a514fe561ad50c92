package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.simulation.Violation.Promise;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Histories by hand. That violations are found at all is for the negative controls to show. */
class HistoryCheckerTest {

    private static final Incarnation FIRST = new Incarnation("a", "a-1");
    private static final Incarnation SECOND = new Incarnation("a", "a-2");

    /** Its job's state held the split when the epoch began, and has let it go since. */
    @Test
    void aReaderThatIsToldLateIsJudgedByWhatTheStateHeldWhenItsEpochBegan() {
        assertThat(HistoryChecker.violations(toldLateToStartAt(16), 0)).isEmpty();
    }

    @Test
    void aReaderThatIsToldLateMustStartWhereTheStateWasAllTheSame() {
        assertThat(HistoryChecker.violations(toldLateToStartAt(12), 0))
                .extracting(Violation::promise)
                .containsExactly(Promise.S6_STATE_AND_SOURCE_AGREE);
    }

    /** At 12 in the table, at 16 in the state that both lives of the job began with. */
    private static List<Fact> toldLateToStartAt(long position) {
        return Stream.<Fact>of(
                        new Fact.Lives(0, "a", FIRST, Set.of()),
                        new Fact.Discovered(1, "s", Set.of(), 0),
                        new Fact.Acquired(2, "s", FIRST, 1),
                        new Fact.Progressed(3, "s", FIRST, 1, 12),
                        checkpoint(4, Map.of("s", new Fact.At(16, 1))),
                        new Fact.Acquired(5, "s", FIRST, 2),
                        new Fact.Lives(6, "a", SECOND, Set.of()),
                        new Fact.Acquired(7, "s", SECOND, 3),
                        new Fact.Started(8, "s", "a", "new", 3, 16),
                        checkpoint(9, Map.of("s", new Fact.At(20, 3))),
                        new Fact.Released(10, "s", SECOND, 3, Optional.of(20L)),
                        checkpoint(11, Map.of()),
                        new Fact.Started(12, "s", "a", "old", 2, position))
                .toList();
    }

    private static Fact checkpoint(long at, Map<String, Fact.At> positions) {
        return new Fact.Checkpointed(at, "a", positions);
    }
}
