package io.leasehold.link;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;

import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Where the enumerator of a leased source and the coordinators of the leased sinks behind it meet,
 * in the JobManager: Flink tells none of them of the others, nor which job they are of. They find
 * each other by an id that is put into all of them when the job's graph is built.
 *
 * <p>Either end may come first, and be replaced at any time. A sink that comes late is told what
 * the others have been told. What an enumerator says after another has taken its place is ignored.
 *
 * <p>Thread-safe. No lock is held while an end is called.
 */
public final class JobLink {

    /**
     * A link lives as long as one of its ends knows it: whoever has asked for it and not attached
     * itself yet meets all that come later.
     */
    private static final Map<String, WeakReference<JobLink>> LINKS = new HashMap<>();

    private final Map<String, SinkEnd> sinks = new TreeMap<>();
    private Optional<SourceEnd> source = Optional.empty();
    private Optional<OutputStanding> standing = Optional.empty();

    private JobLink() {}

    /** The link of the job with this id, in this process. */
    public static JobLink of(String id) {
        synchronized (LINKS) {
            LINKS.values().removeIf(link -> link.get() == null);
            JobLink known = LINKS.getOrDefault(id, new WeakReference<>(null)).get();
            if (known == null) {
                known = new JobLink();
                LINKS.put(id, new WeakReference<>(known));
            }
            return known;
        }
    }

    // ------------------------------------------------------------------------------------------
    // Ends
    // ------------------------------------------------------------------------------------------

    /**
     * An enumerator starts. It takes the place of an earlier one, whose standing does not count any
     * more.
     */
    public synchronized void attach(SourceEnd end) {
        source = Optional.of(end);
        standing = Optional.empty();
    }

    /** An enumerator has ended; nothing happens if another has taken its place. */
    public synchronized void detach(SourceEnd end) {
        if (isCurrent(end)) {
            source = Optional.empty();
            standing = Optional.empty();
        }
    }

    /**
     * The coordinator of a sink starts.
     *
     * @throws IllegalStateException if another sink of the job has the same id
     */
    public void attach(SinkEnd end) {
        Optional<OutputStanding> now;
        synchronized (this) {
            SinkEnd before = sinks.putIfAbsent(end.sinkId(), end);
            if (before != null && before != end) {
                throw new IllegalStateException(
                        "Two leased sinks of this job have the id '%s': their output could not be told apart. Give each an id of its own."
                                .formatted(end.sinkId()));
            }
            now = standing;
        }
        now.ifPresent(table -> end.stands(table.of(end.sinkId())));
    }

    /** The coordinator of a sink has ended. */
    public synchronized void detach(SinkEnd end) {
        sinks.remove(end.sinkId(), end);
    }

    private boolean isCurrent(SourceEnd end) {
        return source.filter(current -> current == end).isPresent();
    }

    // ------------------------------------------------------------------------------------------
    // To the sinks
    // ------------------------------------------------------------------------------------------

    private Collection<SinkEnd> sinksFor(SourceEnd from) {
        synchronized (this) {
            return isCurrent(from) ? List.copyOf(sinks.values()) : List.of();
        }
    }

    private void tell(SourceEnd from, Consumer<SinkEnd> word) {
        sinksFor(from).forEach(word);
    }

    /** Tells every sink how its output stands; also those that come later. */
    public void stands(SourceEnd from, OutputStanding table) {
        synchronized (this) {
            if (isCurrent(from)) {
                standing = Optional.of(table);
            }
        }
        tell(from, sink -> sink.stands(table.of(sink.sinkId())));
    }

    /** Ids of the sinks whose coordinators are there now. */
    public synchronized Set<String> sinkIds() {
        return Set.copyOf(sinks.keySet());
    }

    /**
     * What all sinks have prepared for checkpoints up to this one.
     *
     * @return by the id of the sink, without those that have prepared nothing. As {@link
     *     SinkEnd#preparedUpTo}
     */
    public CompletableFuture<Map<String, byte[]>> preparedUpTo(SourceEnd from, long checkpointId) {
        Map<String, CompletableFuture<Optional<byte[]>>> bySink = new TreeMap<>();
        tell(from, sink -> bySink.put(sink.sinkId(), sink.preparedUpTo(checkpointId)));
        return CompletableFuture.allOf(bySink.values().toArray(CompletableFuture[]::new))
                .thenApply(
                        all ->
                                bySink.entrySet().stream()
                                        .filter(sink -> sink.getValue().join().isPresent())
                                        .collect(
                                                Collectors.toMap(
                                                        Map.Entry::getKey,
                                                        sink ->
                                                                sink.getValue()
                                                                        .join()
                                                                        .orElseThrow())));
    }

    /** See {@link SinkEnd#decided}. */
    public void decided(SourceEnd from, DecidedCheckpoint checkpoint) {
        tell(from, sink -> sink.decided(checkpoint));
    }

    /** See {@link SinkEnd#isVoid}. */
    public void isVoid(SourceEnd from, long checkpointId, String why) {
        tell(from, sink -> sink.isVoid(checkpointId, why));
    }

    /**
     * Gives each sink the rows that are of it.
     *
     * @return rows of sinks that this job does not have
     */
    public List<DecidedOutput> adopt(SourceEnd from, List<DecidedOutput> rows) {
        Map<String, List<DecidedOutput>> bySink =
                rows.stream().collect(Collectors.groupingBy(row -> row.key().sinkId()));
        tell(
                from,
                sink -> {
                    List<DecidedOutput> own = bySink.remove(sink.sinkId());
                    if (own != null) {
                        sink.adopt(own);
                    }
                });
        return bySink.values().stream().flatMap(List::stream).toList();
    }

    /** See {@link SinkEnd#sealed}. */
    public void sealed(SourceEnd from, Incarnation closed) {
        tell(from, sink -> sink.sealed(closed));
    }

    // ------------------------------------------------------------------------------------------
    // To the source
    // ------------------------------------------------------------------------------------------

    /** The enumerator that is there now, if one is. */
    public synchronized Optional<SourceEnd> source() {
        return source;
    }
}
