package io.leasehold.option;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.source.LostLease;
import io.leasehold.source.OutputCommits;
import io.leasehold.source.ProgressRecording;
import io.leasehold.source.SplitIds;
import io.leasehold.source.UnalignedCheckpoints;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import static io.leasehold.option.Option.optional;
import static io.leasehold.option.Option.required;
import static io.leasehold.option.Option.secret;
import static io.leasehold.option.Option.withDefault;

/**
 * Every option of a leased source, declared once, for whoever reads options: the job that comes
 * with it, and tables. {@code conf/job.yaml} lists the same ones.
 */
public final class LeaseOptions {

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
            optional("lease.user", OptionType.TEXT, "The user that logs in to that database.");
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
                    "How long a reader emits after it asked for a grant, at most half of "
                            + "lease.duration. If not given: 3 s, or half of lease.duration if "
                            + "that is less.");
    public static final Option<Duration> EXTEND_INTERVAL =
            optional(
                    LeaseTerms.EXTEND_INTERVAL,
                    OptionType.DURATION,
                    "How often a reader asks to extend its grant, at most half of "
                            + "lease.reader.grant. If not given: a third of it.");
    public static final Option<Duration> HANDOFF_TIMEOUT =
            optional(
                    LeaseTerms.HANDOFF_TIMEOUT,
                    OptionType.DURATION,
                    "How long to wait for a split that another job is to hand over, at "
                            + "least lease.duration. Then this job takes it over as from a dead "
                            + "job, and what that job has emitted since its last checkpoint is "
                            + "emitted again. Set it well above the other jobs' checkpoint "
                            + "intervals, since they hand over when a checkpoint completes. If not "
                            + "given: 10 min, or lease.duration if that is more.");
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
                    "How long to try at start if the lease table does not answer, or refuses the "
                            + "password in lease.password.file, which may be about to change.");
    public static final Option<Duration> DENIED_TIMEOUT =
            withDefault(
                    "lease.denied.timeout",
                    OptionType.DURATION,
                    "10 min",
                    "How long a running job waits where the lease table denies it access: a wrong "
                            + "password, a missing right or table. Its readers pause meanwhile. Then it "
                            + "fails, and Flink does not restart it.");
    public static final Option<Duration> READERS_TIMEOUT =
            withDefault(
                    LeaseTerms.READERS_TIMEOUT,
                    OptionType.DURATION,
                    "1 min",
                    "How long this job keeps its splits while tasks that should read "
                            + "them are missing, as without free slots. Then it releases them, and "
                            + "acquires none until all its tasks are back. At least the reader "
                            + "grant. At start lease.startup.timeout counts instead.");
    public static final Option<Duration> RESTART_HOLD =
            optional(
                    LeaseTerms.RESTART_HOLD,
                    OptionType.DURATION,
                    "How long other jobs leave the splits of this job to it when it is "
                            + "closed, since it may only restart. Set it as long as a restart "
                            + "takes if the job restarts often. If not given: the reader grant.");
    public static final Option<Duration> RETENTION =
            withDefault(
                    LeaseTerms.RETENTION,
                    OptionType.DURATION,
                    "7 d",
                    "How long the row of a closed job that owns nothing stays in the "
                            + "lease table, by the database's clock; at least lease.duration and "
                            + "lease.restart.hold. Its orders are deleted with it. Needs DELETE on "
                            + "lease_member; without that right such rows stay.");
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
                    "The most splits this job owns, whatever its share. Splits beyond "
                            + "every job's limit stay unassigned, and the log says how many. If "
                            + "not given: any number.");
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
                    "The checkpoint from whose positions a takeover resumes. One-behind: "
                            + "the last but one, whose Kafka transactions are surely committed. "
                            + "At-once: the last one, which loses records with an exactly-once "
                            + "sink if a job dies before its commit.");
    public static final Option<RestoreRule> RESTORE =
            withDefault(
                    "lease.restore",
                    OptionType.oneOf(RestoreRule.class),
                    "auto",
                    "Where restored splits resume. Auto: at the position in the "
                            + "checkpoint or savepoint, or at the recorded one if another job "
                            + "acquired the split since. State: always at the one in the "
                            + "checkpoint or savepoint, to go back in time. Table: always at the "
                            + "recorded one. Fail: as auto, but fail rather than resume at the "
                            + "recorded one. A split that a live job owns stays with it in any "
                            + "case. All but auto are for one start each: automatic restarts of "
                            + "the whole job follow them too.");
    public static final Option<LostLease> ON_LOST =
            withDefault(
                    "lease.on-lost",
                    OptionType.oneOf(LostLease.class),
                    "fail",
                    "What to do if somebody changes the lease table so that this job "
                            + "does not own a split any more. Fail: return to the last checkpoint, "
                            + "so that nothing is committed without a right to. Drop: continue "
                            + "without the split; what was read of it since the last recorded "
                            + "checkpoint may be committed twice.");

    public static final Option<OutputCommits> OUTPUT =
            withDefault(
                    "lease.output",
                    OptionType.oneOf(OutputCommits.class),
                    "none",
                    "Who says what output of this job is committed. None: its sinks do. Decided: "
                            + "the lease table does, together with the positions; for jobs whose "
                            + "sinks are leased, and not with lease.on-lost drop. Then "
                            + "lease.progress does not count.");

    public static final Option<UnalignedCheckpoints> UNALIGNED_CHECKPOINTS =
            withDefault(
                    "lease.unaligned-checkpoints",
                    OptionType.oneOf(UnalignedCheckpoints.class),
                    "refuse",
                    "What to do if Flink's checkpoints may be unaligned. These keep records that are in "
                            + "flight in the job's own state. Refuse: fail at start. Lose-records: run, and "
                            + "lose these records when another job takes splits over after a crash.");

    public static final Option<SplitIds> SPLIT_IDS =
            optional(
                    "lease.split-ids",
                    OptionType.oneOf(SplitIds.class),
                    "States that the source's split ids are stable: each names the same part of the "
                            + "queue in every job and at all times. Must be given for sources that "
                            + "docs/sources.md does not list; Kafka needs it not.");
    public static final Option<List<String>> SINK_PREFIXES =
            optional(
                    "lease.sink-prefixes",
                    OptionType.TEXTS,
                    "What the transactions of this job's sinks begin with: their transactional id "
                            + "prefixes. Each job must have its own; one that comes second with a prefix "
                            + "fails at its start. The job says those of its own sink by itself.");

    /** All of them, in the order of {@code conf/job.yaml}. */
    public static final List<Option<?>> ALL =
            List.of(
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
                    DENIED_TIMEOUT,
                    READERS_TIMEOUT,
                    RESTART_HOLD,
                    RETENTION,
                    WEIGHT,
                    MAX_SPLITS,
                    BALANCE,
                    PROGRESS,
                    RESTORE,
                    ON_LOST,
                    OUTPUT,
                    UNALIGNED_CHECKPOINTS,
                    SPLIT_IDS,
                    SINK_PREFIXES);

    /**
     * Whatever follows goes to the connection pool (hikari.*) or the database's driver, but for
     * {@code driver}, which is that driver's class.
     */
    public static final String JDBC = "lease.jdbc.";

    private LeaseOptions() {}
}
