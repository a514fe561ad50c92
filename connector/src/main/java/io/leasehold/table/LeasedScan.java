package io.leasehold.table;

import io.leasehold.option.LeaseOptions;
import io.leasehold.source.LeasedSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.table.connector.ParallelismProvider;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.ScanTableSource.ScanRuntimeProvider;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.RowData;

import java.util.Optional;

/**
 * What reads a leased table: the stream of another connector, with its source leased and all else
 * about it as that one made it.
 */
final class LeasedScan implements DataStreamScanProvider {

    private final ScanRuntimeProvider inner;
    private final LeasedTable table;

    private LeasedScan(ScanRuntimeProvider inner, LeasedTable table) {
        this.inner = inner;
        this.table = table;
    }

    /**
     * @throws org.apache.flink.table.api.ValidationException if there is no source in it that could
     *     be leased
     */
    static LeasedScan of(ScanRuntimeProvider inner, LeasedTable table) {
        if (inner instanceof SourceProvider || inner instanceof DataStreamScanProvider) {
            return new LeasedScan(inner, table);
        }
        throw table.refused(
                "it is read by %s, and leases need a Source with splits, from a SourceProvider or a DataStreamScanProvider",
                inner.getClass().getName());
    }

    @Override
    public boolean isBounded() {
        return inner.isBounded();
    }

    @Override
    public Optional<Integer> getParallelism() {
        return inner instanceof ParallelismProvider some ? some.getParallelism() : Optional.empty();
    }

    /**
     * The stream has a uid made of the group: Flink refuses a job that has it twice, and so two
     * scans of one group in a job, which would have half of the queue each.
     */
    @Override
    public DataStream<RowData> produceDataStream(
            ProviderContext context, StreamExecutionEnvironment environment) {
        if (table.lease().memberId().isEmpty() && context.generateUid("leased").isPresent()) {
            // Flink's uid wins over ours; then only one name for both scans keeps them apart.
            throw table.refused(
                    "%s is missing, which must be given where Flink makes uids, for compiled plans and with %s",
                    LeaseOptions.MEMBER_ID.key(), "table.exec.uid.generation");
        }
        Transformation<RowData> leased = leased(bare(context, environment));
        leased.setUid("leased: one scan of group " + table.lease().group() + " in a job");
        return new DataStream<>(environment, leased);
    }

    private SourceTransformation<RowData, ?, ?> bare(
            ProviderContext context, StreamExecutionEnvironment environment) {
        if (inner instanceof SourceProvider provider) {
            return transformation(
                    provider.createSource(),
                    WatermarkStrategy.noWatermarks(),
                    table.name(),
                    environment.getParallelism(),
                    false);
        }
        Transformation<RowData> made =
                ((DataStreamScanProvider) inner)
                        .produceDataStream(context, environment)
                        .getTransformation();
        if (made instanceof SourceTransformation<RowData, ?, ?> source) {
            return source;
        }
        throw table.refused(
                "its stream is no bare source, but goes through '%s' (%s), which could not be told of leases",
                made.getName(), made.getClass().getSimpleName());
    }

    private <SplitT extends SourceSplit, InnerT> Transformation<RowData> leased(
            SourceTransformation<RowData, SplitT, InnerT> bare) {
        SourceTransformation<RowData, ?, ?> leased =
                transformation(
                        leased(bare.getSource()),
                        bare.getWatermarkStrategy(),
                        bare.getName(),
                        bare.getParallelism(),
                        bare.isParallelismConfigured());
        leased.setChainingStrategy(bare.getChainingStrategy());
        if (bare.getMaxParallelism() > 0) {
            leased.setMaxParallelism(bare.getMaxParallelism());
        }
        if (bare.getBufferTimeout() >= 0) {
            leased.setBufferTimeout(bare.getBufferTimeout());
        }
        bare.getSlotSharingGroup().ifPresent(leased::setSlotSharingGroup);
        Optional.ofNullable(bare.getAdditionalMetricVariables())
                .ifPresent(variables -> variables.forEach(leased::addMetricVariable));
        return leased;
    }

    private <SplitT extends SourceSplit, InnerT> LeasedSource<RowData, SplitT, InnerT> leased(
            Source<RowData, SplitT, InnerT> source) {
        try {
            return table.lease().applyTo(LeasedSource.wrap(source)).build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw table.refused("%s", e.getMessage().replaceFirst("[.]$", ""));
        }
    }

    private static <SplitT extends SourceSplit, StateT>
            SourceTransformation<RowData, SplitT, StateT> transformation(
                    Source<RowData, SplitT, StateT> source,
                    WatermarkStrategy<RowData> watermarks,
                    String name,
                    int parallelism,
                    boolean parallelismConfigured) {
        return new SourceTransformation<>(
                name, source, watermarks, type(source), parallelism, parallelismConfigured);
    }

    /** The planner knows better, and says so: a source of rows need not know its columns. */
    @SuppressWarnings("unchecked")
    private static TypeInformation<RowData> type(Source<RowData, ?, ?> source) {
        return source instanceof ResultTypeQueryable<?> typed
                ? (TypeInformation<RowData>) typed.getProducedType()
                : TypeInformation.of(RowData.class);
    }
}
