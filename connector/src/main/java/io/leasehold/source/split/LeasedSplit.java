package io.leasehold.source.split;

import io.leasehold.source.book.PositionedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import java.util.Objects;
import java.util.Optional;

/**
 * A split of the wrapped source, with the lease it is read under.
 *
 * <p>One that came to its end stays in state until the lease table says so too: before that a
 * restart would find a lease that is not finished and read the split again.
 *
 * @param inner the split as the wrapped source knows it, with its position
 * @param epoch the epoch of the lease it was granted under; 0 if it never was
 * @param tenure the tenure in which the position was reached: while the lease's is the same, this
 *     position and not the table's is the one to resume from; 0 if it was reached without a lease
 * @param finished whether it has been read to its end
 * @param grantedTo the reader attempt that may read it, while it is on its way there; never stored,
 *     so that whoever finds the split in restored state must first be granted it anew
 */
public record LeasedSplit<SplitT extends SourceSplit>(
        SplitT inner, long epoch, long tenure, boolean finished, Optional<String> grantedTo)
        implements SourceSplit {

    public LeasedSplit {
        Objects.requireNonNull(inner);
        Objects.requireNonNull(grantedTo);
    }

    /** A split as it was before it was read under any lease: it is of no tenure. */
    public static <SplitT extends SourceSplit> LeasedSplit<SplitT> fromBefore(SplitT inner) {
        return new LeasedSplit<>(inner, 0, 0, false, Optional.empty());
    }

    /**
     * A split as it is assigned, or as it is written into state.
     *
     * @param grantedTo the reader attempt that it is assigned to
     */
    public static <SplitT extends SourceSplit> LeasedSplit<SplitT> of(
            PositionedSplit<SplitT> split, Optional<String> grantedTo) {
        return new LeasedSplit<>(
                split.split(), split.epoch(), split.tenure(), split.finished(), grantedTo);
    }

    /** As it is decided upon. */
    public PositionedSplit<SplitT> positioned() {
        return new PositionedSplit<>(leaseId(), inner, epoch, tenure, finished);
    }

    /** The id of the split in its group: the same in every job. */
    public String leaseId() {
        return inner.splitId();
    }

    /**
     * The id Flink knows it by. A split that comes back to a reader in a later epoch is a new one
     * to the runtime: what it kept for the earlier one (paused or not, watermarks) does not stick.
     */
    @Override
    public String splitId() {
        return inner.splitId() + "#" + epoch;
    }

    public LeasedSplit<SplitT> at(SplitT position) {
        return new LeasedSplit<>(position, epoch, tenure, finished, grantedTo);
    }

    /** Read to its end. */
    public LeasedSplit<SplitT> asFinished() {
        return new LeasedSplit<>(inner, epoch, tenure, true, Optional.empty());
    }

    public LeasedSplit<SplitT> grantedTo(String readerId) {
        return new LeasedSplit<>(inner, epoch, tenure, finished, Optional.of(readerId));
    }
}
