package io.leasehold.sink.task;

import io.leasehold.sink.book.SinkAnswer;

import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StateUtil;
import org.apache.flink.util.concurrent.FutureUtils;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.function.Supplier;

/**
 * A part of an operator's state that is not there before the coordinator grants it. Flink runs it
 * in the asynchronous part of a checkpoint and acknowledges the checkpoint behind that. So the
 * acknowledgement waits, while the task reads records.
 *
 * <p>A checkpoint that is not granted fails with a reason that Flink does not count. The job runs
 * on, and a later checkpoint covers it.
 *
 * @param <S> what Flink knows of the state
 */
final class HeldAcknowledgement<S extends StateObject> extends FutureTask<S> {

    private static final Logger LOG = LoggerFactory.getLogger(HeldAcknowledgement.class);

    private final RunnableFuture<S> state;

    /**
     * @param state what is taken, whose result stays hidden until the checkpoint is granted
     * @param question asked once the state is taken. May complete with anything but {@link
     *     SinkAnswer.MayAcknowledge} to refuse
     */
    HeldAcknowledgement(RunnableFuture<S> state, Supplier<CompletableFuture<SinkAnswer>> question) {
        super(
                () -> {
                    S taken = FutureUtils.runIfNotDoneAndGet(state);
                    await(question.get());
                    return taken;
                });
        this.state = state;
    }

    private static void await(CompletableFuture<SinkAnswer> grant)
            throws InterruptedException, ExecutionException, CheckpointException {
        SinkAnswer answer;
        try {
            answer = grant.get();
        } finally {
            // Interrupted by the end of the checkpoint or of the task: nobody asks any longer.
            grant.cancel(false);
        }
        if (!(answer instanceof SinkAnswer.MayAcknowledge)) {
            throw new CheckpointException(
                    answer instanceof SinkAnswer.MustNotAcknowledge not
                            ? not.why()
                            : "the member has started anew",
                    CheckpointFailureReason.CHECKPOINT_DECLINED_TASK_NOT_READY);
        }
    }

    /** What was written for a checkpoint that fails is deleted. */
    @Override
    protected void done() {
        boolean isKept;
        try {
            get();
            isKept = true;
        } catch (Exception e) {
            isKept = false;
        }
        if (!isKept) {
            try {
                StateUtil.discardStateFuture(state);
            } catch (Exception e) {
                LOG.warn("State of a failed checkpoint could not be deleted.", e);
            }
        }
    }
}
