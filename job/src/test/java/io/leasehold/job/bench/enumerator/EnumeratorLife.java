package io.leasehold.job.bench.enumerator;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.enumerator.LeasedEnumeratorState;
import io.leasehold.source.enumerator.LeasedEnumeratorStateSerializer;
import io.leasehold.source.enumerator.LeasedSplitEnumerator;
import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.source.split.LeasedSplitSerializer;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

import static io.leasehold.testkit.UngrantedSplit.ungranted;

/**
 * One life of the only member of a group: a real enumerator on a coordinator thread, over a real
 * store, that splits of Kafka are wrapped in. Its readers do nothing but what is asked of them
 * here.
 */
public final class EnumeratorLife implements AutoCloseable {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));
    private static final KafkaPartitionSplitSerializer INNER = new KafkaPartitionSplitSerializer();
    private static final LeasedSplitSerializer<KafkaPartitionSplit> SPLITS =
            new LeasedSplitSerializer<>(INNER);
    private static final LeasedEnumeratorStateSerializer<KafkaPartitionSplit, Integer> STATE =
            new LeasedEnumeratorStateSerializer<>(new FixedQueue.Nothing(), INNER);

    /**
     * What a checkpoint holds of a job.
     *
     * @param enumerator the enumerator's state
     * @param readers by subtask, each split that it has
     */
    public record Checkpoint(byte[] enumerator, Map<Integer, List<byte[]>> readers) {

        public static final Checkpoint NOTHING = new Checkpoint(new byte[0], Map.of());

        public int splits() {
            return readers.values().stream().mapToInt(List::size).sum();
        }
    }

    private final int parallelism;
    private final int splits;
    private final Optional<Checkpoint> from;
    private final Coordinator context;
    private final LeasedSplitEnumerator<KafkaPartitionSplit, Integer> enumerator;
    private final Map<Integer, String> readerIds = new TreeMap<>();

    /** Begins with a queue of so many splits. */
    public static EnumeratorLife fresh(LeaseStoreFactory stores, int parallelism, int splits)
            throws Exception {
        return new EnumeratorLife(stores, parallelism, splits, Optional.empty());
    }

    /** Goes on from a checkpoint, of which the bytes are read. */
    public static EnumeratorLife restored(
            LeaseStoreFactory stores, int parallelism, Checkpoint from) throws Exception {
        return new EnumeratorLife(stores, parallelism, from.splits(), Optional.of(from));
    }

    private EnumeratorLife(
            LeaseStoreFactory stores, int parallelism, int splits, Optional<Checkpoint> from)
            throws Exception {
        this.parallelism = parallelism;
        this.splits = splits;
        this.from = from;
        this.context = new Coordinator(parallelism, SPLITS);
        int found = from.isPresent() ? 0 : splits;
        this.enumerator =
                context.call(
                        () ->
                                new LeasedSplitEnumerator<>(
                                        context,
                                        inner -> new FixedQueue(inner, found),
                                        state(from),
                                        INNER,
                                        split -> "",
                                        keeper(),
                                        settings(stores),
                                        System::nanoTime,
                                        System::currentTimeMillis,
                                        new LeaseCounts(),
                                        Executors.newSingleThreadScheduledExecutor()));
    }

    private static Optional<LeasedEnumeratorState<KafkaPartitionSplit, Integer>> state(
            Optional<Checkpoint> from) throws IOException {
        return from.isEmpty()
                ? Optional.empty()
                : Optional.of(STATE.deserialize(STATE.getVersion(), from.get().enumerator()));
    }

    private static LeaseKeeper keeper() {
        return new LeaseKeeper(
                "orders",
                new Incarnation("blue", UUID.randomUUID().toString()),
                Share.of(1),
                "a benchmark",
                TERMS,
                System.nanoTime());
    }

    private static LeasedSplitEnumerator.Settings settings(LeaseStoreFactory stores) {
        return new LeasedSplitEnumerator.Settings(
                new BookSettings(
                        TERMS, Duration.ofMinutes(1), true, false, RestoreRule.AUTO, false),
                stores,
                Duration.ofMinutes(10));
    }

    /**
     * Starts it, and its readers with what the checkpoint holds of them; then each asks for a grant
     * when all splits are with readers.
     */
    public void runUntilAllIsGranted() throws Exception {
        CompletableFuture<Void> assigned =
                context.call(
                        () -> {
                            enumerator.start();
                            for (int subtask = 0; subtask < parallelism; subtask++) {
                                startReader(subtask);
                            }
                            return context.assigned(splits);
                        });
        context.await(assigned);
        CompletableFuture<?>[] granted =
                context.call(
                        () ->
                                readerIds.keySet().stream()
                                        .map(this::asksForGrant)
                                        .toArray(CompletableFuture<?>[]::new));
        context.await(CompletableFuture.allOf(granted));
    }

    private void startReader(int subtask) throws IOException {
        List<LeasedSplit<KafkaPartitionSplit>> restored = new ArrayList<>();
        for (byte[] split : from.map(state -> state.readers().get(subtask)).orElse(List.of())) {
            restored.add(ungranted(SPLITS.deserialize(SPLITS.getVersion(), split)));
        }
        String readerId = UUID.randomUUID().toString();
        readerIds.put(subtask, readerId);
        context.register(ReaderInfo.createReaderInfo(subtask, "here", restored));
        enumerator.addReader(subtask);
        enumerator.handleSourceEvent(subtask, new ReaderStarted(readerId, List.of()));
    }

    private CompletableFuture<Void> asksForGrant(int subtask) {
        CompletableFuture<Void> granted = context.granted(subtask);
        enumerator.handleSourceEvent(
                subtask, new GrantRequested(readerIds.get(subtask), System.nanoTime()));
        return granted;
    }

    /** How many messages with splits were sent to readers so far. */
    public int messages() throws Exception {
        return context.call(context::messages);
    }

    /** A checkpoint of which nobody is told that it is complete: as if the job ended right then. */
    public Checkpoint lastCheckpoint() throws Exception {
        return context.call(
                () -> {
                    Map<Integer, List<byte[]>> readers = new TreeMap<>();
                    for (Map.Entry<Integer, List<byte[]>> reader :
                            context.takeAssigned().entrySet()) {
                        List<byte[]> held = new ArrayList<>();
                        for (byte[] split : reader.getValue()) {
                            held.add(
                                    SPLITS.serialize(
                                            ungranted(
                                                    SPLITS.deserialize(
                                                            SPLITS.getVersion(), split))));
                        }
                        readers.put(reader.getKey(), held);
                    }
                    return new Checkpoint(STATE.serialize(enumerator.snapshotState(1)), readers);
                });
    }

    /**
     * A checkpoint is complete for which each reader reports where its splits are, so many records
     * further than at their start.
     */
    public void complete(Checkpoint splitsOf, long checkpointId, long further) throws Exception {
        context.call(
                () -> {
                    enumerator.snapshotState(checkpointId);
                    for (Map.Entry<Integer, List<byte[]>> reader : splitsOf.readers().entrySet()) {
                        report(reader.getKey(), reader.getValue(), checkpointId, further);
                    }
                    enumerator.notifyCheckpointComplete(checkpointId);
                    return true;
                });
    }

    private void report(int subtask, List<byte[]> splits, long checkpointId, long further)
            throws IOException {
        List<Position> positions = new ArrayList<>();
        Map<String, Long> emitted = new HashMap<>();
        for (byte[] bytes : splits) {
            Position position = position(bytes, further);
            positions.add(position);
            emitted.put(position.splitId(), further);
        }
        enumerator.handleSourceEvent(
                subtask,
                new Positions(readerIds.get(subtask), checkpointId, positions, Map.of(), emitted));
    }

    /**
     * What the wrapped splits say of themselves in the positions of {@link #complete}: of each its
     * id, its serializer's bytes, and the same for people.
     */
    public static Object[] positions(Checkpoint splitsOf, long further) throws IOException {
        List<Object> parts = new ArrayList<>(3 * splitsOf.splits());
        for (List<byte[]> splits : splitsOf.readers().values()) {
            for (byte[] split : splits) {
                Position at = position(split, further);
                parts.addAll(List.of(at.splitId(), at.bytes(), at.text()));
            }
        }
        return parts.toArray();
    }

    private static Position position(byte[] bytes, long further) throws IOException {
        LeasedSplit<KafkaPartitionSplit> split = SPLITS.deserialize(SPLITS.getVersion(), bytes);
        KafkaPartitionSplit at =
                new KafkaPartitionSplit(
                        split.inner().getTopicPartition(),
                        split.inner().getStartingOffset() + further);
        return new Position(
                split.leaseId(),
                split.epoch(),
                split.tenure(),
                false,
                INNER.serialize(at),
                INNER.getVersion(),
                at.toString());
    }

    /** Ends it as a job ends that is stopped: its readers have said that they are closed. */
    @Override
    public void close() throws IOException {
        // The enumerator hears the coordinator thread out before it ends.
        context.runInCoordinatorThread(
                () ->
                        readerIds.forEach(
                                (subtask, readerId) ->
                                        enumerator.handleSourceEvent(
                                                subtask, new Closed(readerId, Set.of(readerId)))));
        enumerator.close();
        context.end();
    }
}
