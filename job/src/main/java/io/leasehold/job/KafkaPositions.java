package io.leasehold.job;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.Inspection.SeenSplit;

import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Positions of Kafka partitions in the lease table, for people, and set by them. A source of
 * another kind has positions of its own, which are not known here.
 */
public final class KafkaPositions implements LeaseAdmin.Repositioning {

    private static final Pattern OFFSET_IN_TEXT = Pattern.compile("StartingOffset: (-?\\d+)");
    private static final Pattern PARTITION_IN_TEXT =
            Pattern.compile("\\[Partition: \\S+, StartingOffset: -?\\d+, StoppingOffset: -?\\d+]");
    private static final String EARLIEST = "earliest";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Where partitions are to be read from. */
    public sealed interface Target {

        /** At the first record the partition has when it is read. */
        record Earliest() implements Target {}

        /** At that offset, which is not negative. */
        record At(long offset) implements Target {}

        /** At the first record that is not older; at the end if there is none. */
        record Since(Instant time) implements Target {}

        /** So many records from where it is. */
        record By(long records) implements Target {}

        /**
         * @throws IllegalArgumentException if it is negative
         */
        static Target offset(long offset) {
            if (offset < 0) {
                throw new IllegalArgumentException(
                        "The offset is %s, but must be 0 or more.".formatted(offset));
            }
            return new At(offset);
        }

        /**
         * @param text as {@link #readable} returns it, or as it is in the table
         * @throws IllegalArgumentException if it is no progress of a Kafka partition
         */
        static Target progress(String text) {
            String position = readable(text.strip());
            if (position.equals(EARLIEST)) {
                return new Earliest();
            }
            if (position.matches("\\d{1,18}")) {
                return offset(Long.parseLong(position));
            }
            throw new IllegalArgumentException(
                    "--to-progress is '%s', but takes what describe shows of a Kafka partition: an offset, or earliest."
                            .formatted(text));
        }

