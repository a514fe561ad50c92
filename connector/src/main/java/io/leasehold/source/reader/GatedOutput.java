package io.leasehold.source.reader;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

import java.util.function.UnaryOperator;

/**
 * The output handed to the wrapped reader: counts records for the gate, and knows splits by the ids
 * Flink knows them by.
 *
 * <p>Wrapped readers keep the output of a split once they have it, so counting lives in the object.
 */
final class GatedOutput<T> implements ReaderOutput<T> {

    private final ReaderOutput<T> outer;
    private final LeaseGate gate;
    private final UnaryOperator<String> outerId;

    /**
     * @param outerId from the wrapped source's split id to Flink's
     */
    GatedOutput(ReaderOutput<T> outer, LeaseGate gate, UnaryOperator<String> outerId) {
        this.outer = outer;
        this.gate = gate;
        this.outerId = outerId;
    }

    boolean wraps(ReaderOutput<T> output) {
        return outer == output;
    }

    @Override
    public void collect(T record) {
        gate.emitted();
        outer.collect(record);
    }

    @Override
    public void collect(T record, long timestamp) {
        gate.emitted();
        outer.collect(record, timestamp);
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

    @Override
    public SourceOutput<T> createOutputForSplit(String splitId) {
        return new SplitOutput<>(outer.createOutputForSplit(outerId.apply(splitId)), gate);
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        String id = outerId.apply(splitId);
        // A released output that was not idle would hold the watermark back for ever.
        outer.createOutputForSplit(id).markIdle();
        outer.releaseOutputForSplit(id);
    }

    private record SplitOutput<T>(SourceOutput<T> outer, LeaseGate gate)
            implements SourceOutput<T> {

        @Override
        public void collect(T record) {
            gate.emitted();
            outer.collect(record);
        }

        @Override
        public void collect(T record, long timestamp) {
            gate.emitted();
            outer.collect(record, timestamp);
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
}
