package io.leasehold.job;

import io.leasehold.option.KnownOptions;
import io.leasehold.option.LeaseOptions;
import io.leasehold.option.Option;
import io.leasehold.option.OptionType;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import static io.leasehold.option.Option.optional;
import static io.leasehold.option.Option.required;
import static io.leasehold.option.Option.withDefault;

/**
 * Every option of the job, declared once, but those of the lease, which are {@link LeaseOptions}:
 * {@code conf/job.yaml} lists the same ones.
 */
public final class JobOptions {

    // The queue.
    public static final Option<String> BOOTSTRAP_SERVERS =
            required(
                    "kafka.bootstrap.servers",
                    OptionType.TEXT,
                    "Where the Kafka cluster is: host:port, several with commas between them.");
    public static final Option<List<String>> TOPICS =
            required(
                    "kafka.topics",
                    OptionType.TEXTS,
                    "The topics that the group's jobs share. The same in every job of a group.");
    public static final Option<StartPosition> START =
            withDefault(
                    "kafka.start",
                    StartPosition.TYPE,
                    "earliest",
                    "Where a partition starts that nobody in the group has read yet. Latest means: "
                            + "after what is there when the partition is first found.");
    public static final Option<Duration> DISCOVERY_INTERVAL =
            withDefault(
                    "kafka.discovery.interval",
                    OptionType.DURATION,
                    "1 min",
                    "How often to look for new partitions.");
    public static final Option<Boolean> COMMIT_OFFSETS =
            withDefault(
                    "kafka.commit.offsets",
                    OptionType.SWITCH,
                    "false",
                    "Whether completed checkpoints also commit offsets to Kafka, under "
                            + "the lease group's name, for tools that show a consumer group's lag. "
                            + "Nothing here reads them: what counts is the recorded position in "
                            + "the lease table.");

    // What is done with the records.
    public static final Option<Boolean> DEDUP_ENABLED =
            withDefault(
                    "dedup.enabled",
                    OptionType.SWITCH,
                    "true",
                    "Whether to drop records whose id this job has seen, and to count per key.");
    public static final Option<RecordIdPlace> DEDUP_ID =
            withDefault(
                    "dedup.id",
                    RecordIdPlace.TYPE,
                    "header:record-id",
                    "Where a record's id is: a Kafka header, the record's key, or its position, which "
                            + "never repeats. A record without that header or key has its position as id.");
    public static final Option<Duration> DEDUP_TTL =
            withDefault(
                    "dedup.ttl",
                    OptionType.DURATION,
                    "1 h",
                    "How long an id is remembered after it was seen, and a key's count after its "
                            + "last record.");

    // Where they go.
    public static final Option<SinkKind> SINK =
            withDefault(
                    "sink.kind",
                    OptionType.oneOf(SinkKind.class),
                    "kafka",
                    "Where the records go: a Kafka topic, or the standard output of the TaskManagers.");
    public static final Option<String> SINK_TOPIC =
            optional(
                    "sink.topic",
                    OptionType.TEXT,
                    "The output topic. Must be given with sink.kind: kafka.");
    public static final Option<String> SINK_BOOTSTRAP_SERVERS =
            optional(
                    "sink.bootstrap.servers",
                    OptionType.TEXT,
                    "Where the output's Kafka cluster is. If not given: kafka.bootstrap.servers.");
    public static final Option<SinkGuarantee> SINK_GUARANTEE =
            withDefault(
                    "sink.guarantee",
                    OptionType.oneOf(SinkGuarantee.class),
                    "exactly-once",
                    "Exactly-once writes in Kafka transactions, which consumers see at each completed "
                            + "checkpoint if they read committed records only.");
    public static final Option<Duration> TRANSACTION_TIMEOUT =
            withDefault(
                    "sink.transaction.timeout",
                    OptionType.DURATION,
                    "15 min",
                    "When Kafka aborts a transaction. Until then a killed job's open "
                            + "transaction blocks everybody who reads committed records of the "
                            + "output topic; but a job that is down for longer than this, between "
                            + "a checkpoint and its commit, loses what it had written. At most the "
                            + "broker's transaction.max.timeout.ms, which is 15 min unless changed.");

