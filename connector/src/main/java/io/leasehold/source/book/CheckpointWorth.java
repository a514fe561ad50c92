package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.source.book.CheckpointedPositions.Completed;
import io.leasehold.source.book.CheckpointedPositions.CoveredPosition;
import io.leasehold.source.book.CheckpointedPositions.Worth;
import io.leasehold.source.book.SplitState.Reading;
import io.leasehold.source.book.SplitState.Releasing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** What the positions of a completed checkpoint are worth, and what the keeper is told of them. */
class CheckpointWorth<S> {

    private final BookedSplits<S> splits;
    private final LeaseKeeper keeper;
    private final CheckpointedPositions positions;

    CheckpointWorth(BookedSplits<S> splits, LeaseKeeper keeper, CheckpointedPositions positions) {
        this.splits = splits;
        this.keeper = keeper;
        this.positions = positions;
    }

    /** Returns what is to be granted to another reader, from there on. */
    List<CoveredPosition> completed(long checkpointId) {
        Completed completed = positions.completed(checkpointId, this::of);
        record(completed);
        return completed.moved();
    }

    /**
     * The last positions of the readers need not wait for another checkpoint, if all of them have:
     * there will be none.
     *
     * @return whether all have finished
     */
    boolean tasksFinished(Set<Integer> subtasks) {
        Optional<Completed> last = positions.last(subtasks, this::of);
        last.ifPresent(
                all -> {
                    record(all);
                    keeper.stopped();
                });
        return last.isPresent();
    }

    /**
     * What is to be decided with a completed checkpoint.
     *
     * @param splits all whose records may be in its output
     * @param moved of those, what is to be granted to another reader when it is decided
     */
    record Decidable(List<DecidedSplit> splits, List<CoveredPosition> moved) {}

    /** The same for a checkpoint that is to be decided: nothing is recorded or released before. */
    Decidable decidable(long checkpointId) {
        Completed completed = positions.decidable(checkpointId, this::of, this::ofGone);
        List<DecidedSplit> all = new ArrayList<>();
        for (CoveredPosition covered : completed.progress()) {
            all.add(covered.decided(covered.position().finished() ? Then.FINISHED : Then.OWNED));
        }
        for (CoveredPosition covered : completed.released()) {
            all.add(covered.decided(Then.RELEASED));
        }
        completed.released().forEach(this::isReleased);
        return new Decidable(all, completed.moved());
    }

    /** A subtask whose reader has splits, and has not reported for a completed checkpoint. */
    OptionalInt withoutReport(long checkpointId, Set<Integer> subtasks) {
        return subtasks.stream()
                .filter(subtask -> splits.countOf(subtask) > 0)
                .filter(subtask -> !positions.hasReported(subtask, checkpointId))
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /** Whether another reader is to have a split still, that stands still there. */
    boolean isToMove(CoveredPosition covered) {
        return of(covered) == Worth.MOVE;
    }

    /** Of an attempt that is gone: it counts unless the split is elsewhere by now. */
    private Worth ofGone(CoveredPosition covered) {
        return splits.of(covered.position().splitId()).isEmpty() ? Worth.PROGRESS : Worth.NOTHING;
    }

    private Worth of(CoveredPosition covered) {
        String splitId = covered.position().splitId();
        Optional<Reading<S>> reading =
                splits.of(splitId)
                        .filter(state -> state instanceof Reading<S>)
                        .map(state -> (Reading<S>) state)
                        .filter(state -> state.subtask() == covered.subtask())
                        .filter(state -> state.epoch() == covered.position().epoch());
        if (reading.isEmpty()) {
            return Worth.NOTHING;
        }
        Wanted wanted = reading.get().wanted();
        if (!standsStill(covered, wanted)) {
            return Worth.PROGRESS;
        }
        return wanted.claim().isPresent() ? Worth.RELEASE : Worth.MOVE;
    }

    /** Whether the split stands still there for what its reader was asked for last. */
    boolean standsStill(CoveredPosition covered, Wanted wanted) {
        return covered.frozenFor().isPresent()
                && covered.frozenFor().equals(wanted.asked().map(Asked::number));
    }

    private void record(Completed completed) {
        Map<Boolean, List<Recorded>> byEnd =
                completed.progress().stream()
                        .collect(
                                Collectors.partitioningBy(
                                        covered -> covered.position().finished(),
                                        Collectors.mapping(this::recorded, Collectors.toList())));
        List<Released> released =
                completed.released().stream().map(CoveredPosition::released).toList();
        completed.released().forEach(this::isReleased);
        keeper.splits().progressed(byEnd.get(false));
        keeper.splits().finished(byEnd.get(true));
        keeper.splits().frozen(released);
    }

    private void isReleased(CoveredPosition covered) {
        splits.becomes(
                covered.position().splitId(),
                new Releasing<>(covered.subtask(), covered.position().epoch()));
    }

    private Recorded recorded(CoveredPosition covered) {
        return covered.recordedIn(epochOf(covered));
    }

    /** The epoch that the split is in by now, as far as that is known. */
    long epochOf(CoveredPosition covered) {
        return splits.of(covered.position().splitId())
                .map(SplitState::epoch)
                .orElse(covered.position().epoch());
    }
}
