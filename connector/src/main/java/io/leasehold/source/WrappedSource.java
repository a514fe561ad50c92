package io.leasehold.source;

import io.leasehold.source.kafka.KafkaReaders;

import org.apache.flink.api.connector.source.ExternallyInducedSourceReader;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;

import java.util.Optional;
import java.util.function.LongConsumer;

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
        KnownSources.whyRefused(source.getClass())
                .ifPresent(
                        why -> {
                            throw new IllegalArgumentException(
                                    "%s cannot be leased: %s. docs/sources.md lists the sources that can."
                                            .formatted(source.getClass().getSimpleName(), why));
                        });
    }

    /**
     * @param stated what a person says of the source's split ids
     * @throws IllegalStateException if nobody has said what the source's split ids are
     */
    static void requireStableIds(Source<?, ?, ?> source, Optional<SplitIds> stated) {
        if (stated.isEmpty() && !KnownSources.isProven(source)) {
            throw new IllegalStateException(
                    "Nobody has said that the split ids of %s are the same in every job. Two different splits with one id are taken for one, and one of them is never read. If each id names the same part of the queue in every job and at all times, say so with splitIds(SplitIds.STABLE), in SQL with 'lease.split-ids' = 'stable'; docs/sources.md says what to look at."
                            .formatted(source.getClass().getName()));
        }
    }

    /**
     * Makes a reader of a source that is wrapped.
     *
     * @param deleted told of numbers of records that were deleted before they were read
     * @throws CannotBeLeasedException if its readers cannot be wrapped
     */
    static <T, SplitT extends SourceSplit> SourceReader<T, SplitT> reader(
            Source<T, SplitT, ?> source, SourceReaderContext context, LongConsumer deleted)
            throws Exception {
        SourceReader<T, SplitT> reader = source.createReader(context);
        if (reader instanceof ExternallyInducedSourceReader) {
            reader.close();
            throw new CannotBeLeasedException(
                    "The source %s cannot be wrapped: what it reads tells its readers when to take a checkpoint, and splits of several jobs have no checkpoint in common."
                            .formatted(source.getClass().getSimpleName()));
        }
        return KafkaReaders.watched(reader, source, System::nanoTime, deleted);
    }
}
