package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.RestoredPosition;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.source.book.CheckpointedPositions.CoveredPosition;
import io.leasehold.source.book.SplitState.Waiting;
import io.leasehold.source.book.SplitState.Withheld;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Splits that come back: with a restored reader, as ones that a failed attempt never checkpointed,
 * or from a reader that another is to follow. Each is withheld until it is acquired anew, in a new
 * epoch.
 */
class Comebacks<S> {

    private final BookedSplits<S> splits;
    private final LeaseKeeper keeper;
    private final SplitCodec<S> codec;
    private final RestoreRule restore;

    /**
     * Whether not all readers have started yet: they may restore positions, and the first of them
     * would get every split.
     */
    private boolean awaitsReaders = true;

    Comebacks(
            BookedSplits<S> splits, LeaseKeeper keeper, SplitCodec<S> codec, RestoreRule restore) {
        this.splits = splits;
        this.keeper = keeper;
        this.codec = codec;
        this.restore = restore;
    }

    boolean awaitsReaders() {
        return awaitsReaders;
    }

    /** All readers have started once: what they hold is known. */
    void allReadersStarted() {
        if (awaitsReaders) {
            awaitsReaders = false;
            keeper.stateIsKnown();
        }
    }

    /** Returns those of the splits whose position it is that is gone on from. */
    List<String> takeBack(int subtask, List<PositionedSplit<S>> back, Outbox<S> out) {
        List<PositionedSplit<S>> taken = new ArrayList<>();
        for (PositionedSplit<S> split : back) {
            if (isLatest(split)) {
                splits.cameBack(subtask, split.splitId());
                withhold(split);
                taken.add(split);
            } else {
                out.inform(
                        "Ignored the restored split '%s' of epoch %s: a later position is in use."
                                .formatted(split.splitId(), split.epoch()));
            }
        }
        acquireAnew(taken);
        return taken.stream().map(PositionedSplit::splitId).toList();
    }

    /** Whether no later position is in use. */
    boolean isLatest(PositionedSplit<S> split) {
        return splits.readerOf(split.splitId()).isEmpty()
                && splits.withheld(split.splitId())
                        .filter(other -> other.epoch() > split.epoch())
                        .isEmpty();
    }

    /** No reader has it; where its state holds it, one subtask may have it. */
    void withhold(PositionedSplit<S> split) {
        Optional<SplitState<S>> before = splits.of(split.splitId());
        OptionalInt only =
                before.filter(state -> state.reader().isEmpty())
                        .map(SplitState::inStateOf)
                        .orElse(OptionalInt.empty());
        splits.becomes(split.splitId(), new Withheld<>(split, only));
    }

    /**
     * A reader's own state holds a withheld split too, so that it must not go anywhere else. If
     * another reader's state does, that is told to forget it.
     */
    void holdsToo(int subtask, String splitId, Outbox<S> out) {
        OptionalInt other = splits.inStateOf(splitId);
        if (other.isPresent() && other.getAsInt() != subtask) {
            out.send(other.getAsInt(), id -> new DropRequested(id, Set.of(splitId)));
        }
        PositionedSplit<S> at = splits.withheld(splitId).orElseThrow();
        splits.becomes(splitId, new Withheld<>(at, OptionalInt.of(subtask)));
    }

    /** Splits that are withheld. */
    void acquireAnew(List<PositionedSplit<S>> withheld) {
        // A reader that fails alone is not a start.
        RestoreRule rule = awaitsReaders ? restore : RestoreRule.AUTO;
        // Without a lease in the table, as after the table was lost, this is where they start.
        keeper.splits()
                .ensureLeases(withheld.stream().map(split -> codec.lease(split.split())).toList());
        withheld.forEach(
                split ->
                        keeper.splits()
                                .restored(
                                        split.splitId(),
                                        new RestoredPosition(split.tenure(), split.epoch(), rule)));
    }

    /** Those that are acquired and wait for readers are acquired anew. */
    void acquireAllAnew() {
        List<PositionedSplit<S>> all = splits.withheld();
        for (PositionedSplit<S> split : all) {
            if (splits.of(split.splitId()).orElseThrow() instanceof Waiting<S>) {
                withhold(split);
            }
        }
        acquireAnew(all);
    }

    /**
     * A reader's split stands still at a position of a complete checkpoint: from now on it is
     * withheld here, until it is acquired in a new epoch for the reader with the fewest. Its reader
     * is told in the same breath, and no barrier comes between: one of the two holds it in each
     * checkpoint.
     */
    void moveOn(CoveredPosition covered, Outbox<S> out) {
        PositionedSplit<S> split = codec.ofReader(covered.position());
        out.send(covered.subtask(), id -> new DropRequested(id, Set.of(split.splitId())));
        withhold(split);
        acquireAnew(List.of(split));
    }

    /** Neither in the state the attempt went back to nor assigned since: only the table knows. */
    void attemptStarted(int subtask) {
        splits.missing(subtask).forEach(keeper.splits()::orphaned);
        splits.attemptStarted(subtask);
    }
}
