package io.leasehold.source.book;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which positions may be recorded: those that readers reported for checkpoints that are complete,
 * and whose sinks have surely committed. A split that is frozen in a completed checkpoint is
 * released at once: its next owner must not read again what that checkpoint commits.
 *
 * <p>A checkpoint that fails or is subsumed is covered by the next that completes. What an attempt
 * reported that failed before its checkpoint completed is worth nothing: it never came to pass.
 */
class CheckpointedPositions {

    /**
     * A position that a complete checkpoint covers.
     *
     * @param checkpointId the newest checkpoint that it is as of
     * @param subtask whose reader reported it
     * @param frozenFor the number of the request for which the split stands still there
     */
    record CoveredPosition(
            int subtask, Position position, long checkpointId, Optional<Long> frozenFor) {

        /**
         * @param epoch that the split is in by now: its reader may have failed since, or it may
         *     have moved, and it resumes from there in a later one
         */
        Recorded recordedIn(long epoch) {
            return new Recorded(position.splitId(), epoch, progress());
        }

        Released released() {
            return new Released(position.splitId(), position.epoch(), Optional.of(progress()));
        }

        /** In the epoch that it was read in. */
        DecidedSplit decided(Then then) {
            return new DecidedSplit(position.splitId(), position.epoch(), progress(), then);
        }

        private Progress progress() {
            return new Progress(
                    position.bytes(), position.serializerVersion(), position.text(), checkpointId);
        }
    }

    /** What a reported position is worth when its checkpoint is complete. */
    enum Worth {
        PROGRESS,
        /** The split stands still, and is to be released. */
        RELEASE,
        /** The split stands still, and another reader of this job is to have it. */
        MOVE,
        NOTHING
    }

    /** Says what a position is worth. */
    interface Judge {
        Worth of(CoveredPosition position);
    }

    /**
     * What follows from a completed checkpoint.
     *
     * @param progress positions to record; those of finished splits as finished
     * @param released to be released
     * @param moved to be granted to another reader, from there on; recorded like any other
     */
    record Completed(
            List<CoveredPosition> progress,
            List<CoveredPosition> released,
            List<CoveredPosition> moved) {}

    /**
     * How many checkpoints may be under way; where more fail in a row the oldest reports go. Later
     * ones say all that they said.
     */
    private static final int MOST_UNDER_WAY = 8;

    private record Report(int subtask, long checkpointId) {

        CoveredPosition covered(Position position) {
            return new CoveredPosition(subtask, position, checkpointId, Optional.empty());
        }

        static Report of(CoveredPosition position) {
            return new Report(position.subtask(), position.checkpointId());
        }
    }

    private final boolean oneBehind;

    /**
     * What attempts reported that are gone, until a checkpoint completes: it may be complete
     * already, though that is not known here yet.
     */
    private final Map<Integer, TreeMap<Long, Positions>> reportedByGone = new HashMap<>();

    /** Reports of checkpoints that are not complete yet, by subtask, then by checkpoint. */
    private final Map<Integer, TreeMap<Long, Positions>> reported = new HashMap<>();

    /** By subtask, the complete checkpoint after which its reader emitted nothing and finished. */
    private final Map<Integer, Long> finishedAt = new HashMap<>();

    private final CommittedCheckpoints committed = new CommittedCheckpoints(MOST_UNDER_WAY);

    /**
     * By complete checkpoint, what it covers and is not recorded yet. There are many positions, and
     * few reports that they are from.
     */
    private final TreeMap<Long, Map<Report, List<Position>>> covered = new TreeMap<>();

    CheckpointedPositions(boolean oneBehind) {
        this.oneBehind = oneBehind;
    }

    void reported(int subtask, Positions positions) {
        TreeMap<Long, Positions> reports =
                reported.computeIfAbsent(subtask, none -> new TreeMap<>());
        reports.put(positions.checkpointId(), positions);
        if (reports.size() > MOST_UNDER_WAY) {
            reports.pollFirstEntry();
        }
    }

    /** The attempt of this subtask is gone. */
    void attemptGone(int subtask) {
        Optional.ofNullable(reported.remove(subtask))
                .ifPresent(reports -> reportedByGone.put(subtask, reports));
        finishedAt.remove(subtask);
    }

    /** The reader of this subtask stands where it stood in this complete checkpoint, for good. */
    void taskFinished(int subtask, long checkpointId) {
        finishedAt.put(subtask, checkpointId);
    }

    void begun(long checkpointId) {
        committed.begun(checkpointId);
    }

    /** The newest checkpoint of which everything is surely committed. */
    long committed() {
        return committed.last();
    }

    /** Whether the attempt of this subtask has reported for this checkpoint or a later one. */
    boolean hasReported(int subtask, long checkpointId) {
        return Optional.ofNullable(reported.get(subtask))
                .filter(reports -> !reports.tailMap(checkpointId, true).isEmpty())
                .isPresent();
    }

