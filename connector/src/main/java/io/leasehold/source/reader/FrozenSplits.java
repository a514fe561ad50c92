package io.leasehold.source.reader;

import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The splits that a reader is asked to emit no more, and those that stand still already: these stay
 * in its state until they are let go, since nobody else's holds them before that.
 *
 * <p>Task thread only.
 */
final class FrozenSplits<SplitT extends SourceSplit> {

    private record Frozen<SplitT extends SourceSplit>(LeasedSplit<SplitT> split, long request) {}

    /** Numbers of the requests, by split. */
    private final Map<String, Long> asked = new LinkedHashMap<>();

    private final Map<String, Frozen<SplitT>> frozen = new LinkedHashMap<>();

    /** This split is to be emitted no more. */
    void ask(String splitId, long request) {
        asked.put(splitId, request);
    }

    /** Which of these splits are to be frozen. */
    List<String> askedOf(Collection<String> splitIds) {
        return splitIds.stream().filter(asked::containsKey).toList();
    }

    /** A split that was asked for is not emitted any more. */
    void freeze(LeasedSplit<SplitT> split) {
        frozen.put(split.leaseId(), new Frozen<>(split, asked.remove(split.leaseId())));
    }

    /**
     * The split need not be frozen any more.
     *
     * @return where it stands, if it did
     */
    Optional<LeasedSplit<SplitT>> thaw(String splitId) {
        asked.remove(splitId);
        return Optional.ofNullable(frozen.remove(splitId)).map(Frozen::split);
    }

    void forget(Set<String> splitIds) {
        asked.keySet().removeAll(splitIds);
        frozen.keySet().removeAll(splitIds);
    }

    /** Whether no split stands still. */
    boolean isEmpty() {
        return frozen.isEmpty();
    }

    List<LeasedSplit<SplitT>> splits() {
        List<LeasedSplit<SplitT>> splits = new ArrayList<>();
        frozen.values().forEach(one -> splits.add(one.split()));
        return splits;
    }

    /** The numbers of the requests that the frozen splits were frozen for. */
    Map<String, Long> requests() {
        Map<String, Long> requests = new LinkedHashMap<>();
        frozen.forEach((splitId, one) -> requests.put(splitId, one.request()));
        return requests;
    }
}
