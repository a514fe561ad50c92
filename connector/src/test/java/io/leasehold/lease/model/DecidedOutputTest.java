package io.leasehold.lease.model;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DecidedOutputTest {

    private static final StateLine LINE = new StateLine("line");

    private static DecidedCheckpoint checkpoint(String incarnation, long id) {
        return new DecidedCheckpoint(new Incarnation("blue", incarnation), LINE, id);
    }

    private static DecidedOutput output(String incarnation, long id, String sink) {
        return new DecidedOutput(
                new DecidedOutput.Key(checkpoint(incarnation, id), sink), new byte[] {1, 2});
    }

    @Test
    void aCheckpointCoversEarlierOnesOfItsIncarnationAlone() {
        assertThat(checkpoint("1", 5).covers(checkpoint("1", 5))).isTrue();
        assertThat(checkpoint("1", 5).covers(checkpoint("1", 4))).isTrue();
        assertThat(checkpoint("1", 5).covers(checkpoint("1", 6))).isFalse();
        assertThat(checkpoint("2", 5).covers(checkpoint("1", 4))).isFalse();
    }

    @Test
    void nothingIsDecidedOfASealedIncarnation() {
        Decisions decisions = new Decisions(Optional.of(checkpoint("1", 5)), Optional.of("2"));

        assertThat(decisions.isSealed(new Incarnation("blue", "1"))).isTrue();
        assertThat(decisions.isSealed(new Incarnation("blue", "2"))).isFalse();
        assertThat(Decisions.NONE.isSealed(new Incarnation("blue", "2"))).isTrue();
        assertThat(decisions.cover(checkpoint("1", 4))).isTrue();
        assertThat(Decisions.NONE.cover(checkpoint("1", 4))).isFalse();
    }

    @Test
    void outputIsInOrderOfIncarnationCheckpointAndSink() {
        DecidedOutput first = output("1", 9, "b");
        DecidedOutput second = output("1", 10, "a");
        DecidedOutput third = output("1", 10, "b");
        DecidedOutput fourth = output("2", 1, "a");

        assertThat(
                        new Decisions(
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of(fourth, third, first, second),
                                        List.of())
                                .output())
                .containsExactly(first, second, third, fourth);
    }

    @Test
    void namesThatDoNotFitTheKeyAreRefused() {
        String longest = "x".repeat(DecidedOutput.LONGEST_NAME);

        assertThat(output(longest, 1, longest).key().sinkId()).isEqualTo(longest);
        assertThat(new StateLine(longest).id()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StateLine(longest + "x"))
                .withMessageContaining("state line 'xxx")
                .withMessageContaining("has 65 characters; at most 64");
        assertThatIllegalArgumentException().isThrownBy(() -> checkpoint(longest + "x", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> output("1", 1, longest + "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> output("1", 1, " padded"));
        assertThatIllegalArgumentException().isThrownBy(() -> new StateLine(""));
    }

    @Test
    void aCheckpointIdIsPositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checkpoint("1", 0))
                .withMessageContaining("must be at least 1, but was 0");
    }

    @Test
    void bytesAreComparedByWhatTheySayAndNotShown() {
        assertThat(output("1", 1, "sink")).isEqualTo(output("1", 1, "sink"));
        assertThat(output("1", 1, "sink"))
                .isNotEqualTo(new DecidedOutput(output("1", 1, "sink").key(), new byte[] {1, 3}))
                .hasToString("output of sink 'sink' for checkpoint 1 of blue/1, 2 bytes");
    }
}
