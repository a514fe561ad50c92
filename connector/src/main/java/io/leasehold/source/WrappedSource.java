package io.leasehold.source;

import org.apache.flink.api.connector.source.ExternallyInducedSourceReader;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.connector.base.source.hybrid.HybridSource;

/** Which sources cannot be wrapped, as far as that shows. */
final class WrappedSource {

    private WrappedSource() {}

    /**
     * @throws IllegalArgumentException if the source cannot be wrapped
     */
    static void require(Source<?, ?, ?> source) {
        if (source instanceof LeasedSource) {
            throw new IllegalArgumentException(
                    "The source to wrap is a leased source already: "
                            + source
                            + ". Wrap the source inside it.");
        }
        if (source instanceof HybridSource) {
            throw new IllegalArgumentException(
                    "A HybridSource cannot be wrapped: each of its readers has to be told which of its sources is next, and a split that moves to another job tells nobody. Wrap the sources in it instead.");
        }
    }

    /**
     * Makes a reader of a source that is wrapped.
     *
     * @throws IllegalStateException if its readers cannot be wrapped
     */
    static <T, SplitT extends SourceSplit> SourceReader<T, SplitT> reader(
            Source<T, SplitT, ?> source, SourceReaderContext context) throws Exception {
        SourceReader<T, SplitT> reader = source.createReader(context);
        if (reader instanceof ExternallyInducedSourceReader) {
            reader.close();
            throw new IllegalStateException(
                    "The source %s cannot be wrapped: what it reads tells its readers when to take a checkpoint, and splits of several jobs have no checkpoint in common."
                            .formatted(source.getClass().getSimpleName()));
        }
        return reader;
    }
}
