package io.leasehold.source;

import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.function.SerializableFunction;

/**
 * A leased source around one that says where its data comes from: it comes from there. A leased
 * source around any other says nothing, as that one does.
 */
final class LeasedSourceWithLineage<T, SplitT extends SourceSplit, InnerT>
        extends LeasedSource<T, SplitT, InnerT> implements LineageVertexProvider {

    private static final long serialVersionUID = 1L;

    private final LineageVertexProvider lineage;

    /**
     * @throws ClassCastException if the source says nothing of its lineage
     */
    LeasedSourceWithLineage(
            Source<T, SplitT, InnerT> inner,
            SerializableFunction<SplitT, String> boundsOf,
            LeasedSourceOptions options) {
        super(inner, boundsOf, options);
        this.lineage = (LineageVertexProvider) inner;
    }

    @Override
    public LineageVertex getLineageVertex() {
        return lineage.getLineageVertex();
    }
}
