package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

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
 * <p>Coordinator thread only.
 */
final class WithheldSplits<SplitT extends SourceSplit> {

    private Map<String, LeasedSplit<SplitT>> withheld = new LinkedHashMap<>();

    /** The one subtask that may have a withheld split, where its state holds it too. */
    private final Map<String, Integer> onlyFor = new HashMap<>();

    /** What the last attempt of a subtask had and that did not come back yet. */
    private final Map<Integer, Set<String>> missing = new HashMap<>();

    /**
     * @param splitId the object that is kept: splits make theirs anew each time they are asked
     */
    void withhold(String splitId, LeasedSplit<SplitT> split) {
        withheld.put(splitId, split);
    }

    /** The state of that reader holds the withheld split too: it must not go anywhere else. */
    void onlyFor(int subtask, String splitId) {
        onlyFor.put(splitId, subtask);
    }

    /** The one subtask that may have it, if only one may. */
    OptionalInt onlyOneFor(String splitId) {
        Integer only = onlyFor.get(splitId);
        return only == null ? OptionalInt.empty() : OptionalInt.of(only);
    }

    /** The same, told once: who assigns it is to remember it from now on. */
    OptionalInt takeOnlyOneFor(String splitId) {
        OptionalInt only = onlyOneFor(splitId);
        onlyFor.remove(splitId);
        return only;
    }

    Optional<LeasedSplit<SplitT>> of(String splitId) {
        return Optional.ofNullable(withheld.get(splitId));
    }

    List<LeasedSplit<SplitT>> all() {
        return List.copyOf(withheld.values());
    }

    /** These have been sent to readers, which hold them from now on. */
    void sent(List<LeasedSplit<SplitT>> splits) {
        splits.forEach(split -> withheld.remove(split.leaseId()));
        if (withheld.isEmpty()) {
            // A map that was large stays so inside, for ever.
            withheld = new LinkedHashMap<>();
        }
    }

    void forget(String splitId) {
        withheld.remove(splitId);
        onlyFor.remove(splitId);
        // It may come back, and be with another reader when an attempt that had it is replaced.
        missing.values().forEach(had -> had.remove(splitId));
    }

    /** The attempt of this subtask is gone; it had these. */
    void attemptGone(int subtask, Collection<String> had) {
        missing.computeIfAbsent(subtask, none -> new HashSet<>()).addAll(had);
    }

    /** What the attempts before the next one had and that has not come back. */
    Set<String> missing(int subtask) {
        return Set.copyOf(missing.getOrDefault(subtask, Set.of()));
    }

    void cameBack(int subtask, String splitId) {
        Optional.ofNullable(missing.get(subtask)).ifPresent(had -> had.remove(splitId));
    }

    /** The next attempt of this subtask is there: what has not come back never will. */
    void attemptStarted(int subtask) {
        missing.remove(subtask);
    }
}
