package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the state of a job says of the checkpoint that it is from, where its output is decided.
 *
 * @param checkpoint the checkpoint, with the incarnation that took it; it need not be decided
 * @param owned the splits that the incarnation owned when the checkpoint began, and their epochs
 * @param lastDecided what the member had decided last then, as far as that incarnation knew
 */
public record RestoredCheckpoint(
        DecidedCheckpoint checkpoint,
        Map<String, Long> owned,
        Optional<DecidedCheckpoint> lastDecided) {

    public RestoredCheckpoint {
        Objects.requireNonNull(checkpoint);
        owned = Map.copyOf(owned);
        Objects.requireNonNull(lastDecided);
    }
}
