package io.leasehold.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which attempt has which split, and until when it may emit it, by the enumerator's clock. */
final class Assigned {

    record Assignment(int subtask, String splitId, Held split) {}

    private record Waiting(Held split, OptionalInt only) {}

    private record Logged(Assignment assignment, long afterCheckpoint) {}

    private static final class Attempt {
        final Set<String> splits = new HashSet<>();
        OptionalLong grantedUntil = OptionalLong.empty();
    }

    private final Rules rules;
    private final TreeMap<Integer, Attempt> attempts = new TreeMap<>();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, Waiting> keptBack = new LinkedHashMap<>();
    private final Map<String, Long> silentFrom = new HashMap<>();
    private final List<Logged> log = new ArrayList<>();

    Assigned(Rules rules) {
        this.rules = rules;
    }

    void started(int subtask) {
        attempts.put(subtask, new Attempt());
    }

    boolean isStarted(int subtask) {
        return attempts.containsKey(subtask);
    }

    int startedCount() {
        return attempts.size();
    }

    void granted(int subtask, long until) {
        Attempt attempt = attempts.get(subtask);
        if (attempt.grantedUntil.isEmpty() || until - attempt.grantedUntil.getAsLong() > 0) {
            attempt.grantedUntil = OptionalLong.of(until);
        }
    }

    /** What an attempt had that is gone, but may emit until its grant is over. */
    Set<String> gone(int subtask) {
        Attempt attempt = attempts.remove(subtask);
        if (attempt == null) {
            return Set.of();
        }
        attempt.grantedUntil.ifPresent(
                until -> attempt.splits.forEach(splitId -> silentFrom.put(splitId, until)));
        return attempt.splits;
    }

    boolean isHeld(String splitId) {
        return holderOf(splitId).isPresent();
    }

    /** The subtask whose attempt has it. */
    Optional<Integer> holderOf(String splitId) {
        return attempts.entrySet().stream()
                .filter(attempt -> attempt.getValue().splits.contains(splitId))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** It is not to be assigned for now. */
    void keepBack(String splitId) {
        Optional.ofNullable(waiting.remove(splitId)).ifPresent(it -> keptBack.put(splitId, it));
    }

    /** It may be assigned again. */
    void keepBackNoMore(String splitId) {
        Optional.ofNullable(keptBack.remove(splitId)).ifPresent(it -> waiting.put(splitId, it));
    }

    void await(String splitId, Held split, OptionalInt only) {
        keptBack.remove(splitId);
        waiting.put(splitId, new Waiting(split, only));
    }

    boolean anyIsHeld() {
        return attempts.values().stream().anyMatch(attempt -> !attempt.splits.isEmpty());
    }

    void forget(String splitId) {
        waiting.remove(splitId);
        keptBack.remove(splitId);
        attempts.values().forEach(attempt -> attempt.splits.remove(splitId));
    }

    List<Assignment> assignable(long now) {
        List<Assignment> assignments = new ArrayList<>();
        waiting.forEach(
                (splitId, waits) -> assign(splitId, waits, now).ifPresent(assignments::add));
        assignments.forEach(assignment -> waiting.remove(assignment.splitId()));
        return assignments;
    }

    private Optional<Assignment> assign(String splitId, Waiting waits, long now) {
        Long silent = silentFrom.get(splitId);
        if (silent != null && now - silent < 0 && rules.waitsForFormerAttempt()) {
            return Optional.empty();
        }
        return attempts.entrySet().stream()
                .filter(attempt -> waits.only().orElse(attempt.getKey()) == attempt.getKey())
                .min((a, b) -> a.getValue().splits.size() - b.getValue().splits.size())
                .map(
                        attempt -> {
                            silentFrom.remove(splitId);
                            attempt.getValue().splits.add(splitId);
                            return new Assignment(attempt.getKey(), splitId, waits.split());
                        });
    }

    /** Flink's own list of what was assigned after which checkpoint. */
    void logged(Assignment assignment, long afterCheckpoint) {
        log.add(new Logged(assignment, afterCheckpoint));
    }

    /** What a subtask was assigned since that checkpoint; forgotten then. */
    Map<String, Held> since(int subtask, long checkpointId) {
        Map<String, Held> since = new LinkedHashMap<>();
        log.stream()
                .filter(logged -> logged.assignment().subtask() == subtask)
                .filter(logged -> logged.afterCheckpoint() >= checkpointId)
                .forEach(
                        logged ->
                                since.put(
                                        logged.assignment().splitId(),
                                        logged.assignment().split()));
        log.removeIf(logged -> logged.assignment().subtask() == subtask);
        return since;
    }

    OptionalLong nextSilence(long now) {
        return waiting.keySet().stream()
                .filter(silentFrom::containsKey)
                .mapToLong(silentFrom::get)
                .filter(until -> until - now > 0)
                .reduce((a, b) -> a - b < 0 ? a : b);
    }

    OptionalLong lastSilence() {
        return Stream.concat(
                        silentFrom.values().stream(),
                        attempts.values().stream().flatMap(a -> a.grantedUntil.stream().boxed()))
                .mapToLong(Long::longValue)
                .reduce((a, b) -> a - b > 0 ? a : b);
    }
}
