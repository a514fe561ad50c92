package io.leasehold.sink.task;

import io.leasehold.sink.book.SinkAnswer;

import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.util.ExceptionUtils;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class HeldAcknowledgementTest {

    private final Taken taken = new Taken();
    private final CompletableFuture<SinkAnswer> grant = new CompletableFuture<>();
    private final HeldAcknowledgement<Taken> held =
            new HeldAcknowledgement<>(new FutureTask<>(() -> taken), () -> grant);

    @Test
    void theStateIsThereOnceTheCheckpointIsGranted() throws Exception {
        Thread async = inBackground();
        assertThat(held.isDone()).isFalse();
        grant.complete(new SinkAnswer.MayAcknowledge());
        assertThat(held.get(20, TimeUnit.SECONDS)).isSameAs(taken);
        async.join();
        assertThat(taken.discarded).isFalse();
    }

    /** Other reasons let the job fail after some checkpoints. */
    @Test
    void whatIsNotGrantedFailsWithAReasonThatFlinkDoesNotCount() {
        grant.complete(new SinkAnswer.MustNotAcknowledge("the lease runs out"));
        held.run();
        assertThatThrownBy(held::get)
                .isInstanceOf(ExecutionException.class)
                .satisfies(
                        thrown ->
                                assertThat(
                                                ExceptionUtils.findThrowable(
                                                                thrown, CheckpointException.class)
                                                        .orElseThrow()
                                                        .getCheckpointFailureReason())
                                        .isEqualTo(
                                                CheckpointFailureReason
                                                        .CHECKPOINT_DECLINED_TASK_NOT_READY))
                .hasStackTraceContaining("the lease runs out");
        assertThat(taken.discarded).isTrue();
    }

    @Test
    void aSubtaskOfAnEarlierIncarnationAcknowledgesNothing() {
        grant.complete(new SinkAnswer.Outdated("b2"));
        held.run();
        assertThatThrownBy(held::get).isInstanceOf(ExecutionException.class);
    }

    @Test
    void cancellingEndsTheWaitAndTheQuestion() throws Exception {
        Thread async = inBackground();
        assertThat(held.cancel(true)).isTrue();
        async.join(20_000);
        assertThat(async.isAlive()).isFalse();
        assertThat(grant.isCancelled()).isTrue();
        assertThat(taken.discarded).isTrue();
        assertThatThrownBy(held::get).isInstanceOf(CancellationException.class);
    }

    /** Runs until it waits for the grant. */
    private Thread inBackground() throws InterruptedException {
        Thread async = new Thread(held, "async part");
        async.setDaemon(true);
        async.start();
        while (grant.getNumberOfDependents() == 0 && async.isAlive()) {
            Thread.onSpinWait();
        }
        return async;
    }

    private static final class Taken implements StateObject {

        private static final long serialVersionUID = 1L;
        private volatile boolean discarded;

        @Override
        public void discardState() {
            discarded = true;
        }

        @Override
        public long getStateSize() {
            return 1;
        }

        @Override
        public void collectSizeStats(StateObjectSizeStatsCollector collector) {}
    }
}
