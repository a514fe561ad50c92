package io.leasehold.source.reader;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

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
    private final SplitOutputs outputs;

    /**
     * @param outputs knows the ids, and is told which outputs are used no more
     */
    GatedOutput(ReaderOutput<T> outer, LeaseGate gate, EmittedCounts counts, SplitOutputs outputs) {
        // What is emitted without saying of which split cannot be counted for one.
        super(outer, gate, new EmittedCounts.Count());
        this.outer = outer;
        this.gate = gate;
        this.counts = counts;
        this.outputs = outputs;
    }

    boolean wraps(ReaderOutput<T> output) {
        return outer == output;
    }

    @Override
    public SourceOutput<T> createOutputForSplit(String splitId) {
        return new CountedOutput<>(
                outer.createOutputForSplit(outputs.uses(splitId)), gate, counts.of(splitId));
    }

    /** Not at once: see {@link SplitOutputs}. */
    @Override
    public void releaseOutputForSplit(String splitId) {
        outputs.usesNoMore(splitId);
    }

    /** Creates the output that Flink is to know by this id. */
    void create(String id) {
        outer.createOutputForSplit(id);
    }

    /** Releases the output that Flink knows by this id. */
    void release(String id) {
        // A released output that was not idle would hold the watermark back for ever.
        outer.createOutputForSplit(id).markIdle();
        outer.releaseOutputForSplit(id);
    }
}