    // How it runs.
    public static final Option<String> JOB_NAME =
            optional(
                    "job.name",
                    OptionType.TEXT,
                    "Its name in Flink's web UI. If not given: the group's and the member's.");
    public static final Option<Integer> PARALLELISM =
            optional(
                    "job.parallelism",
                    OptionType.number(1, 32_767),
                    "Of all operators. If not given: the cluster's default; with leasehold run: 2.");
    public static final Option<Duration> CHECKPOINT_INTERVAL =
            withDefault(
                    "checkpoint.interval",
                    OptionType.DURATION,
                    "10 s",
                    "How often to take a checkpoint: how late committed output is, and how much is "
                            + "read again after a crash.");
    public static final Option<Duration> CHECKPOINT_TIMEOUT =
            withDefault(
                    "checkpoint.timeout",
                    OptionType.DURATION,
                    "5 min",
                    "When a checkpoint expires.");
    public static final Option<String> CHECKPOINT_DIR =
            optional(
                    "checkpoint.dir",
                    OptionType.TEXT,
                    "Where checkpoints go: a URI such as file:///... or s3://... that JobManager and "
                            + "TaskManagers can reach. If not given: as the cluster is set; else they "
                            + "stay in the JobManager's memory and die with it.");
    public static final Option<Boolean> CHECKPOINT_RETAIN =
            withDefault(
                    "checkpoint.retain",
                    OptionType.SWITCH,
                    "true",
                    "Whether a cancelled job's last checkpoint is kept, to start from again.");
    public static final Option<String> RESTORE_FROM =
            optional(
                    "restore.from",
                    OptionType.TEXT,
                    "A checkpoint or savepoint to start from, for leasehold run; on a cluster use flink "
                            + "run -s.");
    public static final Option<RestartStrategy> RESTART_STRATEGY =
            withDefault(
                    "restart.strategy",
                    OptionType.oneOf(RestartStrategy.class),
                    "exponential-delay",
                    "How the job restarts by itself after a failure.");
    public static final Option<Duration> RESTART_DELAY =
            withDefault(
                    "restart.delay",
                    OptionType.DURATION,
                    "1 s",
                    "How long to wait before a restart; with exponential-delay: before the first.");
    public static final Option<Integer> RESTART_ATTEMPTS =
            withDefault(
                    "restart.attempts",
                    OptionType.number(1, Integer.MAX_VALUE),
                    "10",
                    "How often to try with fixed-delay.");

    private static final List<Option<?>> QUEUE =
            List.of(BOOTSTRAP_SERVERS, TOPICS, START, DISCOVERY_INTERVAL, COMMIT_OFFSETS);

    private static final List<Option<?>> REST =
            List.of(
                    DEDUP_ENABLED,
                    DEDUP_ID,
                    DEDUP_TTL,
                    SINK,
                    SINK_TOPIC,
                    SINK_BOOTSTRAP_SERVERS,
                    SINK_GUARANTEE,
                    TRANSACTION_TIMEOUT,
                    JOB_NAME,
                    PARALLELISM,
                    CHECKPOINT_INTERVAL,
                    CHECKPOINT_TIMEOUT,
                    CHECKPOINT_DIR,
                    CHECKPOINT_RETAIN,
                    RESTORE_FROM,
                    RESTART_STRATEGY,
                    RESTART_DELAY,
                    RESTART_ATTEMPTS);

    /** All of them, in the order of {@code conf/job.yaml}. */
    public static final List<Option<?>> ALL =
            Stream.of(QUEUE, LeaseOptions.ALL, REST).flatMap(List::stream).toList();

    /** Whatever follows goes to the Kafka clients of source and sink. */
    public static final String KAFKA_PROPERTIES = "kafka.properties.";

    /** Whatever follows goes to the sink's Kafka client, and wins over the former. */
    public static final String SINK_PROPERTIES = "sink.properties.";

    /** Prefixes of keys that are passed through as they are. */
    public static final List<String> PASSED_THROUGH =
            List.of(KAFKA_PROPERTIES, SINK_PROPERTIES, LeaseOptions.JDBC);

    static final KnownOptions KNOWN = new KnownOptions(ALL, PASSED_THROUGH);

    private JobOptions() {}

    /** Where the records go. */
    public enum SinkKind {
        KAFKA,
        PRINT
    }

    /** What the Kafka sink promises. */
    public enum SinkGuarantee {
        EXACTLY_ONCE,
        AT_LEAST_ONCE
    }

    /** How a job restarts by itself. */
    public enum RestartStrategy {
        EXPONENTIAL_DELAY,
        FIXED_DELAY,
        NONE
    }
}
