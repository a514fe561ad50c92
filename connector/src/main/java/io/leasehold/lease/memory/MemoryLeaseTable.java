package io.leasehold.lease.memory;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** What a database would hold: many groups, shared by many sessions. Safe for many threads. */
public final class MemoryLeaseTable {

    private final Map<String, MemoryGroup> groups = new HashMap<>();

    /** Opens a session on this table; see {@link MemoryLeaseStore}. */
    public MemoryLeaseStore open() {
        return new MemoryLeaseStore(this);
    }

    /** Carries out one request, while no other is. */
    synchronized <A> A in(String group, Function<MemoryGroup, A> request) {
        return request.apply(groups.computeIfAbsent(group, name -> new MemoryGroup()));
    }
}
