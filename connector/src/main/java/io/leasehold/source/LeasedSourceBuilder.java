package io.leasehold.source;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStoreFactory;

import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.function.SerializableFunction;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Builds a {@link LeasedSource}. Every setter refuses at once what can never be right. */
public final class LeasedSourceBuilder<T, SplitT extends SourceSplit, InnerT> {

    public static final Duration DEFAULT_STARTUP_TIMEOUT = Duration.ofMinutes(1);
    public static final Duration DEFAULT_DENIED_TIMEOUT = Duration.ofMinutes(10);

    private final Source<T, SplitT, InnerT> inner;
    private Optional<String> group = Optional.empty();
    private Optional<String> memberId = Optional.empty();
    private Optional<LeaseStoreFactory> store = Optional.empty();
    private LeaseTerms terms = LeaseTerms.of(LeaseTerms.DEFAULT_DURATION);
    private Share share = Share.of(1);
    private Duration startupTimeout = DEFAULT_STARTUP_TIMEOUT;
    private Duration deniedTimeout = DEFAULT_DENIED_TIMEOUT;
    private ProgressRecording progress = ProgressRecording.ONE_BEHIND;
    private SerializableFunction<SplitT, String> boundsOf;
    private Optional<SplitIds> splitIds = Optional.empty();
    private final Set<String> sinkPrefixes = new TreeSet<>();
    private RestoreRule restore = RestoreRule.AUTO;
    private LostLease onLost = LostLease.FAIL;
    private UnalignedCheckpoints unalignedCheckpoints = UnalignedCheckpoints.REFUSE;
    private OutputCommits output = OutputCommits.NONE;

    LeasedSourceBuilder(Source<T, SplitT, InnerT> inner) {
        this.inner = Objects.requireNonNull(inner, "the source to wrap");
        this.boundsOf = KnownSources.boundsOf(inner);
    }

    /** Jobs that name the same group share the queue. Required. */
    public LeasedSourceBuilder<T, SplitT, InnerT> group(String group) {
        this.group = Optional.of(Names.require("group", group));
        return this;
    }

    /**
     * The name of this job within the group. Default: one made up by {@link #build()}, so that all
     * restarts of one submission are one member. Name it if a job that is submitted anew shall take
     * its place at once.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> memberId(String memberId) {
        this.memberId = Optional.of(Names.require("member id", memberId));
        return this;
    }

    /** Where the leases are. Required. */
    public LeasedSourceBuilder<T, SplitT, InnerT> store(LeaseStoreFactory store) {
        this.store = Optional.of(store);
        return this;
    }

    /** The times. Default: those that go with a duration of 10 s. */
    public LeasedSourceBuilder<T, SplitT, InnerT> terms(LeaseTerms terms) {
        this.terms = Objects.requireNonNull(terms, "terms");
        return this;
    }

    /**
     * The share of this job relative to the others. Default 1; 0 takes only what no other job is
     * left for.
     *
     * @throws IllegalArgumentException if negative
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> weight(int weight) {
        this.share = new Share(weight, share.mostSplits(), share.balance());
        return this;
    }

    /**
     * The most splits this job takes, whatever its share. Default: any number. What no job has room
     * for is not read.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> maxSplits(int maxSplits) {
        this.share = new Share(share.weight(), maxSplits, share.balance());
        return this;
    }

    /**
     * What is shared evenly. Default {@link Balance#COUNT}; by load only where every job of the
     * group says so.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> balance(Balance balance) {
        this.share = new Share(share.weight(), share.mostSplits(), balance);
        return this;
    }

    /** How long a store that does not answer is asked when the job starts. Default 1 minute. */
    public LeasedSourceBuilder<T, SplitT, InnerT> startupTimeout(Duration startupTimeout) {
        this.startupTimeout = notNegative("lease.startup.timeout", startupTimeout);
        return this;
    }

    /**
     * How long a running job continues where the store denies it access, because of its password,
     * its rights or the tables, before it fails for good. Its readers pause meanwhile. Default 10
     * minutes.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> deniedTimeout(Duration deniedTimeout) {
        this.deniedTimeout = notNegative("lease.denied.timeout", deniedTimeout);
        return this;
    }

    private static Duration notNegative(String option, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(
                    option + " is " + value + "; it must not be negative.");
        }
        return value;
    }

    /** When positions are recorded. Default {@link ProgressRecording#ONE_BEHIND}. */
    public LeasedSourceBuilder<T, SplitT, InnerT> progress(ProgressRecording progress) {
        this.progress = Objects.requireNonNull(progress, "progress");
        return this;
    }

