package io.leasehold.source;

import io.leasehold.source.enumerator.StoredEnumeratorState;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A leased source whose enumerator and readers tell a {@link WatchedJob} what they hear of
 * handoffs, and fail when it says so. It changes nothing else.
 */
@SuppressWarnings("try") // What a reader's close may throw is Flink's to declare.
final class WatchedSource<T, SplitT extends SourceSplit, InnerT>
        implements Source<T, LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>>,
                SupportsSplitReassignmentOnRecovery,
                ResultTypeQueryable<T> {

    private static final long serialVersionUID = 1L;

    private final LeasedSource<T, SplitT, InnerT> leased;

    WatchedSource(LeasedSource<T, SplitT, InnerT> leased) {
        this.leased = leased;
    }

    private WatchedJob job() {
        return WatchedJob.of(leased.options().group(), leased.options().memberId());
    }

    @Override
    public Boundedness getBoundedness() {
        return leased.getBoundedness();
    }

    @Override
    public SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>>
            createEnumerator(SplitEnumeratorContext<LeasedSplit<SplitT>> context) throws Exception {
        return watched(leased.createEnumerator(context), context);
    }

    @Override
    public SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>>
            restoreEnumerator(
                    SplitEnumeratorContext<LeasedSplit<SplitT>> context,
                    StoredEnumeratorState<SplitT, InnerT> state)
                    throws Exception {
        return watched(leased.restoreEnumerator(context, state), context);
    }

    private SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>> watched(
            SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>> enumerator,
            SplitEnumeratorContext<LeasedSplit<SplitT>> context) {
        job().coordinatedBy(context::runInCoordinatorThread);
        return new WatchedEnumerator<>(enumerator, job());
    }

    @Override
    public SourceReader<T, LeasedSplit<SplitT>> createReader(SourceReaderContext context)
            throws Exception {
        return new WatchedReader<>(
                leased.createReader(context), job(), context.getIndexOfSubtask());
    }

    @Override
    public SimpleVersionedSerializer<LeasedSplit<SplitT>> getSplitSerializer() {
        return leased.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<StoredEnumeratorState<SplitT, InnerT>>
            getEnumeratorCheckpointSerializer() {
        return leased.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return leased.getProducedType();
    }

    private record WatchedEnumerator<S extends SourceSplit, C>(
            SplitEnumerator<S, C> enumerator, WatchedJob job) implements SplitEnumerator<S, C> {

        @Override
        public void start() {
            enumerator.start();
        }

        @Override
        public void handleSplitRequest(int subtask, String requesterHostname) {
            enumerator.handleSplitRequest(subtask, requesterHostname);
        }

        @Override
        public void handleSourceEvent(int subtask, SourceEvent event) {
            enumerator.handleSourceEvent(subtask, event);
            if (event instanceof Positions positions) {
                job.reportedFrozen(positions.frozen().keySet());
            }
        }

        @Override
        public void addSplitsBack(List<S> splits, int subtask) {
            enumerator.addSplitsBack(splits, subtask);
        }

        @Override
        public void addReader(int subtask) {
            enumerator.addReader(subtask);
        }

        @Override
        public C snapshotState(long checkpointId) throws Exception {
            job.enumeratorSnapshot();
            return enumerator.snapshotState(checkpointId);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            enumerator.notifyCheckpointComplete(checkpointId);
            job.checkpointComplete();
        }

        @Override
        public void notifyCheckpointAborted(long checkpointId) throws Exception {
            enumerator.notifyCheckpointAborted(checkpointId);
        }

        @Override
        public void close() throws IOException {
            job.enumeratorClosed();
            enumerator.close();
            job.enumeratorGone();
        }
    }

    private record WatchedReader<T, SplitT extends SourceSplit>(
            SourceReader<T, LeasedSplit<SplitT>> reader, WatchedJob job, int subtask)
            implements SourceReader<T, LeasedSplit<SplitT>> {

        @Override
        public void start() {
            reader.start();
        }

        @Override
        public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
            job.readerRuns(subtask);
            return reader.pollNext(output);
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return reader.isAvailable();
        }

        @Override
        public void addSplits(List<LeasedSplit<SplitT>> splits) {
            reader.addSplits(splits);
            splits.forEach(split -> job.assigned(split.leaseId(), subtask));
        }

        @Override
        public List<LeasedSplit<SplitT>> snapshotState(long checkpointId) {
            return reader.snapshotState(checkpointId);
        }

        @Override
        public void handleSourceEvents(SourceEvent event) {
            job.readerRuns(subtask);
            reader.handleSourceEvents(event);
            if (event instanceof FreezeRequested freeze) {
                job.freezeAsked(freeze.requests().keySet());
            } else if (event instanceof FreezeWithdrawn withdrawn) {
                job.freezeWithdrawn(withdrawn.splitIds());
            } else if (event instanceof DropRequested gone) {
                job.letGo(gone.splitIds());
            }
        }

        @Override
        public void notifyNoMoreSplits() {
            reader.notifyNoMoreSplits();
        }

        @Override
        public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
            reader.pauseOrResumeSplits(toPause, toResume);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) throws Exception {
            // Who has no splits may not be polled.
            job.readerRuns(subtask);
            reader.notifyCheckpointComplete(checkpointId);
        }

        @Override
        public void notifyCheckpointAborted(long checkpointId) throws Exception {
            reader.notifyCheckpointAborted(checkpointId);
        }

        @Override
        public void close() throws Exception {
            job.readerClosed();
            reader.close();
        }
    }
}
