package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;

class RestoredVerdictTest {

    private static final StateLine LINE = new StateLine("line");

    private static DecidedCheckpoint checkpoint(String incarnation, long id) {
        return new DecidedCheckpoint(new Incarnation("blue", incarnation), LINE, id);
    }

    private static RestoredVerdict of(
            DecidedCheckpoint restored, Optional<DecidedCheckpoint> lastThen, Decisions now) {
        return RestoredVerdict.of(
                Optional.of(new RestoredCheckpoint(restored, Map.of(), lastThen)), "blue", now);
    }

    private static Decisions decided(DecidedCheckpoint last, String unsealed) {
        return new Decisions(Optional.of(last), Optional.ofNullable(unsealed));
    }

    @Test
    void withoutAStateNothingIsDecidedAndWhateverOutputWaitsIsVoid() {
        RestoredVerdict verdict = RestoredVerdict.of(Optional.empty(), "blue", Decisions.NONE);

        assertThat(verdict).isEqualTo(new RestoredVerdict.Unknown());
        assertThat(verdict.isVoid()).isTrue();
        assertThat(verdict.decided()).isEmpty();
    }

    @Test
    void aCheckpointThatALaterOneOfItsIncarnationCoversIsDecided() {
        RestoredVerdict verdict =
                of(checkpoint("x", 4), Optional.empty(), decided(checkpoint("x", 7), "x"));

        assertThat(verdict).isInstanceOf(RestoredVerdict.IsDecided.class);
        assertThat(verdict.decided()).hasValue(4);
        assertThat(verdict.isVoid()).isFalse();
    }

    @Test
    void whatTheUnsealedIncarnationCompletedAfterItsLastDecisionCanBeDecided() {
        RestoredVerdict verdict =
                of(checkpoint("x", 5), Optional.empty(), decided(checkpoint("x", 4), "x"));

        assertThat(verdict).isInstanceOf(RestoredVerdict.CanBeDecided.class);
        assertThat(verdict.decided()).hasValue(4);
        assertThat(verdict.isVoid()).isFalse();
    }

    @Test
    void whatASealedIncarnationDidNotDecideIsVoid() {
        RestoredVerdict verdict =
                of(checkpoint("x", 5), Optional.empty(), decided(checkpoint("x", 4), null));

        assertThat(verdict)
                .isEqualTo(new RestoredVerdict.IsVoid(checkpoint("x", 5), OptionalLong.of(4)));
        assertThat(verdict.isVoid()).isTrue();
    }

    @Test
    void itIsVoidTooWhereTheLastDecisionIsThatOfTheIncarnationBeforeIt() {
        Optional<DecidedCheckpoint> before = Optional.of(checkpoint("w", 9));

        RestoredVerdict verdict =
                of(checkpoint("x", 10), before, decided(checkpoint("w", 9), null));

        assertThat(verdict).isInstanceOf(RestoredVerdict.IsVoid.class);
        assertThat(verdict.decided()).isEmpty();
    }

    @Test
    void itIsVoidWhereTheMemberHasDecidedNothingEver() {
        assertThat(of(checkpoint("x", 1), Optional.empty(), Decisions.NONE))
                .isInstanceOf(RestoredVerdict.IsVoid.class);
    }

    @Test
    void whereALaterIncarnationHasDecidedTheRowsAloneSpeakOfAnOlderCheckpoint() {
        RestoredVerdict verdict =
                of(
                        checkpoint("x", 5),
                        Optional.of(checkpoint("w", 3)),
                        decided(checkpoint("y", 2), "y"));

        assertThat(verdict).isEqualTo(new RestoredVerdict.IsOlder(checkpoint("x", 5)));
        assertThat(verdict.decided()).hasValue(5);
        assertThat(verdict.isVoid()).isFalse();
    }

    @Test
    void anotherMembersCheckpointIsThatMembersToDecide() {
        DecidedCheckpoint greens = new DecidedCheckpoint(new Incarnation("green", "x"), LINE, 5);

        RestoredVerdict verdict = of(greens, Optional.empty(), Decisions.NONE);

        assertThat(verdict).isEqualTo(new RestoredVerdict.OfAnotherMember(greens));
        assertThat(verdict.decided()).hasValue(5);
        assertThat(verdict.isVoid()).isFalse();
    }
}
