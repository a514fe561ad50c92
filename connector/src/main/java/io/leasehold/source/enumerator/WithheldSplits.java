package io.leasehold.source.enumerator;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Positions of this job's state for which no reader has a grant: they belong into the enumerator's
 * checkpoints, since nobody else remembers them. And which splits a failed attempt had that have
 * not come back from the checkpoint it goes back to.
 *
 * <p>The simulation uses this very class. Not thread-safe.
 *
 * @param <S> a split with its position
 */
public final class WithheldSplits<S> {

    private Map<String, S> withheld = new LinkedHashMap<>();

    /**
     * The one subtask that may have a withheld split, where its state holds it too: until the split
     * is sent there, or that subtask is told to forget it.
     */
    private final Map<String, Integer> onlyFor = new HashMap<>();

    /** What the last attempt of a subtask had and that did not come back yet. */
    private final Map<Integer, Set<String>> missing = new HashMap<>();

    /**
     * @param splitId the object that is kept: splits make theirs anew each time they are asked
     */
    public void withhold(String splitId, S split) {
        withheld.put(splitId, split);
    }

    /** The state of that reader holds the withheld split too: it must not go anywhere else. */
    public void onlyFor(int subtask, String splitId) {
        onlyFor.put(splitId, subtask);
    }

    /** The one subtask that may have it, if only one may. */
    public OptionalInt onlyOneFor(String splitId) {
        Integer only = onlyFor.get(splitId);
        return only == null ? OptionalInt.empty() : OptionalInt.of(only);
    }

    public Optional<S> of(String splitId) {
        return Optional.ofNullable(withheld.get(splitId));
    }

    public List<S> all() {
        return List.copyOf(withheld.values());
    }

    public Set<String> splitIds() {
        return Set.copyOf(withheld.keySet());
    }

    /** These splits have been sent to readers, which hold them from now on. */
    public void sent(Collection<String> splitIds) {
        withheld.keySet().removeAll(splitIds);
        onlyFor.keySet().removeAll(splitIds);
        if (withheld.isEmpty()) {
            // A map that was large stays so inside, for ever.
            withheld = new LinkedHashMap<>();
        }
    }

    public void forget(String splitId) {
        withheld.remove(splitId);
        onlyFor.remove(splitId);
        // It may come back, and be with another reader when an attempt that had it is replaced.
        missing.values().forEach(had -> had.remove(splitId));
    }

    /** The attempt of this subtask is gone; it had these. */
    public void attemptGone(int subtask, Collection<String> had) {
        missing.computeIfAbsent(subtask, none -> new HashSet<>()).addAll(had);
    }

    /** What the attempts before the next one had and that has not come back. */
    public Set<String> missing(int subtask) {
        return Set.copyOf(missing.getOrDefault(subtask, Set.of()));
    }

    public void cameBack(int subtask, String splitId) {
        Optional.ofNullable(missing.get(subtask)).ifPresent(had -> had.remove(splitId));
    }

    /** The next attempt of this subtask is there: what has not come back never will. */
    public void attemptStarted(int subtask) {
        missing.remove(subtask);
    }
}
