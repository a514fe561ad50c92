package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which reader attempt has which split, which splits wait for one, and until when grants run. Times
 * are nanoseconds of the JobManager's monotonic clock.
 *
 * <p>No split goes to a reader before the grant of its last reader is over (S1), or that one is
 * known to be closed.
 */
final class ReaderAssignments<SplitT extends SourceSplit> {

    /** A split to be sent to a reader. */
    record Assignment<SplitT extends SourceSplit>(int subtask, LeasedSplit<SplitT> split) {}

    private static final class Reader {
        final String id;

        /** Its splits, with the epochs it has them in. */
        final Map<String, Long> splits = new HashMap<>();

        /** Numbers of the requests to stop a split that it has not confirmed. */
        final Set<Long> stops = new HashSet<>();

        boolean closed;

        /** Whether it was told that there is nothing more to come. */
        boolean ends;

        Reader(String id) {
            this.id = id;
        }
    }

    /**
     * @param only the one subtask that may have it, where its state holds it too
     */
    private record Waiting<SplitT extends SourceSplit>(
            LeasedSplit<SplitT> split, OptionalInt only) {}

    private final TreeMap<Integer, Reader> readers = new TreeMap<>();
    private Map<String, Waiting<SplitT>> waiting = new LinkedHashMap<>();

    /**
     * A reader attempt that had a split.
     *
     * @param until when it emits that no more, if it is not closed before
     */
    private record Last(int subtask, String readerId, long until) {}

    /** By split that is to go to another attempt. */
    private final Map<String, Last> lastReader = new HashMap<>();

    private final RunningGrants grants = new RunningGrants();

    /** A reader attempt is there; an earlier one of the same subtask is gone. */
    void started(int subtask, String readerId) {
        readers.put(subtask, new Reader(readerId));
    }

    boolean isCurrent(int subtask, String readerId) {
        Reader reader = readers.get(subtask);
        return reader != null && reader.id.equals(readerId);
    }

    int startedCount() {
        return readers.size();
    }

    /** The subtasks whose reader attempts are there. */
    Set<Integer> subtasks() {
        return Set.copyOf(readers.keySet());
    }

    /** The name of that reader attempt, if it is there. */
    Optional<String> readerId(int subtask) {
        return Optional.ofNullable(readers.get(subtask)).map(reader -> reader.id);
    }

    /** A reader was told to stop a split: it is given no grant before it has confirmed that. */
    void stopRequested(int subtask, long request) {
        readers.get(subtask).stops.add(request);
    }

    /** A reader has stopped what these requests named, or need not any more. */
    void stopped(int subtask, Set<Long> requests) {
        readers.get(subtask).stops.removeAll(requests);
    }

    /**
     * Whether a reader may emit something that it must not be granted to, or is closed; it may have
     * asked before.
     */
    boolean isToStop(int subtask) {
        Reader reader = readers.get(subtask);
        return reader.closed || !reader.stops.isEmpty();
    }

    /** A reader was told that there is nothing more to come: its task may finish at any time. */
    void ends(int subtask) {
        Reader reader = readers.get(subtask);
        if (reader != null) {
            reader.ends = true;
        }
    }

    /** Whether the task of a reader that is there may have finished. */
    boolean isOver(int subtask) {
        Reader reader = readers.get(subtask);
        return reader != null && (reader.closed || reader.ends);
    }

    /** A reader may emit all it has until then. */
    void granted(int subtask, long until) {
        grants.granted(readers.get(subtask).id, until);
    }

    /** These attempts, gone or not, emit nothing any more. */
    void closed(Set<String> readerIds) {
        readers.values().stream()
                .filter(reader -> readerIds.contains(reader.id))
                .forEach(reader -> reader.closed = true);
        grants.closed(readerIds);
    }

    /**
     * The attempt of this subtask is gone, though it may still emit until its grant is over, or it
     * is known to be closed.
     *
     * @return the splits it had
     */
    List<String> gone(int subtask) {
        Reader reader = readers.remove(subtask);
        if (reader == null) {
            return List.of();
        }
        reader.splits
                .keySet()
                .forEach(splitId -> emitsUntilItsGrantIsOver(splitId, subtask, reader));
        return List.copyOf(reader.splits.keySet());
    }

    /** Its reader may emit a split that it is about to forget for as long as it is granted to. */
    void emitsUntilItsGrantIsOver(String splitId) {
        readers.forEach(
                (subtask, reader) -> {
                    if (reader.splits.containsKey(splitId)) {
                        emitsUntilItsGrantIsOver(splitId, subtask, reader);
                    }
                });
    }

    private void emitsUntilItsGrantIsOver(String splitId, int subtask, Reader reader) {
        grants.of(reader.id)
                .ifPresent(
                        grant ->
                                lastReader.put(
                                        splitId, new Last(subtask, reader.id, grant.until())));
    }

