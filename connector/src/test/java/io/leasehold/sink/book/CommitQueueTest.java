package io.leasehold.sink.book;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommitQueueTest {

    private static final long MS = Duration.ofMillis(1).toNanos();
    private static final Duration KEPT_FOR = Duration.ofMinutes(15);

    private final CommitQueue<String> own = CommitQueue.ofOwn(KEPT_FOR);
    private final CommitQueue<String> earlier = CommitQueue.ofEarlierLives(KEPT_FOR);

    @Test
    void checkpointsAreCommittedOneAfterTheOther() {
        own.add(List.of(piece(6, "c"), piece(5, "a"), piece(5, "b")));
        assertThat(own.next(0)).containsExactly(piece(5, "a"), piece(5, "b"));
        assertThat(own.next(0)).isEmpty();
        assertThat(own.answered(fates(Fate.COMMITTED, Fate.COMMITTED), 0).committed())
                .containsExactly(piece(5, "a"), piece(5, "b"));
        assertThat(own.next(0)).containsExactly(piece(6, "c"));
    }

    @Test
    void laterCheckpointsWaitForWhatIsUncertain() {
        own.add(List.of(piece(5, "a"), piece(5, "b"), piece(6, "c")));
        own.next(0);
        own.answered(fates(Fate.COMMITTED, Fate.OPEN), 0);
        assertThat(own.all()).containsExactly(piece(5, "b"), piece(6, "c"));
        assertThat(own.nextAt()).hasValue(50 * MS);
        assertThat(own.next(50 * MS - 1)).isEmpty();
        assertThat(own.next(50 * MS)).containsExactly(piece(5, "b"));
    }

    @Test
    void itIsTriedAgainAfterTwiceTheTimeUpToASecond() {
        own.add(List.of(piece(5, "a")));
        long now = 0;
        for (long wait : new long[] {50, 100, 200, 400, 800, 1000, 1000}) {
            assertThat(own.next(now)).isNotEmpty();
            assertThat(own.nextAt()).isEmpty();
            own.answered(fates(Fate.UNKNOWN), now);
            assertThat(own.nextAt()).hasValue(now + wait * MS);
            now += wait * MS;
        }
        own.next(now);
        own.answered(fates(Fate.COMMITTED), now);
        assertThat(own.isEmpty()).isTrue();
        assertThat(own.nextAt()).isEmpty();
        own.add(List.of(piece(6, "b")));
        own.next(now);
        own.answered(fates(Fate.OPEN), now);
        assertThat(own.nextAt()).hasValue(now + 50 * MS);
    }

    @Test
    void whatIsLostFailsAtOnce() {
        own.add(List.of(piece(5, "a"), piece(5, "b")));
        own.next(0);
        CommitQueue.Outcome<String> outcome = own.answered(fates(Fate.LOST, Fate.COMMITTED), 0);
        assertThat(outcome.committed()).containsExactly(piece(5, "b"));
        assertThat(outcome.failed())
                .extracting(CommitQueue.Failed::piece)
                .containsExactly(piece(5, "a"));
        assertThat(own.isEmpty()).isTrue();
    }

    @Test
    void aNameInUseAgainIsCertainOfAnEarlierLifeOnly() {
        own.add(List.of(piece(5, "a")));
        own.next(0);
        assertThat(own.answered(fates(Fate.SUPERSEDED), 0).failed()).hasSize(1);
        earlier.add(List.of(piece(5, "a")));
        earlier.next(0);
        assertThat(earlier.answered(fates(Fate.SUPERSEDED), 0).committed()).hasSize(1);
        assertThat(earlier.isEmpty()).isTrue();
    }

    /** They count their output alike. */
    @Test
    void outputOfTwoClosedMembersIsToldApart() {
        Piece.Id same = new Piece.Id(5, 0, 0);
        Piece<String> blue = new Piece<>(same, "blue");
        Piece<String> green = new Piece<>(same, "green");
        earlier.add(List.of(blue, green));
        earlier.next(0);
        assertThat(earlier.answered(fates(Fate.COMMITTED, Fate.OPEN), 0).committed())
                .containsExactly(blue);
        assertThat(earlier.all()).containsExactly(green);
    }

    @Test
    void whatStaysUnknownForAsLongAsItIsKeptFails() {
        own.add(List.of(piece(5, "a")));
        long first = 7;
        long last = first + KEPT_FOR.toNanos();
        for (long now : new long[] {first, last - 1}) {
            own.next(now);
            assertThat(own.answered(fates(Fate.UNKNOWN), now).failed()).isEmpty();
            own.next(now + Duration.ofSeconds(1).toNanos());
            own.answered(fates(Fate.UNKNOWN), now);
        }
        assertThat(own.next(last + Duration.ofSeconds(2).toNanos())).isNotEmpty();
        assertThat(own.answered(fates(Fate.UNKNOWN), last).failed()).hasSize(1);
    }

    @Test
    void whatIsOpenInBetweenIsUnknownFromThenOn() {
        own.add(List.of(piece(5, "a")));
        long now = 0;
        for (Fate fate : new Fate[] {Fate.UNKNOWN, Fate.OPEN, Fate.UNKNOWN}) {
            assertThat(own.next(now)).isNotEmpty();
            assertThat(own.answered(fates(fate), now).failed()).isEmpty();
            now += KEPT_FOR.toNanos();
        }
        own.next(now);
        assertThat(own.answered(fates(Fate.UNKNOWN), now).failed()).hasSize(1);
    }

    @Test
    void whatIsAddedDuringACommitIsNotTakenForItsPart() {
        own.add(List.of(piece(5, "a")));
        own.next(0);
        own.add(List.of(piece(5, "b"), piece(4, "z")));
        assertThat(own.answered(fates(Fate.COMMITTED), 0).committed())
                .containsExactly(piece(5, "a"));
        assertThat(own.next(0)).containsExactly(piece(4, "z"));
        own.answered(fates(Fate.COMMITTED), 0);
        assertThat(own.next(0)).containsExactly(piece(5, "b"));
    }

    @Test
    void anAnswerForAnotherNumberOfPiecesIsRefused() {
        own.add(List.of(piece(5, "a")));
        own.next(0);
        assertThatThrownBy(() -> own.answered(List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 pieces of output are being committed, but 0 were answered.");
    }

    private static Piece<String> piece(long checkpoint, String name) {
        return new Piece<>(new Piece.Id(checkpoint, 0, name.charAt(0)), name);
    }

    private static List<FateAnswer> fates(Fate... fates) {
        return Stream.of(fates).map(fate -> new FateAnswer(fate, "seen")).toList();
    }
}
