package io.leasehold.source.enumerator;

import io.leasehold.lease.member.RestoredCheckpoint;

import java.util.Objects;
import java.util.Set;

/**
 * What a checkpoint of an enumerator says of output, where that is decided.
 *
 * @param taken which checkpoint it is, of which incarnation, and what that owned
 * @param sinkIds the leased sinks that were there: their output is part of the decision
 */
public record OutputState(RestoredCheckpoint taken, Set<String> sinkIds) {

    public OutputState {
        Objects.requireNonNull(taken);
        sinkIds = Set.copyOf(sinkIds);
    }
}
