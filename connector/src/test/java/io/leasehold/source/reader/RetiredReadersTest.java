package io.leasehold.source.reader;

import io.leasehold.source.thread.OwnThread;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.core.testutils.ManuallyTriggeredScheduledExecutorService;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** What readers that were replaced hear before they are closed, and that nobody waits for that. */
class RetiredReadersTest {

    private final ManuallyTriggeredScheduledExecutorService closing =
            new ManuallyTriggeredScheduledExecutorService();
    private final RetiredReaders<String, MemoryQueueSplit> retired =
            new RetiredReaders<>(new OwnThread(closing, Assertions::fail));

    /** What a commit that is under way takes, it is given; and no other thread waits for it. */
    @Test
    void whoWasToldIsClosedAWhileLaterOnTheOtherThread() {
        EndlessReader reader = awaiting(1);
        retired.checkpointComplete(1);

        closing.triggerAll();
        assertThat(reader.closed).isFalse();
        assertThat(closing.getActiveNonPeriodicScheduledTask())
                .singleElement()
                .satisfies(
                        close ->
                                assertThat(delay(close))
                                        .isGreaterThanOrEqualTo(Duration.ofSeconds(1)));

        closing.triggerNonPeriodicScheduledTasks();
        assertThat(reader.closed).isTrue();
    }

    private static Duration delay(ScheduledFuture<?> task) {
        return Duration.ofNanos(task.getDelay(TimeUnit.NANOSECONDS));
    }

    /** Its fetcher may be waiting for room in a queue that nobody takes from any more. */
    @Test
    void whoWasToldIsWokenToCommit() {
        EndlessReader reader = awaiting(1);
        List<Long> toldWhenWoken = new ArrayList<>();
        reader.beforeAdding = () -> toldWhenWoken.addAll(reader.completed);

        retired.checkpointComplete(1);

        assertThat(toldWhenWoken).containsExactly(1L);
    }

    @Test
    void neitherAnEarlierCheckpointNorOneThatIsAbortedEndsIt() throws Exception {
        EndlessReader reader = awaiting(3);
        retired.checkpointComplete(2);
        retired.checkpointAborted(3);
        letTimePass();
        assertThat(reader.closed).isFalse();

        retired.checkpointComplete(4);

        assertThat(reader.completed).containsExactly(2L, 4L);
        letTimePass();
        assertThat(reader.closed).isTrue();
    }

    /** One was completed after it, and word of an older one that failed comes late. */
    @Test
    void whatFailedBeforeIsNothingToWhoHasBeenTold() throws Exception {
        EndlessReader reader = awaiting(3);
        retired.checkpointComplete(3);
        retired.checkpointAborted(2);
        retired.checkpointComplete(4);

        assertThat(reader.completed).containsExactly(3L);
        assertThat(reader.aborted).isEmpty();
    }

    @Test
    void ofSeveralEachIsDoneWithItsOwnCheckpoint() {
        List<EndlessReader> all = List.of(awaiting(1), awaiting(2), awaiting(3), awaiting(4));

        retired.checkpointComplete(2);
        letTimePass();
        assertThat(all)
                .extracting(reader -> reader.closed)
                .containsExactly(true, true, false, false);

        retired.checkpointComplete(4);
        letTimePass();
        assertThat(all).extracting(reader -> reader.closed).containsOnly(true);
        assertThat(all).allSatisfy(reader -> assertThat(reader.completed).isNotEmpty());
    }

    @Test
    void whereNoCheckpointCompletesTheOldestGoUntold() {
        List<EndlessReader> all =
                List.of(awaiting(1), awaiting(2), awaiting(3), awaiting(4), awaiting(5));
        assertThat(all).allMatch(reader -> !reader.closed);

        closing.triggerAll();
        assertThat(all)
                .extracting(reader -> reader.closed)
                .containsExactly(true, false, false, false, false);

        retired.checkpointComplete(5);
        assertThat(all.get(0).completed).isEmpty();
        assertThat(all.get(4).completed).containsExactly(5L);
    }

    /** The job reads with another by now. */
    @Test
    void whoCannotCommitIsClosedAllTheSameAndTheOthersAreTold() {
        EndlessReader broken = awaiting(1);
        broken.cannotCommit = true;
        EndlessReader next = awaiting(1);

        retired.checkpointComplete(1);
        letTimePass();

        assertThat(broken.closed).isTrue();
        assertThat(next.completed).containsExactly(1L);
    }

    @Test
    void whoIsOfNoUseIsClosedOnTheOtherThread() {
        EndlessReader reader = new EndlessReader();
        retired.closeSoon(reader);
        assertThat(reader.closed).isFalse();

        closing.triggerAll();

        assertThat(reader.closed).isTrue();
    }

    /** At the end of the task, whether they have been told or not. */
    @Test
    void allAreClosedAtTheEnd() {
        EndlessReader told = awaiting(1);
        retired.checkpointComplete(1);
        EndlessReader untold = awaiting(2);

        retired.close();
        closing.triggerAll();

        assertThat(told.closed).isTrue();
        assertThat(untold.closed).isTrue();
        assertThat(untold.completed).isEmpty();
    }

    private EndlessReader awaiting(long checkpointId) {
        EndlessReader reader = new EndlessReader();
        retired.await(reader, checkpointId);
        return reader;
    }

    private void letTimePass() {
        closing.triggerAll();
        closing.triggerNonPeriodicScheduledTasks();
    }
}
