package io.leasehold.job;

import io.leasehold.job.JobOptions.RestartStrategy;
import io.leasehold.job.JobOptions.SinkGuarantee;
import io.leasehold.job.JobOptions.SinkKind;
import io.leasehold.option.InvalidOptionsException;
import io.leasehold.option.LeaseSettings;
import io.leasehold.option.Masked;
import io.leasehold.option.OptionReader;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the job needs to know, checked: whoever has an instance need not check again. {@code
 * toString} shows no secret.
 */
public record JobSettings(
        Queue queue, LeaseSettings lease, Optional<Dedup> dedup, Sink sink, Running running) {

    /**
     * What is read.
     *
     * @param properties for the Kafka client
     */
    public record Queue(
            String bootstrapServers,
            List<String> topics,
            StartPosition start,
            Duration discoveryInterval,
            boolean commitOffsets,
            RecordIdPlace recordId,
            Map<String, String> properties) {

        @Override
        public String toString() {
            return "Queue[%s at %s from %s, %s]"
                    .formatted(topics, bootstrapServers, start, Masked.values(properties));
        }
    }

    /**
     * Which records are let through once.
     *
     * @param timeToLive how long an id is remembered
     */
    public record Dedup(Duration timeToLive) {}

    /**
     * Where the records go.
     *
     * @param topic empty with {@link SinkKind#PRINT}
     * @param properties for the Kafka client
     */
    public record Sink(
            SinkKind kind,
            Optional<String> topic,
            String bootstrapServers,
            SinkGuarantee guarantee,
            Duration transactionTimeout,
            Map<String, String> properties) {

        @Override
        public String toString() {
            return "Sink[%s %s at %s, %s, %s]"
                    .formatted(kind, topic, bootstrapServers, guarantee, Masked.values(properties));
        }
    }

    /** How it runs. */
    public record Running(
            Optional<String> jobName,
            Optional<Integer> parallelism,
            Duration checkpointInterval,
            Duration checkpointTimeout,
            Optional<String> checkpointDir,
            boolean retainCheckpoint,
            Optional<String> restoreFrom,
            RestartStrategy restartStrategy,
            Duration restartDelay,
            int restartAttempts) {}

    /**
     * Checks everything that was given.
     *
     * @throws InvalidOptionsException naming all that is wrong
     */
    public static JobSettings of(GivenOptions given) {
        OptionReader reader = new OptionReader(JobOptions.KNOWN, given.values(), given.problems());
        LeaseSettings.check(reader);
        reader.check(() -> sinkTopic(reader));
        reader.check(() -> transactionOutlivesCheckpoint(reader));
        reader.throwProblems();
        return new JobSettings(
                queue(reader),
                LeaseSettings.of(reader),
                dedup(reader),
                sink(reader),
                running(reader));
    }

    private static Queue queue(OptionReader reader) {
        return new Queue(
                reader.get(JobOptions.BOOTSTRAP_SERVERS),
                reader.get(JobOptions.TOPICS),
                reader.get(JobOptions.START),
                reader.get(JobOptions.DISCOVERY_INTERVAL),
                reader.get(JobOptions.COMMIT_OFFSETS),
                reader.get(JobOptions.DEDUP_ID),
                reader.passedThrough(JobOptions.KAFKA_PROPERTIES));
    }

    private static Optional<Dedup> dedup(OptionReader reader) {
        return reader.get(JobOptions.DEDUP_ENABLED)
                ? Optional.of(new Dedup(reader.get(JobOptions.DEDUP_TTL)))
                : Optional.empty();
    }

    private static Sink sink(OptionReader reader) {
        Map<String, String> properties =
                new HashMap<>(reader.passedThrough(JobOptions.KAFKA_PROPERTIES));
        properties.putAll(reader.passedThrough(JobOptions.SINK_PROPERTIES));
        return new Sink(
                reader.get(JobOptions.SINK),
                reader.find(JobOptions.SINK_TOPIC),
                reader.find(JobOptions.SINK_BOOTSTRAP_SERVERS)
                        .orElseGet(() -> reader.get(JobOptions.BOOTSTRAP_SERVERS)),
                reader.get(JobOptions.SINK_GUARANTEE),
                reader.get(JobOptions.TRANSACTION_TIMEOUT),
                properties);
    }

    private static Running running(OptionReader reader) {
        return new Running(
                reader.find(JobOptions.JOB_NAME),
                reader.find(JobOptions.PARALLELISM),
                reader.get(JobOptions.CHECKPOINT_INTERVAL),
                reader.get(JobOptions.CHECKPOINT_TIMEOUT),
                reader.find(JobOptions.CHECKPOINT_DIR),
                reader.get(JobOptions.CHECKPOINT_RETAIN),
                reader.find(JobOptions.RESTORE_FROM),
                reader.get(JobOptions.RESTART_STRATEGY),
                reader.get(JobOptions.RESTART_DELAY),
                reader.get(JobOptions.RESTART_ATTEMPTS));
    }

    private static void sinkTopic(OptionReader reader) {
        if (reader.find(JobOptions.SINK).equals(Optional.of(SinkKind.KAFKA))
                && reader.find(JobOptions.SINK_TOPIC).isEmpty()) {
            throw new IllegalArgumentException(
                    "%s is missing; give it, or set %s to print."
                            .formatted(JobOptions.SINK_TOPIC.key(), JobOptions.SINK.key()));
        }
        List<String> topics = reader.find(JobOptions.TOPICS).orElse(List.of());
        reader.find(JobOptions.SINK_TOPIC)
                .filter(topics::contains)
                .filter(topic -> reader.find(JobOptions.SINK_BOOTSTRAP_SERVERS).isEmpty())
                .ifPresent(
                        topic -> {
                            throw new IllegalArgumentException(
                                    "%s is '%s', which is one of %s: the job would read what it writes; name another topic."
                                            .formatted(
                                                    JobOptions.SINK_TOPIC.key(),
                                                    topic,
                                                    JobOptions.TOPICS.key()));
                        });
    }

    private static void transactionOutlivesCheckpoint(OptionReader reader) {
        Optional<Duration> interval = reader.find(JobOptions.CHECKPOINT_INTERVAL);
        Optional<Duration> timeout = reader.find(JobOptions.TRANSACTION_TIMEOUT);
        if (interval.isPresent()
                && timeout.isPresent()
                && timeout.get().compareTo(interval.get().multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "%s is %s ms, but must be at least twice %s, which is %s ms: a transaction stays open from one checkpoint to the next."
                            .formatted(
                                    JobOptions.TRANSACTION_TIMEOUT.key(),
                                    timeout.get().toMillis(),
                                    JobOptions.CHECKPOINT_INTERVAL.key(),
                                    interval.get().toMillis()));
        }
    }
}
