package io.leasehold.source;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.link.LinkedSource;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.enumerator.FailedEnumerator;
import io.leasehold.source.enumerator.LeasedEnumeratorState;
import io.leasehold.source.enumerator.LeasedSplitEnumerator;
import io.leasehold.source.enumerator.LostHistories;
import io.leasehold.source.enumerator.OutputLink;
import io.leasehold.source.enumerator.StoredEnumeratorState;
import io.leasehold.source.enumerator.StoredEnumeratorStateSerializer;
import io.leasehold.source.kafka.KafkaStart;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.metrics.SuccessiveMetrics;
import io.leasehold.source.reader.GrantLines;
import io.leasehold.source.reader.LeasedSourceReader;
import io.leasehold.source.reader.SuspensionClock;
import io.leasehold.source.reader.WrappedReaderContext;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.source.split.LeasedSplitSerializer;

import org.apache.flink.api.common.functions.InvalidTypesException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.watermark.WatermarkDeclaration;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.MissingTypeInfo;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.api.java.typeutils.TypeExtractor;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.function.SerializableFunction;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * Any source whose split ids are the same in every job, made to share its queue: jobs that name the
 * same group and the same lease store have each split read by one of them at a time.
 *
 * <pre>{@code
 * Source<Order, ?, ?> orders =
 *     LeasedSource.wrap(KafkaSource.<Order>builder()....build())
 *         .group("orders")
 *         .memberId("blue")
 *         .store(JdbcLeaseStore.url("jdbc:postgresql://..."))
 *         .build();
 * env.fromSource(orders, watermarks, "orders");
 * }</pre>
 *
 * <p>What the wrapped source must promise:
 *
 * <ul>
 *   <li>The id of a split names the same part of the queue in every job and at all times. This
 *       cannot be checked but as far as {@link LeasedSourceBuilder#boundsOf} tells; two different
 *       splits with one id would be taken for one.
 *   <li>The position of a split that was just discovered is concrete: "the end, whatever that is
 *       when reading starts" means something else to each owner, and what was between would be
 *       lost.
 *   <li>Its reader returns from {@code snapshotState} every split that it has not read to the end.
 *   <li>Its reader needs nothing from its enumerator but splits: when one of its splits is handed
 *       over, it is replaced by a new one, which is told nothing of the events before.
 * </ul>
 *
 * <p>The job must have checkpointing enabled: positions are recorded with checkpoints. A job
 * without fails at its start, and so does one with unaligned checkpoints, see {@link
 * UnalignedCheckpoints}. What else must be so is seen only in the job's graph: {@link #check}.
 *
 * @param <T> what is read
 * @param <SplitT> the wrapped source's splits
 * @param <InnerT> the wrapped enumerator's state
 */
public sealed class LeasedSource<T, SplitT extends SourceSplit, InnerT>
        implements Source<T, LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>>,
                SupportsSplitReassignmentOnRecovery,
                ResultTypeQueryable<T>,
                LinkedSource
        permits LeasedSourceWithLineage {

    private static final long serialVersionUID = 1L;

    private final Source<T, SplitT, InnerT> inner;
    private final SerializableFunction<SplitT, String> boundsOf;
    private final LeasedSourceOptions options;

    /** Under it the enumerator and the leased sinks of one job find each other. */
    private final String linkId = UUID.randomUUID().toString();

    /** Of the enumerators that this object has made: they follow each other after failovers. */
    private transient LeaseCounts counts;

    LeasedSource(
            Source<T, SplitT, InnerT> inner,
            SerializableFunction<SplitT, String> boundsOf,
            LeasedSourceOptions options) {
        this.inner = inner;
        this.boundsOf = boundsOf;
        this.options = options;
    }

    /**
     * Begins to wrap a source.
     *
     * @throws IllegalArgumentException if it is one that cannot be wrapped
     */
    public static <T, SplitT extends SourceSplit, InnerT>
            LeasedSourceBuilder<T, SplitT, InnerT> wrap(Source<T, SplitT, InnerT> inner) {
        WrappedSource.require(inner);
        return new LeasedSourceBuilder<>(KafkaStart.concrete(inner));
    }

    /**
     * Checks the job that this environment has been given, as far as it is built; call it last,
     * before {@code execute}. A source does not see the graph it is part of, so this call is needed
     * to be told what a takeover would lose: one WARN names the operators behind leased sources
     * that hold records from one checkpoint to the next, such as windows.
     *
     * @throws CheckpointingRefusedException if checkpoints may be unaligned and a source refuses
     *     them; without this call the job fails at its start
     * @throws IllegalArgumentException if a leased sink cannot be used where it is, with the
     *     reasons
     */
    public static void check(StreamExecutionEnvironment job) {
        CheckedGraph.check(job);
    }

    /** The settings this source was built with. */
    public LeasedSourceOptions options() {
        return options;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the lease table does not decide this source's output: leased
     *     sinks behind it would wait for ever
     */
    @Override
    public String linkId() {
        if (options.output() != OutputCommits.DECIDED) {
            throw new IllegalStateException(
                    "The source of group '%s' has a leased sink, so lease.output must be decided, but was %s."
                            .formatted(
                                    options.group(),
                                    options.output().name().toLowerCase(Locale.ROOT)));
        }
        return linkId;
    }

    @Override
    public Boundedness getBoundedness() {
        return inner.getBoundedness();
    }

    @Override
    public SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>>
            createEnumerator(SplitEnumeratorContext<LeasedSplit<SplitT>> context) throws Exception {
        return enumerator(context, inner::createEnumerator, Optional.empty());
    }

    /** Throws nothing: what goes wrong here is thrown when the enumerator starts. */
    @Override
    public SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>>
            restoreEnumerator(
                    SplitEnumeratorContext<LeasedSplit<SplitT>> context,
                    StoredEnumeratorState<SplitT, InnerT> stored) {
        try {
            LeasedEnumeratorState<SplitT, InnerT> state = stored.orThrow();
            return enumerator(
                    context,
                    innerContext -> inner.restoreEnumerator(innerContext, state.inner()),
                    Optional.of(state));
        } catch (Throwable why) {
            return new FailedEnumerator<>(why);
        }
    }

    private synchronized LeaseCounts counts() {
        if (counts == null) {
            counts = new LeaseCounts();
        }
        return counts;
    }

    private SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>> enumerator(
            SplitEnumeratorContext<LeasedSplit<SplitT>> context,
            LeasedSplitEnumerator.InnerFactory<SplitT, InnerT> innerFactory,
            Optional<LeasedEnumeratorState<SplitT, InnerT>> restored)
            throws Exception {
        Incarnation me = new Incarnation(options.memberId(), UUID.randomUUID().toString());
        LeaseKeeper keeper =
                new LeaseKeeper(
                        options.group(),
                        me,
                        options.share(),
                        options.sinkPrefixes(),
                        ProcessDescription.ofThisOne(context.metricGroup().getAllVariables()),
                        options.terms(),
                        System.nanoTime());
        LostHistories.of(options.store(), options.group(), options.memberId())
                .ifPresent(keeper::startsAfter);
        Optional<OutputLink> output =
                options.output() == OutputCommits.DECIDED
                        ? Optional.of(
                                OutputLink.of(
                                        linkId,
                                        options.group(),
                                        me,
                                        keeper,
                                        restored.flatMap(LeasedEnumeratorState::output)))
                        : Optional.empty();
        return new LeasedSplitEnumerator<>(
                context,
                innerFactory,
                restored,
                inner.getSplitSerializer(),
                boundsOf,
                keeper,
                new LeasedSplitEnumerator.Settings(
                        new BookSettings(
                                options.terms(),
                                options.startupTimeout(),
                                options.progress() == ProgressRecording.ONE_BEHIND,
                                inner.getBoundedness() == Boundedness.BOUNDED,
                                options.restore(),
                                options.onLost() == LostLease.DROP),
                        options.store(),
                        options.deniedTimeout(),
                        output),
                System::nanoTime,
                System::currentTimeMillis,
                counts(),
                thread("lease-io-" + options.group()));
    }

    @Override
    public SourceReader<T, LeasedSplit<SplitT>> createReader(SourceReaderContext context)
            throws Exception {
        RequiredCheckpoints.require(context, options.unalignedCheckpoints());
        SuccessiveMetrics innerMetrics = new SuccessiveMetrics(context.metricGroup());
        String readerId = UUID.randomUUID().toString();
        LongSupplier clock = new SuspensionClock(System::nanoTime, System::currentTimeMillis);
        ReaderMetrics metrics = new ReaderMetrics(context.metricGroup(), clock);
        return new LeasedSourceReader<>(
                readerId,
                context,
                () ->
                        WrappedSource.reader(
                                ofItsOwn(context),
                                WrappedReaderContext.of(context, innerMetrics.next()),
                                metrics::deletedUnread),
                inner.getSplitSerializer(),
                getBoundedness(),
                options.terms().extendInterval(),
                clock,
                metrics,
                GrantLines.of(readerId, context, options.terms().extendInterval(), clock),
                thread("lease-grants-" + options.group() + "-" + context.getIndexOfSubtask()),
                thread("lease-closing-" + options.group() + "-" + context.getIndexOfSubtask()));
    }

    /**
     * Readers made by one source may share what it holds, such as a connection that one of them
     * closes: the successor of a reader gets a source of its own, as in another process.
     */
    private Source<T, SplitT, InnerT> ofItsOwn(SourceReaderContext context) throws Exception {
        return InstantiationUtil.clone(inner, context.getUserCodeClassLoader().asClassLoader());
    }

    private static ScheduledExecutorService thread(String name) {
        ClassLoader own = LeasedSource.class.getClassLoader();
        return Executors.newSingleThreadScheduledExecutor(
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    if (own != ClassLoader.getSystemClassLoader()) {
                        // The job's. Flink's own wrapper of it refuses all once the job has
                        // finished.
                        thread.setContextClassLoader(own);
                    }
                    return thread;
                });
    }

    @Override
    public SimpleVersionedSerializer<LeasedSplit<SplitT>> getSplitSerializer() {
        return new LeasedSplitSerializer<>(inner.getSplitSerializer());
    }

    @Override
    public SimpleVersionedSerializer<StoredEnumeratorState<SplitT, InnerT>>
            getEnumeratorCheckpointSerializer() {
        return new StoredEnumeratorStateSerializer<>(
                inner.getEnumeratorCheckpointSerializer(), inner.getSplitSerializer());
    }

    @Override
    public Set<? extends WatermarkDeclaration> declareWatermarks() {
        return inner.declareWatermarks();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        if (inner instanceof ResultTypeQueryable<?> typed) {
            @SuppressWarnings("unchecked")
            TypeInformation<T> type = (TypeInformation<T>) typed.getProducedType();
            return type;
        }
        try {
            return TypeExtractor.createTypeInfo(Source.class, inner.getClass(), 0, null, null);
        } catch (InvalidTypesException e) {
            // As Flink does for a source that is not wrapped: the type may be given later.
            @SuppressWarnings("unchecked")
            TypeInformation<T> missing =
                    (TypeInformation<T>) new MissingTypeInfo(inner.getClass().getSimpleName(), e);
            return missing;
        }
    }

    @Override
    public String toString() {
        return "LeasedSource{" + options + ", around " + inner.getClass().getSimpleName() + "}";
    }
}
