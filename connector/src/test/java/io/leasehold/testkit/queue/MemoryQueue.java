package io.leasehold.testkit.queue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A queue of several splits in this JVM, for tests. Sources find it by its name. */
public final class MemoryQueue {

    private static final Map<String, MemoryQueue> NAMED = new ConcurrentHashMap<>();

    private final Map<String, List<String>> splits = new ConcurrentSkipListMap<>();
    private final Set<String> paused = ConcurrentHashMap.newKeySet();

    private MemoryQueue() {}

    public static MemoryQueue named(String name) {
        return NAMED.computeIfAbsent(name, missing -> new MemoryQueue());
    }

    /** Adds a split without records; nothing happens if it is there. */
    public void addSplit(String splitId) {
        splits.putIfAbsent(splitId, new CopyOnWriteArrayList<>());
    }

    public void append(String splitId, List<String> records) {
        splits.get(splitId).addAll(records);
    }

    public Set<String> splitIds() {
        return Set.copyOf(splits.keySet());
    }

    /** Whether a reader of the split is told to pause it. */
    public boolean isPaused(String splitId) {
        return paused.contains(splitId);
    }

    void pauseOrResume(Set<String> toPause, Set<String> toResume) {
        paused.addAll(toPause);
        paused.removeAll(toResume);
    }

    public int size(String splitId) {
        return splits.get(splitId).size();
    }

    /** Up to {@code most} records from a position on. */
    public List<String> read(String splitId, int from, int most) {
        // A stream sees the list as it is now; a part of it would fail while it is appended to.
        return splits.get(splitId).stream().skip(from).limit(most).toList();
    }
}
