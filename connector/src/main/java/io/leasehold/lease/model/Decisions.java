package io.leasehold.lease.model;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the table says of the checkpoints that one member has decided.
 *
 * @param last the checkpoint it decided last, if it has decided any
 * @param unsealed id of the incarnation of which a completed checkpoint can still be decided: the
 *     one that decided or acquired a split last. Empty if that one is sealed, or if there was none
 * @param output decided output that may not be committed yet, in order of incarnation, checkpoint
 *     and sink
 * @param unreadable what of it cannot be read, one sentence for each row. Such a row is left as it
 *     is and stops nothing else
 */
public record Decisions(
        Optional<DecidedCheckpoint> last,
        Optional<String> unsealed,
        List<DecidedOutput> output,
        List<String> unreadable) {

    /** Nothing is decided, and no incarnation has decided or acquired anything. */
    public static final Decisions NONE = new Decisions(Optional.empty(), Optional.empty());

    public Decisions {
        Objects.requireNonNull(last);
        Objects.requireNonNull(unsealed);
        output = output.stream().sorted(Comparator.comparing(DecidedOutput::key)).toList();
        unreadable = List.copyOf(unreadable);
    }

    /** Without output. */
    public Decisions(Optional<DecidedCheckpoint> last, Optional<String> unsealed) {
        this(last, unsealed, List.of(), List.of());
    }

    /** True if this checkpoint is decided, by itself or with a later one of its incarnation. */
    public boolean cover(DecidedCheckpoint checkpoint) {
        return last.filter(decided -> decided.covers(checkpoint)).isPresent();
    }

    /** True if no checkpoint of this incarnation can be decided late any more. */
    public boolean isSealed(Incarnation incarnation) {
        return !unsealed.equals(Optional.of(incarnation.id()));
    }
}
