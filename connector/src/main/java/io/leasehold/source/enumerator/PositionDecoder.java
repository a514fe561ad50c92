package io.leasehold.source.enumerator;

import io.leasehold.lease.Progress;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Makes splits of what the lease table and the readers say of their positions. Coordinator thread
 * only.
 */
final class PositionDecoder<SplitT extends SourceSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(PositionDecoder.class);

    private final SimpleVersionedSerializer<SplitT> serializer;
    private final SplitBounds<SplitT> bounds;

    PositionDecoder(SimpleVersionedSerializer<SplitT> serializer, SplitBounds<SplitT> bounds) {
        this.serializer = serializer;
        this.bounds = bounds;
    }

    /**
     * The split at its position in the table, granted to nobody yet; empty if this job cannot read
     * that: another job may. People are told.
     *
     * @throws OtherSplitException if its bounds are not those that this job has found
     */
    Optional<LeasedSplit<SplitT>> inTable(String splitId, Progress progress) {
        Optional<SplitBounds.Difference> difference;
        SplitT split;
        try {
            split = serializer.deserialize(progress.serializerVersion(), progress.bytes());
            difference = bounds.against(splitId, split);
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "The progress of split '{}' cannot be read ('{}', serializer version {}): it is left alone, and not consumed.",
                    splitId,
                    progress.text(),
                    progress.serializerVersion(),
                    e);
            return Optional.empty();
        }
        if (!split.splitId().equals(splitId)) {
            LOG.error(
                    "The progress of split '{}' is that of split '{}': it is left alone, and not consumed.",
                    splitId,
                    split.splitId());
            return Optional.empty();
        }
        if (difference.isPresent()) {
            throw new OtherSplitException(splitId, difference.get());
        }
        return Optional.of(LeasedSplit.fromBefore(split));
    }

    /**
     * The split as a reader of this job holds it.
     *
     * @throws UncheckedIOException if it cannot be read; its job wrote it
     */
    LeasedSplit<SplitT> ofReader(Position position) {
        try {
            return new LeasedSplit<>(
                    serializer.deserialize(position.serializerVersion(), position.bytes()),
                    position.epoch(),
                    position.tenure(),
                    position.finished(),
                    Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The restored split '" + position.splitId() + "' cannot be read.", e);
        }
    }
}
