package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class UndecidedCheckpointsTest {

    private final UndecidedCheckpoints undecided = new UndecidedCheckpoints();

    private static DecidedCheckpoint checkpoint(long id) {
        return new DecidedCheckpoint(new Incarnation("blue", "x"), new StateLine("line"), id);
    }

    private static DecidedSplit split(String id, long position, Then then) {
        return new DecidedSplit(id, 3, VirtualGroup.at(position, position), then);
    }

    @Test
    void aCheckpointIsDecidedOnceItsOutputIsKnown() {
        undecided.completed(checkpoint(1), List.of(split("a", 1, Then.OWNED)));
        assertThat(undecided.next()).isEmpty();

        undecided.prepared(1, Map.of());

        assertThat(undecided.next())
                .contains(
                        new UndecidedCheckpoints.Collected(
                                checkpoint(1), List.of(split("a", 1, Then.OWNED)), Map.of()));
        assertThat(undecided.isEmpty()).isTrue();
    }

    @Test
    void aLaterCheckpointIsDecidedWithTheSplitsOfBoth() {
        undecided.completed(
                checkpoint(1), List.of(split("a", 1, Then.OWNED), split("b", 1, Then.RELEASED)));
        undecided.prepared(1, Map.of());
        undecided.completed(checkpoint(2), List.of(split("a", 2, Then.OWNED)));
        assertThat(undecided.next()).as("the output of the later one is not known").isEmpty();

        undecided.prepared(1, Map.of());
        assertThat(undecided.next()).as("nor by an answer for the earlier one").isEmpty();
        undecided.prepared(2, Map.of());

        assertThat(undecided.next().orElseThrow().splits())
                .containsExactly(split("a", 2, Then.OWNED), split("b", 1, Then.RELEASED));
    }

    @Test
    void whatWasReleasedInAnEpochStaysReleased() {
        undecided.completed(checkpoint(1), List.of(split("a", 1, Then.RELEASED)));
        undecided.completed(checkpoint(2), List.of(split("a", 1, Then.OWNED)));
        undecided.prepared(2, Map.of());

        assertThat(undecided.next().orElseThrow().splits())
                .containsExactly(split("a", 1, Then.RELEASED));
    }
}
