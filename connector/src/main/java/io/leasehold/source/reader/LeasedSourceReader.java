package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.TaskFinished;
import io.leasehold.source.event.LeaseSourceEvent.ToReader;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.source.thread.OwnThread;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * The wrapped source's reader behind a gate: it is polled only while this attempt is granted to
 * emit.
 *
 * <p>If its grant is not extended, whatever the reason, the reader pauses without failing, and
 * resumes where it was when it is. So a paused, cut-off or forgotten TaskManager falls silent by
 * itself.
 *
 * <p>A split restored into this reader's own state is withheld until the enumerator grants it anew:
 * somebody else may read it by now.
 *
 * <p>A split that is to be handed over is read up to the next barrier, and stands still from then
 * on. The wrapped reader is replaced by one without it in that very snapshot, so that not one
 * record behind the position in it can be emitted.
 *
 * <p>Closing it shuts the gate for good and says so, so that nobody has to wait for its grant.
 * Flink delivers that if the task has failed or come to its end, after a stop with a savepoint too;
 * if it is cancelled the next attempt in this process says it.
 *
 * <p>Everything runs on the task thread but the asking for grants.
 */
@SuppressWarnings("try") // What the wrapped reader's close may throw is Flink's to declare.
public final class LeasedSourceReader<T, SplitT extends SourceSplit>
        implements SourceReader<T, LeasedSplit<SplitT>> {

    private static final Logger LOG = LoggerFactory.getLogger(LeasedSourceReader.class);

    /** Makes a reader of the wrapped source: the first one, and one more for each handoff. */
    public interface InnerFactory<T, SplitT extends SourceSplit> {
        SourceReader<T, SplitT> create() throws Exception;
    }

    private final String readerId;
    private final SourceReaderContext context;
    private final ReplaceableReader<T, SplitT> inner;
    private final boolean bounded;
    private final ReaderMetrics metrics;
    private final ThreadFailure threadFailure = new ThreadFailure();
    private final ReaderGrant grant;
    private final EmittedCounts emitted = new EmittedCounts();
    private final SplitOutputs outputs = new SplitOutputs();
    private final ReaderSplits<T, SplitT> splits;
    private final LastPoll lastPoll = new LastPoll();
    private final IdleMark idle = new IdleMark();
    private final EnumeratorWords words;

    private Optional<GatedOutput<T>> gatedOutput = Optional.empty();
    private boolean announced;
    private boolean started;

    /** Completed when it is to be polled for another reason than the wrapped reader's. */
    private volatile CompletableFuture<Void> wake = new CompletableFuture<>();

    /**
     * @param readerId random name of this reader attempt
     * @param inner makes readers of the wrapped source
     * @param boundedness of the wrapped source: a reader of a bounded one is never marked idle
     * @param nanoClock this machine's monotonic clock
     * @param line the way on which it asks for its grant
     * @param asking a thread of the reader's own; shut down on close
     * @param closing another one, which may have to wait; shut down on close
     */
    public LeasedSourceReader(
            String readerId,
            SourceReaderContext context,
            InnerFactory<T, SplitT> inner,
            SimpleVersionedSerializer<SplitT> serializer,
            Boundedness boundedness,
            Duration extendInterval,
            LongSupplier nanoClock,
            ReaderMetrics metrics,
            GrantLine line,
            ScheduledExecutorService asking,
            ScheduledExecutorService closing)
            throws Exception {
        this.readerId = readerId;
        this.context = context;
        this.inner = new ReplaceableReader<>(inner, new OwnThread(closing, threadFailure::report));
        this.grant =
                new ReaderGrant(
                        nanoClock,
                        extendInterval,
                        line,
                        new OwnThread(asking, threadFailure::report),
                        metrics,
                        this::wake);
        this.splits =
                new ReaderSplits<>(this.inner, grant, outputs, emitted, serializer, this::wake);
        this.bounded = boundedness == Boundedness.BOUNDED;
        this.metrics = metrics;
        this.words = new EnumeratorWords(readerId, context, grant, splits, idle, () -> gatedOutput);
    }

    @Override
    public void start() {
        inner.start();
        started = true;
        Set<String> closed = ClosedReaders.inThisProcess().ofLate();
        if (!closed.isEmpty()) {
            context.sendSourceEventToCoordinator(new Closed(readerId, closed));
        }
    }

    /**
     * Says that this reader is there, at the first call after its start: within a HybridSource what
     * it restores comes after that. A barrier will do too, since who waits for others to align
     * their watermarks is not polled.
     */
    private void announce() {
        if (!announced) {
            announced = true;
            context.sendSourceEventToCoordinator(new ReaderStarted(readerId, splits.withheld()));
            grant.askFromNowOn();
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        threadFailure.rethrow();
        lastPoll.polled();
        announce();
        grant.take();
        GatedOutput<T> gated = gated(output);
        outputs.releaseIn(gated, splits.holdsNothing());
        // Without a grant, what it had before a failure may be on its way back to it. A bounded
        // source comes to its end: until then a split may be on its way, and must not be late.
        idle.polled(output, !bounded && splits.holdsNothing() && grant.open());
        if (splits.anyIsRead() && !grant.open()) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        InputStatus status = inner.pollNext(gated);
        if (status != InputStatus.MORE_AVAILABLE) {
            grant.gate().doubt();
        }
        if (status == InputStatus.END_OF_INPUT) {
            idle.ends(output);
            grant.endOfInput();
        }
        return status;
    }

    private GatedOutput<T> gated(ReaderOutput<T> output) {
        if (gatedOutput.isEmpty() || !gatedOutput.get().wraps(output)) {
            gatedOutput = Optional.of(new GatedOutput<>(output, grant.gate(), emitted, outputs));
        }
        return gatedOutput.get();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return threadFailure.orFailed(mayBePolled());
    }

    private CompletableFuture<Void> mayBePolled() {
        if (!announced || idle.awaitsPoll() || outputs.hasToRelease(splits.holdsNothing())) {
            return CompletableFuture.completedFuture(null);
        }
        if (wake.isDone()) {
            wake = new CompletableFuture<>();
        }
        // A grant that came before that woke nobody.
        if (grant.mayBeTaken()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!splits.anyIsRead()) {
            // It may come to its end without a grant.
            return either(wake, inner.isAvailable());
        }
        if (!grant.open()) {
            return wake;
        }
        return splits.anyIsFrozen() ? either(wake, inner.isAvailable()) : inner.isAvailable();
    }

    private void wake() {
        wake.complete(null);
    }

    private static CompletableFuture<Void> either(
            CompletableFuture<Void> one, CompletableFuture<Void> other) {
        return CompletableFuture.anyOf(one, other).thenAccept(any -> {});
    }

    @Override
    public void addSplits(List<LeasedSplit<SplitT>> added) {
        splits.added(added, readerId);
        splits.showIn(metrics);
    }

    @Override
    public List<LeasedSplit<SplitT>> snapshotState(long checkpointId) {
        threadFailure.rethrow();
        announce();
        grant.checkpointMayComplete();
        lastPoll.snapshot(checkpointId);
        splits.barrier(checkpointId);
        idle.barrierOver(checkpointId);
        wake();
        context.sendSourceEventToCoordinator(splits.report(readerId));
        splits.showIn(metrics);
        return splits.state();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (!(event instanceof LeaseSourceEvent ours)) {
            inner.handleSourceEvents(event);
        } else if (!ours.readerId().equals(readerId)) {
            LOG.debug("Ignored {}: it is for another attempt.", event);
        } else if (ours instanceof ToReader word) {
            word.reach(words);
            splits.showIn(metrics);
        } else {
            throw new IllegalStateException(
                    "A reader got an event that is not for readers: " + event);
        }
    }

    @Override
    public void notifyNoMoreSplits() {
        inner.notifyNoMoreSplits();
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        lastPoll.complete(checkpointId);
        inner.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        idle.barrierOver(checkpointId);
        wake();
        inner.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(
            Collection<String> splitsToPause, Collection<String> splitsToResume) {
        inner.pauseOrResumeSplits(
                outputs.splitIds(splitsToPause), outputs.splitIds(splitsToResume));
    }

    @Override
    public void close() throws Exception {
        grant.close();
        ClosedReaders.inThisProcess().closed(readerId);
        try {
            if (started) {
                started = false;
                sayClosed();
            }
            grant.endAsking();
        } finally {
            inner.close();
        }
    }

    private void sayClosed() {
        try {
            // Flink may begin another one behind a savepoint with which it drains the job.
            lastPoll.coveredBy()
                    .map(checkpointId -> new TaskFinished(readerId, checkpointId))
                    .ifPresent(context::sendSourceEventToCoordinator);
            context.sendSourceEventToCoordinator(new Closed(readerId, Set.of(readerId)));
        } catch (RuntimeException e) {
            LOG.debug("Reader {} could not say that it is closed; its grant runs on.", readerId, e);
        }
        // An event that comes when the task has finished would fail the job.
        grant.sayClosed();
    }
}
