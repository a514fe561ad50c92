package io.leasehold.sink.task;

import io.leasehold.sink.book.OutputRow;
import io.leasehold.sink.book.StoredPiece;

import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.metrics.groups.SinkCommitterMetricGroup;
import org.apache.flink.runtime.metrics.groups.InternalSinkCommitterMetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Between a sink's writer and Flink's committer, which gets nothing: keeps what the writer has
 * prepared until it is decided, and commits it then. {@link DecideOperator} is around it.
 */
final class DecidingOperator<IN, C> extends AbstractStreamOperator<CommittableMessage<C>>
        implements OneInputStreamOperator<CommittableMessage<C>, CommittableMessage<C>>,
                BoundedOneInput {

    private static final long serialVersionUID = 1L;

    /** For the decision and the commit of what is complete when a task ends regularly. */
    private static final Duration END_WITHIN = Duration.ofMinutes(1);

    private static final ListStateDescriptor<byte[]> STATE =
            new ListStateDescriptor<>("undecided-output", BytePrimitiveArraySerializer.INSTANCE);

    private final transient DecidedSink<IN, C> sink;
    private final transient MailboxExecutor mailbox;
    private final transient PieceBytes<C> bytes;
    private final transient CoordinatorLine line;
    private transient Optional<SinkHands<C>> hands = Optional.empty();
    private transient Optional<AdoptionThread> adoption = Optional.empty();
    private transient SubtaskOutput<C> output;
    private transient ListState<byte[]> state;
    private transient boolean inputIsOver;

    DecidingOperator(
            StreamOperatorParameters<CommittableMessage<C>> parameters, DecidedSink<IN, C> sink) {
        super(parameters);
        this.sink = sink;
        this.mailbox = parameters.getMailboxExecutor();
        this.bytes = new PieceBytes<>(sink.output().serializer());
        this.line =
                new FlinkCoordinatorLine(
                        getContainingTask().getEnvironment().getOperatorCoordinatorEventGateway(),
                        getOperatorID());
    }

    /** Nothing of the chain before this operator, the writer for one, exists until it returns. */
    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = context.getOperatorStateStore().getListState(STATE);
        List<StoredPiece> restored = new ArrayList<>();
        for (byte[] stored : state.get()) {
            restored.addAll(OutputRow.read(stored));
        }
        SinkHands<C> opened =
                new SinkHands<>(
                        sink.output(),
                        sink.sinkId(),
                        new CommitterContext(context.getRestoredCheckpointId()),
                        prefix -> PrefixHandover.put(handover(), prefix));
        hands = Optional.of(opened);
        output =
                new SubtaskOutput<>(
                        subtask(),
                        sink.output().keptFor(),
                        context.getRestoredCheckpointId(),
                        restored,
                        bytes,
                        line,
                        opened,
                        sink.machine()::nanoTime,
                        this::wake,
                        this::callAt);
        output.start();
        AdoptionThread thread =
                new AdoptionThread(
                        sink.machine(),
                        "leasehold-adoption-%s-%s".formatted(sink.sinkId(), subtask()),
                        () -> sink.output().open(SinkHands.PATIENCE),
                        session ->
                                new Adoption<>(
                                        subtask(),
                                        output.incarnation(),
                                        opened.prefix(),
                                        sink.output().keptFor(),
                                        bytes,
                                        line,
                                        session,
                                        sink.machine()::nanoTime),
                        thrown -> getContainingTask().getEnvironment().failExternally(thrown));
        adoption = Optional.of(thread);
        thread.start();
    }

    private int subtask() {
        return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    }

    private PrefixHandover.To handover() {
        return new PrefixHandover.To(
                sink.linkId(),
                sink.sinkId(),
                subtask(),
                getRuntimeContext().getTaskInfo().getAttemptNumber());
    }

    private void wake() {
        try {
            mailbox.execute(output::happen, "what the coordinator of a leased sink has said");
        } catch (RejectedExecutionException e) {
            LOG.debug("The task ends; its thread looks for itself.", e);
        }
    }

    private void callAt(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos - sink.machine().nanoTime()) + 1;
        getProcessingTimeService()
                .registerTimer(
                        getProcessingTimeService().getCurrentProcessingTime() + millis,
                        time -> output.happen());
    }

    @Override
    public void processElement(StreamRecord<CommittableMessage<C>> element) {
        if (element.getValue() instanceof CommittableWithLineage<C> prepared) {
            output.prepared(prepared.getCommittable());
        }
    }

    @Override
    public void endInput() {
        inputIsOver = true;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        List<byte[]> stored = new ArrayList<>();
        for (StoredPiece piece : output.snapshot(context.getCheckpointId(), inputIsOver)) {
            stored.add(OutputRow.write(List.of(piece)));
        }
        state.update(stored);
    }

    SubtaskOutput<C> output() {
        return output;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        output.completed(checkpointId);
    }

    /** A task that ends regularly waits until all that is complete is decided and committed. */
    @Override
    public void close() throws Exception {
        try {
            if (adoption.isPresent() && endsRegularly()) {
                output.awaitEnd(END_WITHIN, this::endsRegularly);
            }
        } finally {
            adoption.ifPresent(AdoptionThread::close);
            hands.ifPresent(SinkHands::close);
            PrefixHandover.forget(handover());
            super.close();
        }
    }

    private boolean endsRegularly() {
        return !getContainingTask().isCanceled() && !getContainingTask().isFailing();
    }

    private final class CommitterContext implements CommitterInitContext {

        private final OptionalLong restored;
        private final SinkCommitterMetricGroup metrics =
                InternalSinkCommitterMetricGroup.wrap(getMetricGroup());

        CommitterContext(OptionalLong restored) {
            this.restored = restored;
        }

        @Override
        public SinkCommitterMetricGroup metricGroup() {
            return metrics;
        }

        @Override
        public OptionalLong getRestoredCheckpointId() {
            return restored;
        }

        @Override
        public JobInfo getJobInfo() {
            return getRuntimeContext().getJobInfo();
        }

        @Override
        public TaskInfo getTaskInfo() {
            return getRuntimeContext().getTaskInfo();
        }
    }
}