    /**
     * Where restored splits resume. Default {@link RestoreRule#AUTO}; the others are for one start
     * each.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> restore(RestoreRule restore) {
        this.restore = Objects.requireNonNull(restore, "restore");
        return this;
    }

    /**
     * What this job does when a lease it has is not its own any more. Default {@link
     * LostLease#FAIL}.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> onLost(LostLease onLost) {
        this.onLost = Objects.requireNonNull(onLost, "onLost");
        return this;
    }

    /**
     * What this job does where its checkpoints may be unaligned. Default {@link
     * UnalignedCheckpoints#REFUSE}.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> unalignedCheckpoints(
            UnalignedCheckpoints unalignedCheckpoints) {
        this.unalignedCheckpoints =
                Objects.requireNonNull(unalignedCheckpoints, "unalignedCheckpoints");
        return this;
    }

    /**
     * Who says what output of this job is committed. Default {@link OutputCommits#NONE}; with
     * {@link OutputCommits#DECIDED} the {@link #progress} does not count.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> output(OutputCommits output) {
        this.output = Objects.requireNonNull(output, "output");
        return this;
    }

    /**
     * States what the split ids of the wrapped source are. Required for every source that is not
     * known here; {@code docs/sources.md} lists those that are, and says what to look at.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> splitIds(SplitIds splitIds) {
        this.splitIds = Optional.of(splitIds);
        return this;
    }

    /**
     * What the transactions of one of this job's sinks begin with: the transactional id prefix of a
     * KafkaSink. Two jobs with one prefix end each other's transactions for ever. A source cannot
     * see the sinks of its job, so say it: then a job fails at its start if another live member of
     * the group says the same. Call it once for each sink.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> sinkPrefix(String prefix) {
        sinkPrefixes.add(Names.requirePrintable("sink prefix", prefix));
        return this;
    }

    /**
     * What of a split must be the same in every job, wherever in it a reader stands: which file or
     * rows it is, or where it ends, for example, in words for people. If this job's source has
     * found a split with other bounds than the lease table holds under the same id, the job fails,
     * and the error has both. Compared when this job acquires the split. Default: where a Kafka
     * partition ends; for other sources nothing.
     */
    public LeasedSourceBuilder<T, SplitT, InnerT> boundsOf(
            SerializableFunction<SplitT, String> boundsOf) {
        this.boundsOf = Objects.requireNonNull(boundsOf, "boundsOf");
        return this;
    }

    /**
     * Builds the source. The result may be used once in a job: two of one member id would shut each
     * other out.
     *
     * @throws IllegalStateException if group or store are missing, or if nothing is known of the
     *     source's split ids
     * @throws IllegalArgumentException if the store's settings can never work, or if output is
     *     decided and splits that are lost are dropped
     */
    public LeasedSource<T, SplitT, InnerT> build() {
        WrappedSource.requireStableIds(inner, splitIds);
        store.ifPresent(LeaseStoreFactory::validate);
        if (output == OutputCommits.DECIDED && onLost == LostLease.DROP) {
            throw new IllegalArgumentException(
                    "lease.output is decided and lease.on-lost is drop: what was read of a split that was lost would be committed though another job reads it again. Set lease.on-lost to fail.");
        }
        LeasedSourceOptions options =
                new LeasedSourceOptions(
                        group.orElseThrow(() -> missing("group", "group(..)")),
                        memberId.orElseGet(() -> "member-" + UUID.randomUUID()),
                        store.orElseThrow(() -> missing("lease store", "store(..)")),
                        terms,
                        share,
                        startupTimeout,
                        deniedTimeout,
                        progress,
                        restore,
                        onLost,
                        unalignedCheckpoints,
                        output,
                        Set.copyOf(sinkPrefixes));
        return inner instanceof LineageVertexProvider
                ? new LeasedSourceWithLineage<>(inner, boundsOf, options)
                : new LeasedSource<>(inner, boundsOf, options);
    }

    private static IllegalStateException missing(String what, String call) {
        return new IllegalStateException(
                "A leased source needs a " + what + "; say which with " + call + ".");
    }
}
