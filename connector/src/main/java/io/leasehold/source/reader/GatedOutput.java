package io.leasehold.source.reader;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

import java.util.function.UnaryOperator;

/**
 * The output handed to the wrapped reader: counts records for the gate, and knows splits by the ids
 * Flink knows them by.
 *
 * <p>Wrapped readers keep the output of a split once they have it, so counting lives in the object.
 */
final class GatedOutput<T> extends CountedOutput<T> implements ReaderOutput<T> {

    private final ReaderOutput<T> outer;
    private final LeaseGate gate;
    private final EmittedCounts counts;
    private final UnaryOperator<String> flinkId;

    /**
     * @param flinkId from the wrapped source's split id to Flink's
     */
    GatedOutput(
            ReaderOutput<T> outer,
            LeaseGate gate,
            EmittedCounts counts,
            UnaryOperator<String> flinkId) {
        // What is emitted without saying of which split cannot be counted for one.
        super(outer, gate, new EmittedCounts.Count());
        this.outer = outer;
        this.gate = gate;
        this.counts = counts;
        this.flinkId = flinkId;
    }

    boolean wraps(ReaderOutput<T> output) {
        return outer == output;
    }

    @Override
    public SourceOutput<T> createOutputForSplit(String splitId) {
        return new CountedOutput<>(
                outer.createOutputForSplit(flinkId.apply(splitId)), gate, counts.of(splitId));
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        release(flinkId.apply(splitId));
    }

    /** Gives up the output that Flink knows by this id. */
    void release(String id) {
        // A released output that was not idle would hold the watermark back for ever.
        outer.createOutputForSplit(id).markIdle();
        outer.releaseOutputForSplit(id);
    }
}
