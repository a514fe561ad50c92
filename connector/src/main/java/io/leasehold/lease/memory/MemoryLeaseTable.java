package io.leasehold.lease.memory;

import io.leasehold.lease.GroupSummary;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What a database would hold: many groups, shared by many sessions. Safe for many threads. */
public final class MemoryLeaseTable {

    private final Map<String, MemoryGroup> groups = new TreeMap<>();

    /** Opens a session on this table; see {@link MemoryLeaseStore}. */
    public MemoryLeaseStore open() {
        return new MemoryLeaseStore(this);
    }

    /** Carries out one request, while no other is. */
    synchronized <A> A in(String group, Function<MemoryGroup, A> request) {
        return request.apply(groups.computeIfAbsent(group, name -> new MemoryGroup()));
    }

    /** In order of their id. */
    synchronized List<GroupSummary> groups(int schemaVersion) {
        return groups.entrySet().stream()
                .map(group -> group.getValue().summary(group.getKey(), schemaVersion))
                .flatMap(Optional::stream)
                .toList();
    }
}
