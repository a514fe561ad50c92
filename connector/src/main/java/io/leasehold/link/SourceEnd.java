package io.leasehold.link;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What the enumerator of a leased source does for the coordinators of its job's leased sinks.
 *
 * <p>Called on any thread, without a lock held; returns at once.
 */
public interface SourceEnd {

    /**
     * Whether a checkpoint may begin: the leases are valid, and no completed checkpoint is
     * undecided.
     *
     * @return completes when it may, and exceptionally, with a sentence for people, if that has
     *     lasted too long
     */
    CompletableFuture<Void> mayBegin(long checkpointId);

    /**
     * Whether a task may acknowledge a checkpoint: the leases are valid for so long that the
     * decision can be expected within their validity.
     *
     * @return why not; empty if it may
     */
    CompletableFuture<Optional<String>> mayAcknowledge(long checkpointId);

    /** This output is certainly committed: its row may go. */
    void committed(DecidedOutput.Key output);

    /**
     * Reads whether a member is still closed in this incarnation, and sealed.
     *
     * @return completes exceptionally if the store does not answer
     */
    CompletableFuture<Boolean> isSealed(Incarnation closed);
}
