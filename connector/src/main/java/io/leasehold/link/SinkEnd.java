package io.leasehold.link;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What the coordinator of a leased sink does for the enumerator of its job's leased source.
 *
 * <p>Called on any thread, without a lock held; returns at once. Each call may be repeated.
 */
public interface SinkEnd {

    /** Name of the sink, the same in all jobs that can commit its output. */
    String sinkId();

    /**
     * What the subtasks have prepared for checkpoints up to this one, and what is not decided yet.
     *
     * @return completes when every subtask has reported; the bytes as the lease table stores them,
     *     empty if nothing was prepared. Completes exceptionally if what was prepared for the
     *     checkpoint is lost, so that it must not be decided
     */
    CompletableFuture<Optional<byte[]>> preparedUpTo(long checkpointId);

    /** This is what the table says. Before that no writer of the sink is created. */
    void stands(OutputStanding standing);

    /**
     * The checkpoint is decided, and all before it.
     *
     * @param checkpoint as it stands in the keys of the rows: one that is decided late is of an
     *     earlier incarnation
     */
    void decided(DecidedCheckpoint checkpoint);

    /** The checkpoint was never decided and never can be. */
    void isVoid(long checkpointId, String why);

    /** Decided output of members that are closed: it is to be committed beside what is written. */
    void adopt(List<DecidedOutput> rows);

    /**
     * A member is closed in this incarnation and sealed: what it left open may be aborted, as long
     * as {@link SourceEnd#isSealed} says so.
     */
    void sealed(Incarnation closed);
}
