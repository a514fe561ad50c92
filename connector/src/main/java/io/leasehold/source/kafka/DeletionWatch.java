package io.leasehold.source.kafka;

import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;

import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A Kafka reader that says how many records its topics deleted before it came to read them. Kafka's
 * consumer continues at the first record that is still there, and says nothing of the others.
 *
 * <p>It asks Kafka when it is given splits, and at checkpoints, if the last time is long ago. What
 * comes of it is told on a thread of Kafka's client; all else is the task's thread.
 */
@SuppressWarnings("try") // What the wrapped reader's close may throw is Flink's to declare.
final class DeletionWatch<T> implements SourceReader<T, KafkaPartitionSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(DeletionWatch.class);

    /** Topics keep records for hours. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final SourceReader<T, KafkaPartitionSplit> inner;
    private final FirstOffsets firstOffsets;
    private final LongSupplier nanoClock;
    private final LongConsumer deleted;

    private final Object lock = new Object();
    private final DeletedRecords records = new DeletedRecords();
    private long askedAt;

    private DeletionWatch(
            SourceReader<T, KafkaPartitionSplit> inner,
            FirstOffsets firstOffsets,
            LongSupplier nanoClock,
            LongConsumer deleted) {
        this.inner = inner;
        this.firstOffsets = firstOffsets;
        this.nanoClock = nanoClock;
        this.deleted = deleted;
        this.askedAt = nanoClock.getAsLong();
    }

    /**
     * The reader, watched if it is one of a KafkaSource.
     *
     * @param deleted told of numbers of deleted records, on a thread of Kafka's client
     */
    @SuppressWarnings("unchecked") // The splits of a KafkaSource are these.
    static <T, SplitT extends SourceSplit> SourceReader<T, SplitT> around(
            SourceReader<T, SplitT> reader,
            Source<?, ?, ?> source,
            LongSupplier nanoClock,
            LongConsumer deleted) {
        return KafkaStart.consumerProperties(source)
                .map(FirstOffsets::new)
                .map(
                        first ->
                                (SourceReader<T, SplitT>)
                                        new DeletionWatch<>(
                                                (SourceReader<T, KafkaPartitionSplit>) reader,
                                                first,
                                                nanoClock,
                                                deleted))
                .orElse(reader);
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        synchronized (lock) {
            splits.forEach(split -> records.beginsAt(split.splitId(), split.getStartingOffset()));
        }
        inner.addSplits(splits);
        ask(splits);
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        List<KafkaPartitionSplit> splits = inner.snapshotState(checkpointId);
        synchronized (lock) {
            splits.forEach(split -> records.standsAt(split.splitId(), split.getStartingOffset()));
            records.keep(splits.stream().map(SourceSplit::splitId).collect(Collectors.toSet()));
        }
        if (nanoClock.getAsLong() - askedAt >= INTERVAL.toNanos()) {
            ask(splits);
        }
        return splits;
    }

    private void ask(Collection<KafkaPartitionSplit> splits) {
        if (splits.isEmpty()) {
            return;
        }
        askedAt = nanoClock.getAsLong();
        firstOffsets
                .of(splits.stream().map(KafkaPartitionSplit::getTopicPartition).toList())
                .whenComplete(
                        (answer, failure) -> {
                            if (failure == null) {
                                answer.forEach(this::firstIs);
                            } else {
                                LOG.debug(
                                        "Kafka does not say what it has deleted; it is asked again later.",
                                        failure);
                            }
                        });
    }

    private void firstIs(TopicPartition partition, ListOffsetsResultInfo first) {
        String splitId = KafkaPartitionSplit.toSplitId(partition);
        synchronized (lock) {
            records.firstIs(splitId, first.offset())
                    .ifPresent(
                            number -> {
                                deleted.accept(number);
                                LOG.warn(
                                        "The split '{}': up to {} records below offset {} were deleted by Kafka before they were read. It resumes at the first that is still there; a topic must keep its records for longer than its readers may be away.",
                                        splitId,
                                        number,
                                        first.offset());
                            });
        }
    }

    @Override
    public void start() {
        inner.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        return inner.pollNext(output);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return inner.isAvailable();
    }

    @Override
    public void notifyNoMoreSplits() {
        inner.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        inner.handleSourceEvents(event);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        inner.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        inner.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        inner.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws Exception {
        try {
            firstOffsets.close();
        } finally {
            inner.close();
        }
    }
}
