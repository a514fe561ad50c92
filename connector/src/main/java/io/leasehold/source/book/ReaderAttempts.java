package io.leasehold.source.book;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which reader attempts are there, and until when attempts may emit, those that are gone too. Times
 * are nanoseconds of the JobManager's monotonic clock.
 */
class ReaderAttempts {

    private static final class Attempt {
        final String id;

        /** Numbers of the requests to stop a split that it has not confirmed. */
        final Set<Long> stops = new HashSet<>();

        boolean closed;

        Attempt(String id) {
            this.id = id;
        }
    }

    /**
     * An attempt that had a split.
     *
     * @param until when it emits that no more, if it is not closed before
     */
    record Last(int subtask, String readerId, long until) {}

    private final TreeMap<Integer, Attempt> attempts = new TreeMap<>();

    /** Subtasks that were told that nothing more comes: their tasks may finish at any time. */
    private final Set<Integer> toldNoMore = new HashSet<>();

    private final RunningGrants grants = new RunningGrants();

    /** By split that is to go to another attempt. */
    private final Map<String, Last> lastReader = new HashMap<>();

    /** An attempt is there; an earlier one of the same subtask is gone. */
    void started(int subtask, String readerId) {
        attempts.put(subtask, new Attempt(readerId));
    }

    /** The attempt of this subtask is gone. */
    void gone(int subtask) {
        attempts.remove(subtask);
        toldNoMore.remove(subtask);
    }

    boolean isCurrent(int subtask, String readerId) {
        return readerId(subtask).equals(Optional.of(readerId));
    }

    int count() {
        return attempts.size();
    }

    /** The subtasks whose attempts are there. */
    SortedSet<Integer> subtasks() {
        return new TreeSet<>(attempts.keySet());
    }

    /** The name of that attempt, if it is there. */
    Optional<String> readerId(int subtask) {
        return Optional.ofNullable(attempts.get(subtask)).map(attempt -> attempt.id);
    }

    /** An attempt was told to stop a split: it is given no grant before it has confirmed that. */
    void stopRequested(int subtask, long request) {
        attempts.get(subtask).stops.add(request);
    }

    /** An attempt has stopped what these requests named, or need not any more. */
    void stopped(int subtask, Set<Long> requests) {
        attempts.get(subtask).stops.removeAll(requests);
    }

    /**
     * Whether an attempt may emit something that it must not be granted to, or is closed; it may
     * have asked before.
     */
    boolean isToStop(int subtask) {
        Attempt attempt = attempts.get(subtask);
        return attempt.closed || !attempt.stops.isEmpty();
    }

    /**
     * Nothing more comes to this subtask.
     *
     * @return whether that is news to it
     */
    boolean tellsNoMore(int subtask) {
        return toldNoMore.add(subtask);
    }

    /** Whether events reach the attempt of this subtask: its task may have finished else. */
    boolean canBeTold(int subtask) {
        return isOpen(subtask) && !toldNoMore.contains(subtask);
    }

    /** Whether the attempt of this subtask is there, and not closed. */
    boolean isOpen(int subtask) {
        Attempt attempt = attempts.get(subtask);
        return attempt != null && !attempt.closed;
    }

    /** An attempt may emit all it has until then. */
    void granted(int subtask, long until) {
        grants.granted(attempts.get(subtask).id, until);
    }

    /** These attempts, gone or not, emit nothing any more. */
    void closed(Set<String> readerIds) {
        attempts.values().stream()
                .filter(attempt -> readerIds.contains(attempt.id))
                .forEach(attempt -> attempt.closed = true);
        grants.closed(readerIds);
    }

    /** The attempt of this subtask has a split that it is to have no more, while it may emit it. */
    void emitsUntilItsGrantIsOver(int subtask, String splitId) {
        readerId(subtask)
                .flatMap(id -> grants.of(id).map(grant -> new Last(subtask, id, grant.until())))
                .ifPresent(last -> lastReader.put(splitId, last));
    }

    /** The last attempt that had a split, if the grant that it had is not over. */
    Optional<Last> stillGranted(String splitId, long now) {
        return Optional.ofNullable(lastReader.get(splitId)).filter(last -> now - last.until() < 0);
    }

    boolean isClosed(Last last) {
        return grants.isClosed(last.readerId());
    }

    /** Another attempt has the split. */
    void assigned(String splitId) {
        lastReader.remove(splitId);
    }

    /** What was granted until before now is of no interest any more. */
    void forgetGrantsThatAreOver(long now) {
        grants.forgetThoseOver(now);
        lastReader.values().removeIf(last -> last.until() - now <= 0);
    }

    /** Until when any attempt that is not known to be closed may still emit, gone or not. */
    OptionalLong lastSilence() {
        return grants.last();
    }
}
