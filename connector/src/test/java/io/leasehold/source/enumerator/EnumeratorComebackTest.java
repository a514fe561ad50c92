package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Claim;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.leasehold.testkit.UngrantedSplit.ungranted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Splits that come back: early or late, more than once, and to a job that is not as it was. */
@Timeout(30)
class EnumeratorComebackTest extends EnumeratorRig {

    /** The release is on its way, and may be carried out at any time. */
    @Test
    void whatIsBeingReleasedIsNotGoneOnWithThoughItsReaderIsGivenItBack() throws Exception {
        Life life = reading(1, "a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> had = split(life, "a");
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        life.gone(0, List.of(had));
        life.reader(0, "r1");
        life.pass(TERMS.renewInterval());

        assertThat(owner("a")).isEmpty();
        assertThat(life.context.assigned.get(0)).containsExactly(had);
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("20 100 a");
    }

    @Test
    void whatTwoAttemptsWereGivenBackGoesOnOnceAndWhereItStood() throws Exception {
        Life life = reading(2, "a", "b");
        int first = life.context.assigned.get(0).get(0).leaseId().equals("a") ? 0 : 1;
        LeasedSplit<MemoryQueueSplit> had = split(life, "a");
        life.gone(first, List.of(had));
        life.pass(TERMS.duration());
        LeasedSplit<MemoryQueueSplit> second = split(life, "a");
        assertThat(second.epoch()).isGreaterThan(had.epoch());
        life.gone(1 - first, List.of(split(life, "b"), second));
        life.gone(first);
        life.reader(first, "s0");
        life.reader(1 - first, "s1");
        life.pass(TERMS.duration());

        assertThat(assignments(life, "a")).isEqualTo(3);
        assertThat(split(life, "a").inner()).isEqualTo(had.inner());
        assertThat(split(life, "a").epoch()).isEqualTo(lease("a").epoch());
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
    }

    /**
     * @param early whether the readers are there before the store has answered anything
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobThatComesBackWithMoreReadersGoesOnWithAllItHad(boolean early) throws Exception {
        Life life = reading(1, "a", "b", "c", "d");
        List<LeasedSplit<MemoryQueueSplit>> had = List.copyOf(life.context.assigned.get(0));
        LeasedEnumeratorState<MemoryQueueSplit, String> state = life.enumerator.snapshotState(1);
        life.close();

        Life next = new Life(3, Optional.of(state));
        next.enumerator.start();
        if (!early) {
            next.pass(TERMS.renewInterval());
        }
        next.reader(2, "s2", List.of(at20(had.get(3))));
        next.reader(0, "s0", List.of(at20(had.get(0)), at20(had.get(1))));
        next.reader(1, "s1", List.of(at20(had.get(2))));
        assertThat(next.enumerator.snapshotState(2).withheld()).hasSize(4);
        next.pass(TERMS.duration());

        assertThat(next.context.assigned.values())
                .extracting(List::size)
                .containsExactlyInAnyOrder(2, 1, 1);
        assertThat(next.context.assigned.values().stream().flatMap(List::stream))
                .extracting(split -> split.inner().position())
                .containsOnly(20);
        assertThat(next.enumerator.snapshotState(3).withheld()).isEmpty();
    }

    /** As of an older checkpoint than the one with which its end was recorded. */
    @Test
    void whatHasEndedSinceIsNotReadAgainAndLeavesEveryState() throws Exception {
        Life life = reading(1, "a");
        LeasedSplit<MemoryQueueSplit> had = split(life, "a");
        life.checkpoint(1, report("r0", 1, position(had.asFinished())));
        life.checkpoint(2, report("r0", 2, position(had.asFinished())));
        assertThat(life.finished("a")).isTrue();
        life.close();

        Life next = new Life(1, Optional.empty());
        next.enumerator.start();
        next.register(0);
        next.enumerator.handleSourceEvent(0, new ReaderStarted("s0", List.of(position(at20(had)))));
        next.pass(TERMS.duration());

        assertThat(next.context.assigned).isEmpty();
        assertThat(next.enumerator.snapshotState(3).withheld()).isEmpty();
        assertThat(sent(next, FinishRecorded.class)).hasSize(1);
    }

    /** As Flink does with what readers restored: they read on until somebody says that it ends. */
    @Test
    void whatTheWrappedSourceDoesNotFindAnyMoreGoesOnFromTheStateAllTheSame() throws Exception {
        Life life = reading(1, "a", "b");
        List<LeasedSplit<MemoryQueueSplit>> had = List.copyOf(life.context.assigned.get(0));
        life.close();

        Life next = new Life(1, Optional.empty(), "b");
        next.enumerator.start();
        next.reader(0, "s0", had.stream().map(EnumeratorComebackTest::at20).toList());
        next.pass(TERMS.duration());

        assertThat(next.context.assigned.get(0))
                .extracting(LeasedSplit::leaseId)
                .containsExactlyInAnyOrder("a", "b");
        assertThat(next.context.assigned.get(0))
                .extracting(split -> split.inner().position())
                .containsOnly(20);
    }

    /** It waits for the grant of its last reader; somebody takes it meanwhile. */
    @Test
    void whatIsLostWhileItWaitsForAReaderGoesToNone() throws Exception {
        dropsLost = true;
        Life life = reading(1, "a");
        LeasedSplit<MemoryQueueSplit> had = split(life, "a");
        assertThat(life.grants(0, "r0")).isTrue();
        life.gone(0);
        life.reader(0, "r1", List.of(had));
        life.settle();
        assertThat(lease("a").epoch()).isGreaterThan(had.epoch());
        assertThat(assignments(life, "a")).isEqualTo(1);

        green.joined().taking("a");
        life.pass(TERMS.duration());

        assertThat(assignments(life, "a")).isEqualTo(1);
        assertThat(life.enumerator.snapshotState(1).withheld()).isEmpty();
        assertThat(sent(life, DropRequested.class)).isEmpty();
    }

    @Test
    void whoFailsAtItsStartIsClosedAndSaysNothing() {
        boundsOf =
                split -> {
                    throw new IllegalStateException("on purpose");
                };
        Life life = new Life(1, Optional.empty(), "a");
        assertThatThrownBy(life.enumerator::start).hasMessage("on purpose");

        life.close();

        assertThat(life.requests).isEmpty();
        assertThat(life.context.reported.names()).isEmpty();
    }

    private static LeasedSplit<MemoryQueueSplit> at20(LeasedSplit<MemoryQueueSplit> split) {
        return ungranted(split.at(new MemoryQueueSplit(split.leaseId(), 20, 100)));
    }

    private static long assignments(Life life, String splitId) {
        return life.context.assigned.values().stream()
                .flatMap(List::stream)
                .filter(split -> split.leaseId().equals(splitId))
                .count();
    }
}
