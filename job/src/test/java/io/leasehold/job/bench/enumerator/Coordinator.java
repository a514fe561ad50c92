package io.leasehold.job.bench.enumerator;

import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.source.split.LeasedSplitSerializer;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.InternalSplitEnumeratorMetricGroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/**
 * What an enumerator sees of Flink: a coordinator thread, and readers that are only names. As Flink
 * does, it serializes the splits of each assignment on that thread, into one message a reader.
 */
final class Coordinator implements SplitEnumeratorContext<LeasedSplit<KafkaPartitionSplit>> {

    private final int parallelism;
    private final LeasedSplitSerializer<KafkaPartitionSplit> serializer;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "coordinator");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Map<Integer, ReaderInfo> registered = new ConcurrentHashMap<>();

    /** On the coordinator thread alone, as all that follows. */
    private final Map<Integer, List<byte[]>> assigned = new TreeMap<>();

    private final Map<Integer, CompletableFuture<Void>> grants = new TreeMap<>();
    private int assignedCount;
    private int messages;
    private int awaitedCount = Integer.MAX_VALUE;
    private CompletableFuture<Void> awaited = new CompletableFuture<>();

    Coordinator(int parallelism, LeasedSplitSerializer<KafkaPartitionSplit> serializer) {
        this.parallelism = parallelism;
        this.serializer = serializer;
    }

    /** Runs something on the coordinator thread, and waits for it. */
    <X> X call(Callable<X> task) throws Exception {
        return await(
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return task.call();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        thread));
    }

    /**
     * Waits for something that happens on the coordinator thread.
     *
     * @throws ExecutionException if something there has failed
     */
    <X> X await(CompletableFuture<X> what)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture.anyOf(what, failure).get(2, TimeUnit.MINUTES);
        return what.get(0, TimeUnit.SECONDS);
    }

    void register(ReaderInfo reader) {
        registered.put(reader.getSubtaskId(), reader);
    }

    /** When so many splits will have been assigned. On the coordinator thread. */
    CompletableFuture<Void> assigned(int count) {
        awaitedCount = count;
        awaited = new CompletableFuture<>();
        checkAwaited();
        return awaited;
    }

    private void checkAwaited() {
        if (assignedCount >= awaitedCount) {
            awaited.complete(null);
        }
    }

    /** When that reader will be granted something. On the coordinator thread. */
    CompletableFuture<Void> granted(int subtask) {
        return grants.computeIfAbsent(subtask, none -> new CompletableFuture<>());
    }

    /** How many messages with splits were sent to readers. */
    int messages() {
        return messages;
    }

    /** The splits each reader was sent, serialized; they are forgotten here. */
    Map<Integer, List<byte[]>> takeAssigned() {
        Map<Integer, List<byte[]>> taken = new TreeMap<>(assigned);
        assigned.clear();
        return taken;
    }

    void end() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("The coordinator thread does not end.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted before the coordinator ended.", e);
        }
    }

    @Override
    public void assignSplits(SplitsAssignment<LeasedSplit<KafkaPartitionSplit>> assignment) {
        assignment
                .assignment()
                .forEach(
                        (subtask, splits) -> {
                            messages++;
                            assignedCount += splits.size();
                            List<byte[]> had =
                                    assigned.computeIfAbsent(subtask, none -> new ArrayList<>());
                            splits.forEach(split -> had.add(bytes(split)));
                        });
        checkAwaited();
    }

    private byte[] bytes(LeasedSplit<KafkaPartitionSplit> split) {
        try {
            return serializer.serialize(split);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
        if (event instanceof GrantExtended) {
            granted(subtask).complete(null);
        }
    }

    @Override
    public void runInCoordinatorThread(Runnable task) {
        thread.execute(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        failure.completeExceptionally(e);
                    }
                });
    }

    @Override
    public int currentParallelism() {
        return parallelism;
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
        return registered;
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
        return new InternalSplitEnumeratorMetricGroup(new UnregisteredMetricsGroup());
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
        throw new IllegalStateException("The queue has no end.");
    }

    @Override
    public <X> void callAsync(Callable<X> callable, BiConsumer<X, Throwable> handler) {
        throw new IllegalStateException("The wrapped enumerator here calls nothing.");
    }

    @Override
    public <X> void callAsync(
            Callable<X> callable, BiConsumer<X, Throwable> handler, long delay, long period) {
        throw new IllegalStateException("The wrapped enumerator here calls nothing.");
    }
}
