package io.leasehold.source.reader;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;

/** An output that tells the gate of each record, and counts it. */
class CountedOutput<T> implements SourceOutput<T> {

    private final SourceOutput<T> outer;
    private final LeaseGate gate;
    private final EmittedCounts.Count count;

    CountedOutput(SourceOutput<T> outer, LeaseGate gate, EmittedCounts.Count count) {
        this.outer = outer;
        this.gate = gate;
        this.count = count;
    }

    @Override
    public void collect(T record) {
        gate.emitted();
        count.one();
        outer.collect(record);
    }

    @Override
    public void collect(T record, long timestamp) {
        gate.emitted();
        count.one();
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
