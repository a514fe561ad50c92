package io.leasehold.job.chaos.emitter;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Stamps each record with the epoch of its split, which a leased reader tells Flink in the split's
 * id ({@code queue-3#17}), and has it written down what the reader is granted.
 */
@SuppressWarnings("try") // What the reader's close may throw is Flink's to declare.
final class EpochStampedReader<SplitT extends SourceSplit>
        implements SourceReader<Emission, SplitT> {

    private final SourceReader<Emission, SplitT> leased;
    private final GrantBook grants;
    private final GrantGauge gauge;
    private Optional<Stamping> stamping = Optional.empty();

    EpochStampedReader(SourceReader<Emission, SplitT> leased, GrantBook grants, GrantGauge gauge) {
        this.leased = leased;
        this.grants = grants;
        this.gauge = gauge;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Emission> output) throws Exception {
        // The leased reader keeps the output that it is given; it must be the same each time.
        if (stamping.filter(it -> it.outer == output).isEmpty()) {
            stamping = Optional.of(new Stamping(output));
        }
        gauge.grantedUntil().ifPresent(grants::grantedUntil);
        return leased.pollNext(stamping.get());
    }

    private static class Stamped implements SourceOutput<Emission> {

        private final SourceOutput<Emission> outer;
        private final long epoch;

        Stamped(SourceOutput<Emission> outer, long epoch) {
            this.outer = outer;
            this.epoch = epoch;
        }

        @Override
        public void collect(Emission record) {
            outer.collect(record.under(epoch));
        }

        @Override
        public void collect(Emission record, long timestamp) {
            outer.collect(record.under(epoch), timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            outer.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            outer.markIdle();
        }

        @Override
        public void markActive() {
            outer.markActive();
        }
    }

    private static final class Stamping extends Stamped implements ReaderOutput<Emission> {

        private final ReaderOutput<Emission> outer;

        Stamping(ReaderOutput<Emission> outer) {
            // What is emitted without saying of which split would be seen as of no lease.
            super(outer, 0);
            this.outer = outer;
        }

        @Override
        public SourceOutput<Emission> createOutputForSplit(String splitId) {
            long epoch = Long.parseLong(splitId.substring(splitId.lastIndexOf('#') + 1));
            return new Stamped(outer.createOutputForSplit(splitId), epoch);
        }

        @Override
        public void releaseOutputForSplit(String splitId) {
            outer.releaseOutputForSplit(splitId);
        }
    }

    @Override
    public void start() {
        leased.start();
    }

    @Override
    public List<SplitT> snapshotState(long checkpointId) {
        List<SplitT> state = leased.snapshotState(checkpointId);
        grants.barrier();
        return state;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return leased.isAvailable();
    }

    @Override
    public void addSplits(List<SplitT> splits) {
        grants.assigned(splits);
        leased.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
        leased.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        grants.told(event);
        leased.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        leased.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        leased.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(
            Collection<String> splitsToPause, Collection<String> splitsToResume) {
        leased.pauseOrResumeSplits(splitsToPause, splitsToResume);
    }

    @Override
    public void close() throws Exception {
        try {
            grants.close();
        } finally {
            leased.close();
        }
    }
}
