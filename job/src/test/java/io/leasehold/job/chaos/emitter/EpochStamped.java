package io.leasehold.job.chaos.emitter;

import io.leasehold.source.reader.WrappedReaderContext;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.nio.file.Path;

/**
 * A leased source whose records say under which epoch they were emitted, and whose readers' grants
 * are written down; nothing else is changed.
 *
 * @param <SplitT> its splits
 * @param <StateT> its enumerator's state
 */
final class EpochStamped<SplitT extends SourceSplit, StateT>
        implements Source<Emission, SplitT, StateT>,
                SupportsSplitReassignmentOnRecovery,
                ResultTypeQueryable<Emission> {

    private static final long serialVersionUID = 1L;

    private final Source<Emission, SplitT, StateT> leased;
    private final String member;
    private final String folder;

    /**
     * @param folder that grants are written down in
     */
    EpochStamped(Source<Emission, SplitT, StateT> leased, String member, String folder) {
        this.leased = leased;
        this.member = member;
        this.folder = folder;
    }

    @Override
    public Boundedness getBoundedness() {
        return leased.getBoundedness();
    }

    @Override
    public SplitEnumerator<SplitT, StateT> createEnumerator(SplitEnumeratorContext<SplitT> context)
            throws Exception {
        return leased.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<SplitT, StateT> restoreEnumerator(
            SplitEnumeratorContext<SplitT> context, StateT state) throws Exception {
        return leased.restoreEnumerator(context, state);
    }

    @Override
    public SourceReader<Emission, SplitT> createReader(SourceReaderContext context)
            throws Exception {
        GrantGauge gauge = new GrantGauge(System::nanoTime);
        return new EpochStampedReader<>(
                leased.createReader(
                        WrappedReaderContext.of(context, gauge.in(context.metricGroup()))),
                new GrantBook(member, Path.of(folder), System::nanoTime),
                gauge);
    }

    @Override
    public SimpleVersionedSerializer<SplitT> getSplitSerializer() {
        return leased.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<StateT> getEnumeratorCheckpointSerializer() {
        return leased.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Emission> getProducedType() {
        return TypeInformation.of(Emission.class);
    }
}
