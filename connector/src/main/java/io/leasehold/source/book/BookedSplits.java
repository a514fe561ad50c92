package io.leasehold.source.book;

import io.leasehold.source.book.SplitState.Reading;
import io.leasehold.source.book.SplitState.Releasing;
import io.leasehold.source.book.SplitState.Waiting;
import io.leasehold.source.book.SplitState.Withheld;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The state of each split, and what is asked of all of them at once. */
final class BookedSplits<S> {

    private final Map<String, SplitState<S>> states = new HashMap<>();

    /** Those that belong into this enumerator's checkpoints. */
    private Map<String, PositionedSplit<S>> withheld = new LinkedHashMap<>();

    /** Those that wait for a reader, in that order. */
    private Set<String> waiting = new LinkedHashSet<>();

    /** Those that somebody is to get from the reader that has them, or is about to have them. */
    private final Set<String> wanted = new TreeSet<>();

    /** What attempts that are gone had and that has not come back, by subtask. */
    private final Map<Integer, Set<String>> missing = new HashMap<>();

    /** How many splits readers have, by subtask; no entry where it is none. */
    private final Map<Integer, Integer> counts = new HashMap<>();

    Optional<SplitState<S>> of(String splitId) {
        return Optional.ofNullable(states.get(splitId));
    }

    void becomes(String splitId, SplitState<S> next) {
        count(states.put(splitId, next), -1);
        count(next, 1);
        index(splitId, next);
    }

    /** The table alone knows of it. */
    void forget(String splitId) {
        drop(splitId);
        // It may come back, and be with another reader when an attempt that had it is replaced.
        missing.values().forEach(had -> had.remove(splitId));
    }

    private void drop(String splitId) {
        SplitState<S> last = states.remove(splitId);
        count(last, -1);
        removeFromIndex(splitId);
    }

    private void count(SplitState<S> state, int more) {
        if (state != null) {
            state.reader()
                    .ifPresent(
                            subtask -> {
                                int now = counts.merge(subtask, more, Integer::sum);
                                counts.computeIfPresent(
                                        subtask, (same, count) -> now == 0 ? null : count);
                            });
        }
    }

    private void index(String splitId, SplitState<S> next) {
        removeFromIndex(splitId);
        if (next instanceof Withheld<S> it) {
            withheld.put(splitId, it.at());
        } else if (next instanceof Waiting<S> it) {
            withheld.put(splitId, it.at());
            waiting.add(splitId);
            noteWanted(splitId, it.wanted());
        } else if (next instanceof Reading<S> it) {
            noteWanted(splitId, it.wanted());
        } else if (next instanceof Releasing<S>) {
            wanted.add(splitId);
        }
    }

    private void noteWanted(String splitId, Wanted by) {
        if (by.byAnybody()) {
            wanted.add(splitId);
        }
    }

    private void removeFromIndex(String splitId) {
        wanted.remove(splitId);
        // A map that was large stays so inside, for ever.
        if (withheld.remove(splitId) != null && withheld.isEmpty()) {
            withheld = new LinkedHashMap<>();
        }
        if (waiting.remove(splitId) && waiting.isEmpty()) {
            waiting = new LinkedHashSet<>();
        }
    }

    /** Those that belong into this enumerator's checkpoints. */
    List<PositionedSplit<S>> withheld() {
        return List.copyOf(withheld.values());
    }

    /** Those that wait for a reader, in that order. */
    List<String> waiting() {
        return List.copyOf(waiting);
    }

    boolean anyWaits() {
        return !waiting.isEmpty();
    }

    /** Those that somebody is to get from the reader that has them, or is about to have them. */
    List<String> wanted() {
        return List.copyOf(wanted);
    }

    /** Whether nobody is to lose a split to whomsoever. */
    boolean areAtRest() {
        return wanted.isEmpty();
    }

    /** How many splits a reader has. */
    int countOf(int subtask) {
        return counts.getOrDefault(subtask, 0);
    }

    /** What the readers of these subtasks have. */
    Map<Integer, Set<String>> bySubtask(Set<Integer> subtasks) {
        Map<Integer, Set<String>> all = new TreeMap<>();
        subtasks.forEach(subtask -> all.put(subtask, new TreeSet<>()));
        states.forEach(
                (splitId, state) ->
                        state.reader()
                                .ifPresent(
                                        subtask ->
                                                Optional.ofNullable(all.get(subtask))
                                                        .ifPresent(has -> has.add(splitId))));
        return all;
    }

    /** What the reader of this subtask has. */
    private Set<String> readBy(int subtask) {
        return countOf(subtask) == 0 ? Set.of() : bySubtask(Set.of(subtask)).get(subtask);
    }

    /**
     * The attempt of this subtask is gone; what it had is missing until it comes back.
     *
     * @return what it had
     */
    Set<String> attemptGone(int subtask) {
        Set<String> had = readBy(subtask);
        had.forEach(this::drop);
        missing.computeIfAbsent(subtask, none -> new TreeSet<>()).addAll(had);
        return had;
    }

    /** What the attempts before the next one had and that has not come back. */
    Set<String> missing(int subtask) {
        return new TreeSet<>(missing.getOrDefault(subtask, Set.of()));
    }

    void cameBack(int subtask, String splitId) {
        Optional.ofNullable(missing.get(subtask)).ifPresent(had -> had.remove(splitId));
    }

    /** The next attempt of this subtask is there: what has not come back never will. */
    void attemptStarted(int subtask) {
        missing.remove(subtask);
    }

    /** The subtask whose reader has a split, if one has. */
    OptionalInt readerOf(String splitId) {
        return of(splitId).map(SplitState::reader).orElse(OptionalInt.empty());
    }

    /** The subtask whose state holds a split, if one does. */
    OptionalInt inStateOf(String splitId) {
        return of(splitId).map(SplitState::inStateOf).orElse(OptionalInt.empty());
    }

    /** The position of a split that belongs into this enumerator's checkpoints. */
    Optional<PositionedSplit<S>> withheld(String splitId) {
        return Optional.ofNullable(withheld.get(splitId));
    }
}