    /** The newest checkpoint that tasks finished with, if all of these have. */
    OptionalLong stoppedAt(Set<Integer> subtasks) {
        return subtasks.isEmpty() || !finishedAt.keySet().containsAll(subtasks)
                ? OptionalLong.empty()
                : OptionalLong.of(Collections.max(finishedAt.values()));
    }

    /**
     * Takes in that a checkpoint is complete, and says what is to be decided with it: all positions
     * as of then, those too of attempts that have failed since.
     */
    Completed decidable(long checkpointId, Judge worth, Judge worthOfGone) {
        committed.completed(checkpointId);
        List<CoveredPosition> gone = new ArrayList<>();
        reportedByGone.forEach(
                (subtask, reports) ->
                        Optional.ofNullable(reports.get(checkpointId))
                                .ifPresent(
                                        report ->
                                                latest(subtask, Map.of(checkpointId, report))
                                                        .stream()
                                                        .filter(
                                                                at ->
                                                                        worthOfGone.of(at)
                                                                                != Worth.NOTHING)
                                                        .forEach(gone::add)));
        Completed completed = reported(checkpointId, worth);
        completed.progress().addAll(gone);
        return completed;
    }

    /** Takes in that a checkpoint is complete, and says what follows. */
    Completed completed(long checkpointId, Judge worth) {
        committed.completed(checkpointId);
        Completed completed = reported(checkpointId, worth);
        return oneBehind ? oneBehind(checkpointId, completed) : completed;
    }

    /** What running attempts have reported for checkpoints up to this one. */
    private Completed reported(long checkpointId, Judge worth) {
        reportedByGone.clear();
        List<CoveredPosition> progress = new ArrayList<>();
        List<CoveredPosition> released = new ArrayList<>();
        List<CoveredPosition> moved = new ArrayList<>();
        reported.forEach(
                (subtask, reports) -> {
                    Map<Long, Positions> done = reports.headMap(checkpointId, true);
                    for (CoveredPosition position : latest(subtask, done)) {
                        switch (worth.of(position)) {
                            case PROGRESS -> progress.add(position);
                            case RELEASE -> released.add(position);
                            case MOVE -> moved.add(position);
                            case NOTHING -> {
                                // Its reader does not have it any more.
                            }
                        }
                    }
                    done.clear();
                });
        progress.addAll(moved);
        return new Completed(progress, released, moved);
    }

    private Completed oneBehind(long checkpointId, Completed completed) {
        forget(
                completed.released().stream()
                        .map(split -> split.position().splitId())
                        .collect(Collectors.toSet()));
        List<CoveredPosition> recordable = newest(covered.headMap(committed.last(), true));
        covered.headMap(committed.last(), true).clear();
        for (CoveredPosition one : completed.progress()) {
            covered.computeIfAbsent(checkpointId, none -> new HashMap<>())
                    .computeIfAbsent(Report.of(one), none -> new ArrayList<>())
                    .add(one.position());
        }
        return new Completed(recordable, completed.released(), completed.moved());
    }

    /**
     * What follows from that the job has come to its end: if the readers of all these subtasks have
     * finished, there is nothing left to be committed that could be waited for.
     *
     * @return nothing, if a reader may have emitted what no complete checkpoint covers; nothing is
     *     to move any more
     */
    Optional<Completed> last(Set<Integer> subtasks, Judge worth) {
        if (subtasks.isEmpty() || !finishedAt.keySet().containsAll(subtasks)) {
            return Optional.empty();
        }
        Completed completed = completed(Collections.max(finishedAt.values()), worth);
        List<CoveredPosition> progress = new ArrayList<>(completed.progress());
        progress.addAll(newest(covered));
        covered.clear();
        return Optional.of(new Completed(progress, completed.released(), List.of()));
    }

    /**
     * Of these splits nothing is to be recorded that is covered so far. What is reported and not
     * complete is for the judge.
     */
    void forget(Set<String> splitIds) {
        if (!splitIds.isEmpty()) {
            covered.values().stream()
                    .flatMap(one -> one.values().stream())
                    .forEach(all -> all.removeIf(at -> splitIds.contains(at.splitId())));
        }
    }

    /** Of each split, the position that the last of these checkpoints covers. */
    private static List<CoveredPosition> newest(
            SortedMap<Long, Map<Report, List<Position>>> covered) {
        Map<String, CoveredPosition> newest = new LinkedHashMap<>();
        for (Map<Report, List<Position>> one : covered.values()) {
            one.forEach(
                    (report, positions) ->
                            positions.forEach(at -> newest.put(at.splitId(), report.covered(at))));
        }
        return List.copyOf(newest.values());
    }

    private static List<CoveredPosition> latest(int subtask, Map<Long, Positions> reports) {
        Map<String, CoveredPosition> latest = new LinkedHashMap<>();
        reports.forEach(
                (checkpointId, report) -> {
                    for (Position at : report.splits()) {
                        Optional<Long> frozenFor =
                                Optional.ofNullable(report.frozen().get(at.splitId()));
                        latest.put(
                                at.splitId(),
                                new CoveredPosition(subtask, at, checkpointId, frozenFor));
                    }
                });
        return List.copyOf(latest.values());
    }
}
