package io.leasehold.lease.store;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DecideTest {

    private static final DecidedSplit SPLIT =
            new DecidedSplit("s", 1, new Progress(new byte[0], 1, "", 5));

    private static DecidedCheckpoint checkpoint(String member) {
        return new DecidedCheckpoint(new Incarnation(member, "1"), new StateLine("line"), 5);
    }

    private static Decide decide(
            String incarnation,
            DecidedCheckpoint checkpoint,
            List<DecidedSplit> splits,
            Map<String, byte[]> output,
            Set<DecidedOutput.Key> committed) {
        return new Decide(
                "g",
                new Incarnation("blue", incarnation),
                checkpoint,
                splits,
                output,
                committed,
                0);
    }

    @Test
    void aDecisionIsLateIfAnEarlierIncarnationCompletedTheCheckpoint() {
        assertThat(decide("1", checkpoint("blue"), List.of(), Map.of(), Set.of()).isLate())
                .isFalse();
        assertThat(decide("2", checkpoint("blue"), List.of(), Map.of(), Set.of()).isLate())
                .isTrue();
    }

    @Test
    void noMemberDecidesForAnother() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> decide("1", checkpoint("green"), List.of(), Map.of(), Set.of()))
                .withMessage("Member 'blue' cannot decide checkpoint 5 of green/1.");
    }

    @Test
    void aSplitIsNamedOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                decide(
                                        "1",
                                        checkpoint("blue"),
                                        List.of(SPLIT, SPLIT),
                                        Map.of(),
                                        Set.of()));
    }

    @Test
    void outputIsNotCommittedBeforeItIsDecided() {
        DecidedOutput.Key key = new DecidedOutput.Key(checkpoint("blue"), "sink");

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> decide("1", checkpoint("blue"), List.of(), Map.of(), Set.of(key)));
    }

    @Test
    void outputThatDoesNotFitIsRefused() {
        byte[] half = new byte[DecidedOutput.MOST_BYTES / 2 + 1];

        assertThat(
                        decide("1", checkpoint("blue"), List.of(), Map.of("a", half), Set.of())
                                .decidedOutput())
                .hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                decide(
                                        "1",
                                        checkpoint("blue"),
                                        List.of(),
                                        Map.of("a", half, "b", half),
                                        Set.of()))
                .withMessageContaining("at most 7340032 fit into one decision");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                decide(
                                        "1",
                                        checkpoint("blue"),
                                        List.of(),
                                        Map.of(" sink", new byte[0]),
                                        Set.of()));
    }

    @Test
    void aRejectionNamesTheFirstOfManySplits() {
        Set<String> few = Set.of("b", "a");
        Set<String> many =
                IntStream.range(10, 25).mapToObj(i -> "s" + i).collect(Collectors.toSet());

        assertThat(new Decision.SplitsLost(few).reason()).endsWith("by now: a, b.");
        assertThat(new Decision.SplitsLost(many).reason())
                .endsWith("s10, s11, s12, s13, s14, s15, s16, s17, s18, s19 and 5 more.");
    }
}
