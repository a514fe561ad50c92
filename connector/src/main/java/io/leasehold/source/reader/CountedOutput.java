package io.leasehold.source.reader;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;

/** An output that tells the gate of each record. */
class CountedOutput<T> implements SourceOutput<T> {

    private final SourceOutput<T> outer;
    private final LeaseGate gate;

    CountedOutput(SourceOutput<T> outer, LeaseGate gate) {
        this.outer = outer;
        this.gate = gate;
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
}
