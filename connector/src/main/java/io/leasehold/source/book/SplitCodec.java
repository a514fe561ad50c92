package io.leasehold.source.book;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.source.event.LeaseSourceEvent.Position;

import java.util.Optional;

/**
 * Reads and writes the positions of the wrapped source's splits. The same answer for the same
 * bytes.
 */
public interface SplitCodec<S> {

    /** The split at its position in the table; empty if this job cannot read that. */
    Optional<S> inTable(String splitId, Progress progress);

    /** The split as a reader of this job holds it. */
    PositionedSplit<S> ofReader(Position position);

    /** The lease that a split needs if it has none. */
    NewSplit lease(S split);
}
