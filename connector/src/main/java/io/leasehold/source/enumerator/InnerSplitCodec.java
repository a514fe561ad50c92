package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.source.book.PositionedSplit;
import io.leasehold.source.book.SplitCodec;
import io.leasehold.source.event.LeaseSourceEvent.Position;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/**
 * Reads and writes positions with the wrapped source's serializer, and compares what is read from
 * the table with what this job has found. Coordinator thread only.
 */
final class InnerSplitCodec<SplitT extends SourceSplit> implements SplitCodec<SplitT> {

    private static final Logger LOG = LoggerFactory.getLogger(InnerSplitCodec.class);

    private final SimpleVersionedSerializer<SplitT> serializer;
    private final SplitBounds<SplitT> bounds;

    InnerSplitCodec(SimpleVersionedSerializer<SplitT> serializer, SplitBounds<SplitT> bounds) {
        this.serializer = serializer;
        this.bounds = bounds;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Another job may be able to read it. People are told.
     *
     * @throws OtherSplitException if its bounds are not those that this job has found
     */
    @Override
    public Optional<SplitT> inTable(String splitId, Progress progress) {
        Optional<SplitBounds.Difference> difference;
        SplitT split;
        try {
            split = serializer.deserialize(progress.serializerVersion(), progress.bytes());
            difference = bounds.against(splitId, split);
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "The recorded position of split '{}' cannot be read ('{}', serializer version {}): it is left alone, and not consumed.",
                    splitId,
                    progress.text(),
                    progress.serializerVersion(),
                    e);
            return Optional.empty();
        }
        if (!split.splitId().equals(splitId)) {
            LOG.error(
                    "The recorded position of split '{}' is that of split '{}': it is left alone, and not consumed.",
                    splitId,
                    split.splitId());
            return Optional.empty();
        }
        if (difference.isPresent()) {
            throw new OtherSplitException(splitId, difference.get());
        }
        return Optional.of(split);
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException if it cannot be read; its job wrote it
     */
    @Override
    public PositionedSplit<SplitT> ofReader(Position position) {
        try {
            return new PositionedSplit<>(
                    position.splitId(),
                    serializer.deserialize(position.serializerVersion(), position.bytes()),
                    position.epoch(),
                    position.tenure(),
                    position.finished());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The restored split '" + position.splitId() + "' cannot be read.", e);
        }
    }

    @Override
    public NewSplit lease(SplitT split) {
        bounds.found(split.splitId(), split);
        try {
            return new NewSplit(
                    split.splitId(),
                    Set.of(),
                    new Progress(
                            serializer.serialize(split),
                            serializer.getVersion(),
                            split.toString(),
                            0));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The split '" + split.splitId() + "' could not be serialized.", e);
        }
    }
}
