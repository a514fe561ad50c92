package io.leasehold.source.enumerator;

import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which positions may be recorded: those that readers reported for checkpoints that are complete,
 * and whose sinks have surely committed.
 *
 * <p>A checkpoint that fails or is subsumed is covered by the next that completes. What an attempt
 * reported that failed before its checkpoint completed is worth nothing: it never came to pass.
 */
final class CheckpointedPositions {

    /**
     * @param checkpointId the newest checkpoint that the position is as of
     */
    record Due(Position position, long checkpointId) {}

    /**
     * How many checkpoints may be under way; where more fail in a row the oldest reports go. Later
     * ones say all that they said.
     */
    private static final int MOST_UNDER_WAY = 8;

    private final boolean oneBehind;

    /** Reports of checkpoints that are not complete yet, by subtask, then by checkpoint. */
    private final Map<Integer, TreeMap<Long, Positions>> reported = new HashMap<>();

    /** What the last complete checkpoint covers, if the next one is to be waited for. */
    private List<Due> covered = List.of();

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
        reported.remove(subtask);
    }

    /** Takes in that a checkpoint is complete, and says what is to be recorded now. */
    List<Due> completed(long checkpointId) {
        List<Due> now = new ArrayList<>();
        for (TreeMap<Long, Positions> reports : reported.values()) {
            Map<Long, Positions> done = reports.headMap(checkpointId, true);
            now.addAll(latest(done));
            done.clear();
        }
        if (!oneBehind) {
            return now;
        }
        List<Due> due = covered;
        covered = now;
        return due;
    }

    private static List<Due> latest(Map<Long, Positions> reports) {
        Map<String, Due> latest = new LinkedHashMap<>();
        reports.forEach(
                (checkpointId, report) ->
                        report.splits()
                                .forEach(
                                        at -> latest.put(at.splitId(), new Due(at, checkpointId))));
        return List.copyOf(latest.values());
    }
}
