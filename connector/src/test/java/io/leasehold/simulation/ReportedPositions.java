package io.leasehold.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What readers reported, until the checkpoint is known to be complete that it is as of. */
final class ReportedPositions {

    record Due(String splitId, Held at, long checkpointId, boolean finished) {}

    /** Positions that splits are frozen in, as of a checkpoint that is complete. */
    record Frozen(String splitId, Held at, long number, long checkpointId) {}

    private final boolean oneBehind;
    private final TreeMap<Integer, TreeMap<Long, Reader.Report>> reported = new TreeMap<>();
    private List<Due> covered = List.of();

    ReportedPositions(boolean oneBehind) {
        this.oneBehind = oneBehind;
    }

    void reported(int subtask, long checkpointId, Reader.Report report) {
        reported.computeIfAbsent(subtask, none -> new TreeMap<>()).put(checkpointId, report);
    }

    void attemptGone(int subtask) {
        reported.remove(subtask);
    }

    /** What is frozen is not waited for; to be asked before {@link #completed}. */
    List<Frozen> frozen(long checkpointId) {
        List<Frozen> frozen = new ArrayList<>();
        for (TreeMap<Long, Reader.Report> reports : reported.values()) {
            Map.Entry<Long, Reader.Report> last = reports.floorEntry(checkpointId);
            if (last != null) {
                last.getValue()
                        .frozen()
                        .forEach(
                                (s, f) ->
                                        frozen.add(
                                                new Frozen(s, f.at(), f.number(), last.getKey())));
            }
        }
        return frozen;
    }

    List<Due> completed(long checkpointId) {
        List<Due> now = new ArrayList<>();
        for (TreeMap<Long, Reader.Report> reports : reported.values()) {
            Map<String, Due> latest = new LinkedHashMap<>();
            Map<Long, Reader.Report> done = reports.headMap(checkpointId, true);
            done.forEach(
                    (id, report) -> {
                        report.current()
                                .forEach((s, at) -> latest.put(s, new Due(s, at, id, false)));
                        report.finished()
                                .forEach((s, at) -> latest.put(s, new Due(s, at, id, true)));
                    });
            done.clear();
            now.addAll(latest.values());
        }
        if (!oneBehind) {
            return now;
        }
        List<Due> due = covered;
        covered = now;
        return due;
    }
}
