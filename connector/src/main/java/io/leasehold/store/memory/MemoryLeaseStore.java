package io.leasehold.store.memory;

import io.leasehold.lease.model.Names;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A session on a {@link MemoryLeaseTable}. Answers at once; {@code Unknown} only when closed. */
public final class MemoryLeaseStore implements LeaseStore {

    private static final Map<String, MemoryLeaseTable> NAMED = new ConcurrentHashMap<>();

    private final MemoryLeaseTable table;
    private volatile boolean closed;

    MemoryLeaseStore(MemoryLeaseTable table) {
        this.table = table;
    }

    /** The table of that name in this JVM: all who name it share it, until the JVM ends. */
    public static LeaseStoreFactory named(String name) {
        return new Named(Names.require("name of the lease store", name));
    }

    private record Named(String name) implements LeaseStoreFactory {
        @Override
        public LeaseStore open(Duration timeout) {
            return NAMED.computeIfAbsent(name, missing -> new MemoryLeaseTable()).open();
        }

        @Override
        public String toString() {
            return "memory:" + name;
        }
    }

    @Override
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        return closed ? LeaseOutcome.Unknown.closed() : table.answer(request);
    }

    @Override
    public void close() {
        closed = true;
    }
}