    /** The subtask that has a split, if one has. */
    OptionalInt holderOf(String splitId) {
        return readers.entrySet().stream()
                .filter(reader -> reader.getValue().splits.containsKey(splitId))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    /** Whether a reader has a split, in that epoch and not in another before or behind it. */
    boolean has(int subtask, String splitId, long epoch) {
        Reader reader = readers.get(subtask);
        return reader != null && Long.valueOf(epoch).equals(reader.splits.get(splitId));
    }

    /** The epoch in which a reader has a split, if one has. */
    Optional<Long> epochOf(String splitId) {
        return readers.values().stream()
                .flatMap(reader -> Optional.ofNullable(reader.splits.get(splitId)).stream())
                .findFirst();
    }

    /** Whether no reader has more than one split more than another. */
    boolean isEven() {
        IntSummaryStatistics counts =
                readers.values().stream()
                        .mapToInt(reader -> reader.splits.size())
                        .summaryStatistics();
        return readers.isEmpty() || counts.getMax() - counts.getMin() <= 1;
    }

    /** The splits that each reader has, by subtask. */
    Map<Integer, Set<String>> splits() {
        Map<Integer, Set<String>> splits = new TreeMap<>();
        readers.forEach(
                (subtask, reader) -> splits.put(subtask, Set.copyOf(reader.splits.keySet())));
        return splits;
    }

    /** Whether a split waits for a reader, or for an old grant to end. */
    boolean anyWaits() {
        return !waiting.isEmpty();
    }

    boolean hasNone(int subtask) {
        Reader reader = readers.get(subtask);
        return reader == null || reader.splits.isEmpty();
    }

    /**
     * @param splitId the object that is kept: splits make theirs anew each time they are asked
     */
    void await(String splitId, LeasedSplit<SplitT> split, OptionalInt only) {
        waiting.put(splitId, new Waiting<>(split, only));
    }

    void forget(String splitId) {
        waiting.remove(splitId);
        readers.values().forEach(reader -> reader.splits.remove(splitId));
    }

    /**
     * Takes out the splits that can go to a reader now: to the one that has the fewest.
     *
     * @param reachable the subtasks that events can be sent to
     * @param barred splits that must not go to any reader
     */
    List<Assignment<SplitT>> assignable(Set<Integer> reachable, Set<String> barred, long now) {
        List<Assignment<SplitT>> assignments = new ArrayList<>();
        grants.forgetThoseOver(now);
        waiting.entrySet()
                .removeIf(
                        split -> {
                            if (barred.contains(split.getKey())) {
                                return false;
                            }
                            Optional<Assignment<SplitT>> assignment =
                                    assign(split.getKey(), split.getValue(), reachable, now);
                            assignment.ifPresent(assignments::add);
                            return assignment.isPresent();
                        });
        if (waiting.isEmpty() && !assignments.isEmpty()) {
            // A map that was large stays so inside, for ever.
            waiting = new LinkedHashMap<>();
        }
        return assignments;
    }

    private Optional<Assignment<SplitT>> assign(
            String splitId, Waiting<SplitT> waits, Set<Integer> reachable, long now) {
        LeasedSplit<SplitT> split = waits.split();
        Optional<Last> last = stillGranted(splitId, now);
        if (last.filter(reader -> !grants.isClosed(reader.readerId())).isPresent()) {
            return Optional.empty();
        }
        // The next attempt of the one that is closed is about to come, and would be left with none.
        OptionalInt only =
                waits.only().isPresent() || last.isEmpty()
                        ? waits.only()
                        : OptionalInt.of(last.get().subtask());
        return readers.entrySet().stream()
                .filter(reader -> reachable.contains(reader.getKey()))
                .filter(reader -> !reader.getValue().closed)
                .filter(reader -> only.orElse(reader.getKey()) == reader.getKey())
                .min(Comparator.comparingInt(reader -> reader.getValue().splits.size()))
                .map(
                        reader -> {
                            lastReader.remove(splitId);
                            reader.getValue().splits.put(splitId, split.epoch());
                            return new Assignment<>(
                                    reader.getKey(), split.grantedTo(reader.getValue().id));
                        });
    }

    /** When a split that waits for an old grant to end can go to any reader. */
    OptionalLong nextSilence(long now) {
        return waiting.keySet().stream()
                .flatMap(splitId -> stillGranted(splitId, now).stream())
                .mapToLong(Last::until)
                .reduce((a, b) -> a - b < 0 ? a : b);
    }

    /** The last reader of a split, if the grant that it had is not over. */
    private Optional<Last> stillGranted(String splitId, long now) {
        return Optional.ofNullable(lastReader.get(splitId)).filter(last -> now - last.until() < 0);
    }

    /**
     * Until when any reader that is not known to be closed may still emit, gone or not. On another
     * thread too, if that holds the lock under which readers are {@link #granted}.
     */
    OptionalLong lastSilence() {
        return grants.last();
    }
}
