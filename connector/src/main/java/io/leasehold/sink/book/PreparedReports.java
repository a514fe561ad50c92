package io.leasehold.sink.book;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the subtasks of a sink have reported as prepared and what is not decided yet.
 *
 * <p>A checkpoint's output is complete when every subtask has reported that very checkpoint, or an
 * earlier one as its last. Flink delivers a report before it counts the acknowledgement; but after
 * a restore the reports come only when the tasks are there again.
 */
final class PreparedReports {

    private final NavigableMap<Piece.Id, HeldPiece> undecided = new TreeMap<>();
    private final Map<Integer, NavigableSet<Long>> reported = new HashMap<>();
    private final Map<Integer, Long> last = new HashMap<>();
    private final NavigableMap<Long, String> lost = new TreeMap<>();
    private final boolean allFinishedBefore;
    private long dropped = -1;

    /**
     * @param allFinishedBefore whether all subtasks had finished before the checkpoint that the job
     *     is restored from: then none runs, and none reports
     */
    PreparedReports(boolean allFinishedBefore) {
        this.allFinishedBefore = allFinishedBefore;
    }

    /**
     * @param isLast whether the subtask takes part in no later checkpoint
     * @param why why some of it can never be committed; empty if it can, as far as is known
     */
    void report(
            int subtask,
            long checkpoint,
            List<StoredPiece> prepared,
            boolean isLast,
            Optional<String> why) {
        reported.computeIfAbsent(subtask, of -> new TreeSet<>()).add(checkpoint);
        // A subtask that has restarted reports again what an earlier checkpoint's report had.
        prepared.stream()
                .filter(piece -> piece.id().checkpoint() > dropped)
                .forEach(piece -> undecided.put(piece.id(), new HeldPiece(subtask, piece)));
        if (isLast) {
            last.putIfAbsent(subtask, checkpoint);
        }
        why.ifPresent(reason -> lost.put(checkpoint, reason));
    }

    /** A subtask restarts from a checkpoint: what it did later has not happened. */
    void reset(int subtask, long checkpoint) {
        reported.getOrDefault(subtask, new TreeSet<>()).tailSet(checkpoint, false).clear();
        last.remove(subtask);
        undecided
                .values()
                .removeIf(held -> held.subtask() == subtask && held.id().checkpoint() > checkpoint);
    }

    /** True if nothing is missing of what was prepared up to this checkpoint. */
    boolean isCompleteUpTo(long checkpoint, int parallelism) {
        if (allFinishedBefore) {
            return true;
        }
        for (int subtask = 0; subtask < parallelism; subtask++) {
            boolean hasReported =
                    reported.getOrDefault(subtask, new TreeSet<>()).contains(checkpoint);
            if (!hasReported && last.getOrDefault(subtask, Long.MAX_VALUE) > checkpoint) {
                return false;
            }
        }
        return true;
    }

    /** Why output up to this checkpoint can never be committed; empty if it can. */
    Optional<String> lostUpTo(long checkpoint) {
        return lost.headMap(checkpoint, true).values().stream().findFirst();
    }

    /** In the order of checkpoints. */
    List<StoredPiece> preparedUpTo(long checkpoint) {
        return upTo(checkpoint).values().stream().map(HeldPiece::piece).toList();
    }

    /** What was prepared up to this checkpoint is never decided, whoever reports it yet. */
    void dropUpTo(long checkpoint) {
        dropped = Math.max(dropped, checkpoint);
        takeUpTo(checkpoint);
    }

    /** The same, which is not undecided any more. */
    List<HeldPiece> takeUpTo(long checkpoint) {
        NavigableMap<Piece.Id, HeldPiece> covered = upTo(checkpoint);
        List<HeldPiece> taken = List.copyOf(covered.values());
        covered.clear();
        reported.values().forEach(checkpoints -> checkpoints.headSet(checkpoint, true).clear());
        lost.headMap(checkpoint, true).clear();
        return taken;
    }

    /**
     * True if every subtask's last checkpoint is decided: a checkpoint that begins now holds
     * nothing of this sink.
     *
     * @param decided the last decided checkpoint
     */
    boolean haveAllFinished(long decided, int parallelism) {
        if (allFinishedBefore) {
            return true;
        }
        for (int subtask = 0; subtask < parallelism; subtask++) {
            if (last.getOrDefault(subtask, Long.MAX_VALUE) > decided) {
                return false;
            }
        }
        return true;
    }

    private NavigableMap<Piece.Id, HeldPiece> upTo(long checkpoint) {
        return undecided.headMap(
                new Piece.Id(checkpoint, Integer.MAX_VALUE, Integer.MAX_VALUE), true);
    }
}
