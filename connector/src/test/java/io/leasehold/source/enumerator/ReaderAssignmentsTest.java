package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class ReaderAssignmentsTest {

    private static final Set<Integer> BOTH = Set.of(0, 1);
    private static final Set<String> NONE = Set.of();

    private final ReaderAssignments<MemoryQueueSplit> assignments = new ReaderAssignments<>();

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    @Retention(RetentionPolicy.RUNTIME)
    @interface AtAnyOrigin {}

    private void await(LeasedSplit<MemoryQueueSplit> split, OptionalInt only) {
        assignments.await(split.leaseId(), split, only);
    }

    @AtAnyOrigin
    void theReaderWithTheFewestSplitsGetsTheNext(long now) {
        assignments.started(0, "r0");
        assignments.started(1, "r1");
        List.of("a", "b", "c", "d").forEach(id -> await(split(id), OptionalInt.empty()));

        assertThat(assignments.assignable(BOTH, NONE, now))
                .extracting(ReaderAssignments.Assignment::subtask)
                .containsExactlyInAnyOrder(0, 0, 1, 1);
        assertThat(assignments.assignable(BOTH, NONE, now)).isEmpty();
    }

    @AtAnyOrigin
    void aSplitIsSentToOneReaderAttemptByName(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());

        assertThat(assignments.assignable(BOTH, NONE, now))
                .extracting(assignment -> assignment.split().grantedTo())
                .containsExactly(Optional.of("r0"));
    }

    /** Rule S1. */
    @AtAnyOrigin
    void noReaderGetsASplitBeforeTheGrantOfItsLastOneIsOver(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());
        assignments.assignable(BOTH, NONE, now);
        assignments.granted(0, now + 100);
        assignments.gone(0);
        assignments.started(0, "r0 again");
        assignments.started(1, "r1");
        await(split("a"), OptionalInt.empty());

        assertThat(assignments.assignable(BOTH, NONE, now + 99)).isEmpty();
        assertThat(assignments.nextSilence(now + 99)).isEqualTo(OptionalLong.of(now + 100));
        assertThat(assignments.assignable(BOTH, NONE, now + 100)).hasSize(1);
    }

    @AtAnyOrigin
    void aReaderThatNoEventReachesGetsNothing(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());

        assertThat(assignments.assignable(Set.of(), NONE, now)).isEmpty();
        assertThat(assignments.assignable(BOTH, NONE, now)).hasSize(1);
    }

    @AtAnyOrigin
    void aSplitThatOneReadersStateHoldsGoesToNoOther(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.of(1));

        assertThat(assignments.assignable(BOTH, NONE, now)).isEmpty();
        assignments.started(1, "r1");
        assertThat(assignments.assignable(BOTH, NONE, now)).hasSize(1);
    }

    @AtAnyOrigin
    void theLastSilenceCoversReadersThatAreGone(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());
        assignments.assignable(BOTH, NONE, now);
        assignments.granted(0, now + 100);
        assignments.granted(0, now + 40);
        assignments.gone(0);
        assignments.started(1, "r1");
        assignments.granted(1, now + 70);

        assertThat(assignments.lastSilence()).isEqualTo(OptionalLong.of(now + 100));
    }

    /** Rule S1: its grant covers everything that it has. */
    @AtAnyOrigin
    void aReaderIsToStopUntilItHasConfirmedEachRequest(long now) {
        assignments.started(0, "r0");
        assignments.stopRequested(0, 1);
        assignments.stopRequested(0, 2);

        assignments.stopped(0, Set.of(1L));
        assertThat(assignments.isToStop(0)).isTrue();
        assignments.stopped(0, Set.of(2L, 7L));
        assertThat(assignments.isToStop(0)).isFalse();
    }

    @AtAnyOrigin
    void whatAGoneAttemptWasToStopDoesNotConcernTheNext(long now) {
        assignments.started(0, "r0");
        assignments.stopRequested(0, 1);
        assignments.gone(0);
        assignments.started(0, "r0 again");

        assertThat(assignments.isToStop(0)).isFalse();
    }

    @AtAnyOrigin
    void aBarredSplitGoesToNobodyUntilItIsBarredNoMore(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());

        assertThat(assignments.assignable(BOTH, Set.of("a"), now)).isEmpty();
        assertThat(assignments.assignable(BOTH, NONE, now)).hasSize(1);
    }

    /** What it reports of an earlier one may be on its way still. */
    @AtAnyOrigin
    void aReaderHasASplitInOneEpochAlone(long now) {
        assignments.started(0, "r0");
        await(split("a", 3), OptionalInt.empty());
        assertThat(assignments.anyWaits()).isTrue();
        assignments.assignable(BOTH, NONE, now);

        assertThat(assignments.anyWaits()).isFalse();
        assertThat(assignments.has(0, "a", 3)).isTrue();
        assertThat(assignments.has(0, "a", 2)).isFalse();
        assertThat(assignments.has(0, "b", 3)).isFalse();
        assertThat(assignments.has(1, "a", 3)).isFalse();
    }

    @AtAnyOrigin
    void whatEachReaderHasIsKnownOfThoseThatHaveNothingToo(long now) {
        assignments.started(0, "r0");
        assignments.started(1, "r1");
        await(split("a"), OptionalInt.empty());
        assignments.assignable(BOTH, NONE, now);

        assertThat(assignments.splits()).isEqualTo(Map.of(0, Set.of("a"), 1, Set.of()));
    }

    @AtAnyOrigin
    void aGoneReaderThatIsKnownToBeClosedIsNotWaitedFor(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());
        assignments.assignable(BOTH, NONE, now);
        assignments.granted(0, now + 100);
        assignments.gone(0);
        assignments.started(0, "r0 again");
        await(split("a"), OptionalInt.empty());
        assertThat(assignments.assignable(BOTH, NONE, now)).isEmpty();

        assignments.closed(Set.of("r0"));

        assertThat(assignments.lastSilence()).isEmpty();
        assertThat(assignments.assignable(BOTH, NONE, now)).hasSize(1);
    }

    /** Else the attempt that replaces it would come too late to get anything. */
    @AtAnyOrigin
    void whatAClosedReaderHadWaitsForItsNextAttemptAsLongAsTheGrantWouldRun(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());
        assignments.assignable(BOTH, NONE, now);
        assignments.started(1, "r1");
        assignments.granted(0, now + 100);
        assignments.closed(Set.of("r0"));
        assignments.gone(0);
        await(split("a"), OptionalInt.empty());

        assertThat(assignments.assignable(BOTH, NONE, now + 99)).isEmpty();
        assertThat(assignments.nextSilence(now + 99)).isEqualTo(OptionalLong.of(now + 100));
        assertThat(assignments.assignable(BOTH, NONE, now + 100))
                .extracting(ReaderAssignments.Assignment::subtask)
                .containsExactly(1);
    }

    /**
     * One split, one state: the closed one's next attempt may have it only if no state holds it.
     */
    @AtAnyOrigin
    void whatAReadersOwnStateHoldsGoesThereThoughAClosedReaderHadItLast(long now) {
        assignments.started(0, "r0");
        await(split("a"), OptionalInt.empty());
        assignments.assignable(BOTH, NONE, now);
        assignments.started(1, "r1");
        assignments.granted(0, now + 100);
        assignments.closed(Set.of("r0"));
        assignments.gone(0);
        assignments.started(0, "r0 again");
        await(split("a"), OptionalInt.of(1));

        assertThat(assignments.assignable(BOTH, NONE, now))
                .extracting(ReaderAssignments.Assignment::subtask)
                .containsExactly(1);
    }

    /** Rule S1: one word more for one is none for the other. */
    @AtAnyOrigin
    void whoIsNotKnownToBeClosedIsWaitedFor(long now) {
        assignments.started(0, "r0");
        assignments.started(1, "r1");
        assignments.granted(0, now + 100);
        assignments.granted(1, now + 70);

        assignments.closed(Set.of("r0"));

        assertThat(assignments.lastSilence()).isEqualTo(OptionalLong.of(now + 70));
    }

    @AtAnyOrigin
    void aClosedReaderGetsNeitherASplitNorAGrantThoughFlinkHasNotNoticedYet(long now) {
        assignments.started(0, "r0");
        assignments.closed(Set.of("r0"));
        await(split("a"), OptionalInt.empty());

        assertThat(assignments.isToStop(0)).isTrue();
        assertThat(assignments.assignable(BOTH, NONE, now)).isEmpty();
    }

    private static LeasedSplit<MemoryQueueSplit> split(String id) {
        return split(id, 1);
    }

    private static LeasedSplit<MemoryQueueSplit> split(String id, long epoch) {
        return new LeasedSplit<>(
                new MemoryQueueSplit(id, 0, 10), epoch, 1, false, Optional.empty());
    }

    @Test
    void readersAreEvenAsLongAsNoneHasTwoMoreThanAnother() {
        assertThat(assignments.isEven()).isTrue();
        assignments.started(0, "r0");
        assignments.started(1, "r1");
        for (String id : List.of("a", "b", "c")) {
            await(split(id), OptionalInt.of(0));
            assignments.assignable(BOTH, NONE, 0);
            assertThat(assignments.isEven()).isEqualTo(id.equals("a"));
        }
        await(split("d"), OptionalInt.of(1));
        await(split("e"), OptionalInt.of(1));
        assignments.assignable(BOTH, NONE, 0);
        assertThat(assignments.isEven()).isTrue();
    }
}
