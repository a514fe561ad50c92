package io.leasehold.sink.task;

import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.KeyContextHandler;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamTaskStateInitializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

import java.util.concurrent.RunnableFuture;

/**
 * Delays the acknowledgement of checkpoints, around the operator that does the rest: Flink's
 * operators cannot change what they give to the asynchronous part of a checkpoint themselves.
 */
final class DecideOperator<IN, C>
        implements OneInputStreamOperator<CommittableMessage<C>, CommittableMessage<C>>,
                BoundedOneInput,
                KeyContextHandler {

    private static final long serialVersionUID = 1L;

    private final transient DecidingOperator<IN, C> inner;

    DecideOperator(DecidingOperator<IN, C> inner) {
        this.inner = inner;
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId,
            long timestamp,
            CheckpointOptions options,
            CheckpointStreamFactory storage)
            throws Exception {
        OperatorSnapshotFutures taken =
                inner.snapshotState(checkpointId, timestamp, options, storage);
        RunnableFuture<SnapshotResult<OperatorStateHandle>> state =
                taken.getOperatorStateManagedFuture();
        taken.setOperatorStateManagedFuture(
                new HeldAcknowledgement<>(
                        state, () -> inner.output().mayAcknowledge(checkpointId)));
        return taken;
    }

    // ------------------------------------------------------------------------------------------
    // All else
    // ------------------------------------------------------------------------------------------

    @Override
    public void initializeState(StreamTaskStateInitializer initializer) throws Exception {
        inner.initializeState(initializer);
    }

    @Override
    public void open() throws Exception {
        inner.open();
    }

    @Override
    public void processElement(StreamRecord<CommittableMessage<C>> element) {
        inner.processElement(element);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        inner.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        inner.processWatermarkStatus(status);
    }

    @Override
    public void processLatencyMarker(LatencyMarker marker) throws Exception {
        inner.processLatencyMarker(marker);
    }

    @Override
    public void processRecordAttributes(RecordAttributes attributes) throws Exception {
        inner.processRecordAttributes(attributes);
    }

    @Override
    public void endInput() {
        inner.endInput();
    }

    @Override
    public void finish() throws Exception {
        inner.finish();
    }

    @Override
    public void close() throws Exception {
        inner.close();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        inner.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        inner.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        inner.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void setKeyContextElement1(StreamRecord<?> record) throws Exception {
        inner.setKeyContextElement1(record);
    }

    @Override
    public void setKeyContextElement2(StreamRecord<?> record) throws Exception {
        inner.setKeyContextElement2(record);
    }

    @Override
    public void setCurrentKey(Object key) {
        inner.setCurrentKey(key);
    }

    @Override
    public Object getCurrentKey() {
        return inner.getCurrentKey();
    }

    @Override
    public boolean hasKeyContext() {
        return false;
    }

    @Override
    public OperatorMetricGroup getMetricGroup() {
        return inner.getMetricGroup();
    }

    @Override
    public OperatorID getOperatorID() {
        return inner.getOperatorID();
    }
}