        /**
         * @throws IllegalArgumentException if it is no time
         */
        static Target timestamp(String time) {
            try {
                return new Since(Instant.parse(time));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "--to-timestamp is '%s', but takes a time such as 2026-01-31T12:00:00Z."
                                .formatted(time),
                        e);
            }
        }
    }

    private record Bounds(long first, long end) {}

    private final KafkaPartitionSplitSerializer serializer = new KafkaPartitionSplitSerializer();
    private final Target target;
    private final Optional<String> bootstrapServers;
    private final Map<String, String> properties;

    /**
     * @param bootstrapServers the broker that is asked; without one, offsets are not checked
     * @param properties for the Kafka client
     * @throws IllegalArgumentException if the target cannot be found without a broker
     */
    public KafkaPositions(
            Target target, Optional<String> bootstrapServers, Map<String, String> properties) {
        this.target = target;
        this.bootstrapServers = bootstrapServers;
        this.properties = properties;
        if (target instanceof Target.Since && bootstrapServers.isEmpty()) {
            throw new IllegalArgumentException(
                    "To find a time the Kafka cluster must be asked: give --bootstrap-servers, or a --config that has %s."
                            .formatted(JobOptions.BOOTSTRAP_SERVERS.key()));
        }
    }

    @Override
    public boolean repeatable() {
        return !(target instanceof Target.By);
    }

    /** The offset alone, if the text is that of a Kafka partition. */
    public static String readable(String progress) {
        Matcher offset = OFFSET_IN_TEXT.matcher(progress);
        if (!offset.find()) {
            return progress;
        }
        return offset.group(1).equals(String.valueOf(KafkaPartitionSplit.EARLIEST_OFFSET))
                ? EARLIEST
                : offset.group(1);
    }

    /** A sentence with the texts of Kafka partitions in it made readable. */
    public static String readableIn(String sentence) {
        return PARTITION_IN_TEXT
                .matcher(sentence)
                .replaceAll(found -> Matcher.quoteReplacement("offset " + readable(found.group())))
                .replace("offset " + EARLIEST, EARLIEST);
    }

    @Override
    public Map<String, Progress> of(List<SeenSplit> splits) throws RefusedException {
        Map<String, KafkaPartitionSplit> partitions = new LinkedHashMap<>();
        for (SeenSplit split : splits) {
            partitions.put(split.lease().splitId(), partition(split));
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        if (target instanceof Target.Earliest) {
            partitions
                    .values()
                    .forEach(
                            it ->
                                    offsets.put(
                                            it.getTopicPartition(),
                                            KafkaPartitionSplit.EARLIEST_OFFSET));
        } else if (bootstrapServers.isPresent()) {
            offsets.putAll(asked(partitions.values()));
        } else {
            for (KafkaPartitionSplit partition : partitions.values()) {
                offsets.put(partition.getTopicPartition(), calculated(partition, Optional.empty()));
            }
        }
        Map<String, Progress> positions = new HashMap<>();
        partitions.forEach(
                (splitId, was) ->
                        positions.put(splitId, at(was, offsets.get(was.getTopicPartition()))));
        return positions;
    }

    private KafkaPartitionSplit partition(SeenSplit split) throws RefusedException {
        String splitId = split.lease().splitId();
        try {
            KafkaPartitionSplit partition =
                    serializer.deserialize(
                            split.progress().serializerVersion(), split.progress().bytes());
            if (partition.splitId().equals(splitId)) {
                return partition;
            }
        } catch (IOException | RuntimeException e) {
            // Said below.
        }
        throw new RefusedException(
                "The recorded position of split '%s' is not that of a Kafka partition; positions of other sources cannot be set from here."
                        .formatted(splitId));
    }

    private Progress at(KafkaPartitionSplit was, long offset) {
        KafkaPartitionSplit partition =
                new KafkaPartitionSplit(
                        was.getTopicPartition(),
                        offset,
                        was.getStoppingOffset().orElse(KafkaPartitionSplit.NO_STOPPING_OFFSET));
        try {
            return new Progress(
                    serializer.serialize(partition),
                    serializer.getVersion(),
                    partition.toString(),
                    0);
        } catch (IOException e) {
            throw new IllegalStateException("A partition cannot be serialized.", e);
        }
    }

    private Map<TopicPartition, Long> asked(Collection<KafkaPartitionSplit> partitions)
            throws RefusedException {
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers.orElseThrow());
        settings.put(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(TIMEOUT.toMillis()));
        settings.put(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.toIntExact(TIMEOUT.toMillis() / 2));
        try (Admin kafka = Admin.create(settings)) {
            Map<TopicPartition, Long> first = offsets(kafka, partitions, OffsetSpec.earliest());
            Map<TopicPartition, Long> end = offsets(kafka, partitions, OffsetSpec.latest());
            Map<TopicPartition, Long> since =
                    target instanceof Target.Since at
                            ? offsets(
                                    kafka,
                                    partitions,
                                    OffsetSpec.forTimestamp(at.time().toEpochMilli()))
                            : Map.of();
            Map<TopicPartition, Long> offsets = new HashMap<>();
            for (KafkaPartitionSplit partition : partitions) {
                TopicPartition name = partition.getTopicPartition();
                long found = since.getOrDefault(name, -1L);
                offsets.put(
                        name,
                        !since.isEmpty()
                                ? found < 0 ? end.get(name) : found
                                : calculated(
                                        partition,
                                        Optional.of(new Bounds(first.get(name), end.get(name)))));
            }
            return offsets;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("Interrupted while Kafka was asked.");
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new RefusedException(
                    "The Kafka cluster at %s does not say what offsets there are: %s"
                            .formatted(bootstrapServers.orElseThrow(), cause.getMessage()));
        }
    }

    private static Map<TopicPartition, Long> offsets(
            Admin kafka, Collection<KafkaPartitionSplit> partitions, OffsetSpec which)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition.getTopicPartition(), which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResultInfo> answer :
                kafka.listOffsets(question)
                        .all()
                        .get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .entrySet()) {
            offsets.put(answer.getKey(), answer.getValue().offset());
        }
        return offsets;
    }

    private long calculated(KafkaPartitionSplit partition, Optional<Bounds> bounds)
            throws RefusedException {
        long offset;
        if (target instanceof Target.By by) {
            offset = base(partition, bounds) + by.records();
        } else {
            offset = ((Target.At) target).offset();
        }
        long first = bounds.map(Bounds::first).orElse(0L);
        long end = bounds.map(Bounds::end).orElse(Long.MAX_VALUE);
        if (offset < first || offset > end) {
            throw new RefusedException(
                    "Split '%s' cannot be read from offset %s: %s."
                            .formatted(
                                    partition.splitId(),
                                    offset,
                                    bounds.isEmpty()
                                            ? "that is before the first"
                                            : "Kafka has those from %s, and the next will be %s"
                                                    .formatted(first, end)));
        }
        return offset;
    }

    private static long base(KafkaPartitionSplit partition, Optional<Bounds> bounds)
            throws RefusedException {
        long offset = partition.getStartingOffset();
        if (offset >= 0) {
            return offset;
        }
        if (offset == KafkaPartitionSplit.EARLIEST_OFFSET && bounds.isPresent()) {
            return bounds.get().first();
        }
        throw new RefusedException(
                "Split '%s' has not been read yet, so it is not known where --by would start: give --bootstrap-servers, or --to-offset."
                        .formatted(partition.splitId()));
    }
}
