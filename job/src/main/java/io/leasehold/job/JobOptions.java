package io.leasehold.job;

import io.leasehold.lease.Balance;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.RestoreRule;
import io.leasehold.source.LostLease;
import io.leasehold.source.ProgressRecording;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static io.leasehold.job.Option.optional;
import static io.leasehold.job.Option.required;
import static io.leasehold.job.Option.secret;
import static io.leasehold.job.Option.withDefault;

/** Every option of the job, declared once: {@code conf/job.yaml} lists the same ones. */
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
                    "Whether completed checkpoints also commit offsets to Kafka, under the lease group's "
                            + "name, for tools that show a consumer group's lag. Nothing here reads them: "
                            + "what counts is the progress in the lease table.");

    // The lease.
    public static final Option<String> GROUP =
            required(
                    "lease.group",
                    OptionType.TEXT,
                    "Under which name jobs share the queue. Jobs of one group share, others do not "
                            + "know of each other.");
    public static final Option<String> MEMBER_ID =
            optional(
                    "lease.member.id",
                    OptionType.TEXT,
                    "This job's name within the group. Give each job one of its own and keep it over "
                            + "restarts. If not given: a new name at each submission.");
    public static final Option<String> URL =
            required(
                    "lease.url",
                    OptionType.TEXT,
                    "The database of the lease table: jdbc:postgresql://host/database, jdbc:h2:..., or, "
                            + "with its driver beside the job, jdbc:mariadb://host/database.");
    public static final Option<String> USER =
            optional("lease.user", OptionType.TEXT, "Who logs in to that database.");
    public static final Option<String> PASSWORD =
            secret(
                    "lease.password",
                    OptionType.TEXT,
                    "The password. Other users of a machine can see command lines: better keep it in "
                            + "a file.");
    public static final Option<Path> PASSWORD_FILE =
            optional(
                    "lease.password.file",
                    OptionType.FILE,
                    "A file whose first line is the password; the JobManager reads it.");
    public static final Option<String> PASSWORD_ENV =
            optional(
                    "lease.password.env",
                    OptionType.TEXT,
                    "An environment variable of the JobManager that holds the password.");
    public static final Option<Boolean> SCHEMA_CREATE =
            optional(
                    "lease.schema.create",
                    OptionType.SWITCH,
                    "Whether to create missing lease tables at start. If not given: true for H2, "
                            + "false for others, where conf/lease-schema-*.sql is applied by hand.");
    public static final Option<Duration> DURATION =
            withDefault(
                    LeaseTerms.DURATION,
                    OptionType.DURATION,
                    "10 s",
                    "How long a dead job's splits stay its own: shorter means faster takeover, and "
                            + "less patience with a slow database.");
    public static final Option<Duration> RENEW_INTERVAL =
            optional(
                    LeaseTerms.RENEW_INTERVAL,
                    OptionType.DURATION,
                    "How often the job renews, at most a third of lease.duration. If not given: a "
                            + "fifth of it.");
    public static final Option<Duration> STORE_TIMEOUT =
            optional(
                    LeaseTerms.STORE_TIMEOUT,
                    OptionType.DURATION,
                    "How long to wait for an answer of the lease table, below lease.renew.interval. "
                            + "If not given: three quarters of it.");
    public static final Option<Duration> READER_GRANT =
            optional(
                    LeaseTerms.READER_GRANT,
                    OptionType.DURATION,
                    "How long a reader that hears nothing goes on, at most half of lease.duration. "
                            + "If not given: 3 s, or half of lease.duration if that is less.");
    public static final Option<Duration> EXTEND_INTERVAL =
            optional(
                    LeaseTerms.EXTEND_INTERVAL,
                    OptionType.DURATION,
                    "How often a reader asks for more, at most half of lease.reader.grant. If not "
                            + "given: a third of it.");
    public static final Option<Duration> HANDOFF_TIMEOUT =
            optional(
                    LeaseTerms.HANDOFF_TIMEOUT,
                    OptionType.DURATION,
                    "How long to wait for a split that another job is to hand over, at least "
                            + "lease.duration. Then it is taken as from a dead job, and what that one has "
                            + "emitted since its last checkpoint is emitted again. Well above the other "
                            + "jobs' checkpoint intervals, since they hand over when a checkpoint "
                            + "completes. If not given: 10 min, or lease.duration if that is more.");
    public static final Option<Integer> INITIAL_MEMBERS =
            withDefault(
                    LeaseTerms.INITIAL_MEMBERS,
                    OptionType.number(1, Integer.MAX_VALUE),
                    "1",
                    "How many jobs a group that nobody has read yet waits for, so that the first one "
                            + "does not take everything.");
    public static final Option<Duration> INITIAL_WAIT =
            withDefault(
                    LeaseTerms.INITIAL_WAIT,
                    OptionType.DURATION,
                    "30 s",
                    "How long to wait for them at most.");
    public static final Option<Duration> STARTUP_TIMEOUT =
            withDefault(
                    "lease.startup.timeout",
                    OptionType.DURATION,
                    "1 min",
                    "How long to try at start if the lease table does not answer.");
    public static final Option<Integer> WEIGHT =
            withDefault(
                    "lease.weight",
                    OptionType.number(0, 1_000_000),
                    "1",
                    "This job's share relative to the other jobs' weights.");
    public static final Option<Integer> MAX_SPLITS =
            optional(
                    "lease.max-splits",
                    OptionType.number(1, Integer.MAX_VALUE),
                    "The most splits this job takes, whatever its share. Splits that no job has room "
                            + "for are not read, which its log says. If not given: any number.");
    public static final Option<Balance> BALANCE =
            withDefault(
                    "lease.balance",
                    OptionType.oneOf(Balance.class),
                    "count",
                    "What is shared evenly: the number of splits, or the records per second that are "
                            + "read from them. By load only where every job of the group says so.");
    public static final Option<ProgressRecording> PROGRESS =
            withDefault(
                    "lease.progress",
                    OptionType.oneOf(ProgressRecording.class),
                    "one-behind",
                    "Which checkpoint's positions a job that takes over starts from: the last but one, "
                            + "whose Kafka transactions are surely committed, or at once the last one. "
                            + "At-once loses records with an exactly-once sink if a job dies before "
                            + "its commit.");
    public static final Option<RestoreRule> RESTORE =
            withDefault(
                    "lease.restore",
                    OptionType.oneOf(RestoreRule.class),
                    "auto",
                    "From where to go on with splits that the checkpoint or savepoint holds that the "
                            + "job starts from. Auto: from there, or from the lease table if another job "
                            + "was granted the split since. State: always from there, to go back in time. "
                            + "Table: always from the lease table. Fail: as auto, but fail rather than go "
                            + "on from the table. A split that a live job reads stays with it whatever is "
                            + "said here. All but auto are for one start each: automatic restarts of the "
                            + "whole job follow them too.");
    public static final Option<LostLease> ON_LOST =
            withDefault(
                    "lease.on-lost",
                    OptionType.oneOf(LostLease.class),
                    "fail",
                    "What to do if somebody changes the lease table so that a split is not this job's "
                            + "any more. Fail: go back to the last checkpoint, so that nothing is committed "
                            + "without a right to. Drop: go on without the split; what was read of it since "
                            + "the last recorded checkpoint may be committed twice.");

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
                    "When Kafka gives up a transaction. Until then a killed job's open transaction "
                            + "holds back everybody who reads committed records of the output topic; but a "
                            + "job that is down for longer than this, between a checkpoint and its "
                            + "commit, loses what it had written. At most the broker's "
                            + "transaction.max.timeout.ms, which is 15 min unless changed.");

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
                    "When a checkpoint is given up.");
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

    /** All of them, in the order of {@code conf/job.yaml}. */
    public static final List<Option<?>> ALL =
            List.of(
                    BOOTSTRAP_SERVERS,
                    TOPICS,
                    START,
                    DISCOVERY_INTERVAL,
                    COMMIT_OFFSETS,
                    GROUP,
                    MEMBER_ID,
                    URL,
                    USER,
                    PASSWORD,
                    PASSWORD_FILE,
                    PASSWORD_ENV,
                    SCHEMA_CREATE,
                    DURATION,
                    RENEW_INTERVAL,
                    STORE_TIMEOUT,
                    READER_GRANT,
                    EXTEND_INTERVAL,
                    HANDOFF_TIMEOUT,
                    INITIAL_MEMBERS,
                    INITIAL_WAIT,
                    STARTUP_TIMEOUT,
                    WEIGHT,
                    MAX_SPLITS,
                    BALANCE,
                    PROGRESS,
                    RESTORE,
                    ON_LOST,
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

    /** Whatever follows goes to the Kafka clients of source and sink. */
    public static final String KAFKA_PROPERTIES = "kafka.properties.";

    /** Whatever follows goes to the sink's Kafka client, and wins over the former. */
    public static final String SINK_PROPERTIES = "sink.properties.";

    /** Whatever follows goes to the connection pool (hikari.*) or the database's driver. */
    public static final String LEASE_JDBC = "lease.jdbc.";

    /** Prefixes of keys that are passed through as they are. */
    public static final List<String> PASSED_THROUGH =
            List.of(KAFKA_PROPERTIES, SINK_PROPERTIES, LEASE_JDBC);

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
