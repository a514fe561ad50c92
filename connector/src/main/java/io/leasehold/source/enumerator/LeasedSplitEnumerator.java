package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.book.Command;
import io.leasehold.source.book.EnumeratorBook;
import io.leasehold.source.book.JobView;
import io.leasehold.source.book.Lesson;
import io.leasehold.source.book.PositionedSplit;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.FromReader;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.metrics.EnumeratorMetrics;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.FlinkRuntimeException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * The member in Flink: runs the wrapped enumerator, tells an {@link EnumeratorBook} what happens,
 * and carries out what that decides.
 *
 * <p>Coordinator thread only, but for {@link #close}.
 */
public final class LeasedSplitEnumerator<SplitT extends SourceSplit, InnerT>
        implements SplitEnumerator<LeasedSplit<SplitT>, StoredEnumeratorState<SplitT, InnerT>> {

    /** Makes the wrapped enumerator, new or from its state. */
    public interface InnerFactory<SplitT extends SourceSplit, InnerT> {
        SplitEnumerator<SplitT, InnerT> create(SplitEnumeratorContext<SplitT> context)
                throws Exception;
    }

    /**
     * What a source says of itself.
     *
     * @param book what its book is to know
     * @param deniedTimeout how long a member that the store denies access runs before its job fails
     * @param output the link to the leased sinks of its job, where the keeper decides output
     */
    public record Settings(
            BookSettings book,
            LeaseStoreFactory stores,
            Duration deniedTimeout,
            Optional<OutputLink> output) {

        /** Of a job that does not decide its output. */
        public Settings(BookSettings book, LeaseStoreFactory stores, Duration deniedTimeout) {
            this(book, stores, deniedTimeout, Optional.empty());
        }
    }

    private final SplitEnumeratorContext<LeasedSplit<SplitT>> context;
    private final SplitDiscovery<SplitT, InnerT> discovery;
    private final Settings settings;
    private final LongSupplier nanoClock;
    private final EnumeratorMetrics metrics;
    private final LeaseLoop<SplitT> loop;
    private final GrantDesk grants;
    private final StoreOutage outage;
    private final LeaseEventLog log = new LeaseEventLog();
    private final FlinkHand<SplitT> hand;
    private final Optional<OutputDesk> output;

    /**
     * @param boundsOf what of a split must be the same in every job, for people
     * @param restored what a checkpoint held, if this enumerator is restored from one
     * @param nanoClock this machine's monotonic clock
     * @param wallMillis its wall clock, milliseconds: shows whether the machine was suspended
     * @param counts what earlier enumerators of this source have counted
     * @param io a thread of the enumerator's own, that may wait; shut down on close
     */
    public LeasedSplitEnumerator(
            SplitEnumeratorContext<LeasedSplit<SplitT>> context,
            InnerFactory<SplitT, InnerT> innerFactory,
            Optional<LeasedEnumeratorState<SplitT, InnerT>> restored,
            SimpleVersionedSerializer<SplitT> serializer,
            Function<SplitT, String> boundsOf,
            LeaseKeeper keeper,
            Settings settings,
            LongSupplier nanoClock,
            LongSupplier wallMillis,
            LeaseCounts counts,
            ScheduledExecutorService io)
            throws Exception {
        this.context = context;
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.metrics = new EnumeratorMetrics(context.metricGroup(), counts, nanoClock);
        this.grants = new GrantDesk(context::runInCoordinatorThread, new GrantDecisions());
        this.outage =
                new StoreOutage(
                        settings.book().startupTimeout(),
                        settings.deniedTimeout(),
                        restored.isPresent());
        SplitBounds<SplitT> bounds = new SplitBounds<>(boundsOf);
        InnerSplitCodec<SplitT> codec = new InnerSplitCodec<>(serializer, bounds);
        this.output =
                OutputDesk.of(
                        settings.output(),
                        settings.book(),
                        context::runInCoordinatorThread,
                        new LinkedBook<>(this::asks, this::tell));
        this.hand = new FlinkHand<>(context, bounds, log, this::looksAgainAt, output);
        this.loop =
                new LeaseLoop<>(
                        new EnumeratorBook<>(
                                keeper,
                                settings.book(),
                                codec,
                                counts.checkpoints(),
                                positioned(
                                        restored.map(LeasedEnumeratorState::withheld)
                                                .orElse(List.of())),
                                restored.map(LeasedEnumeratorState::found)
                                        .orElse(Optional.of(Set.of()))),
                        settings.stores(),
                        settings.book().terms().storeTimeout(),
                        nanoClock,
                        wallMillis,
                        io,
                        context::runInCoordinatorThread,
                        this::job,
                        this::heard,
                        this::learn,
                        this::fail,
                        metrics);
        this.discovery =
                new SplitDiscovery<>(
                        context,
                        codec,
                        restored.map(LeasedEnumeratorState::discovered).orElse(List.of()),
                        splits -> tell((book, job) -> book.discovered(splits)),
                        () -> tell(EnumeratorBook::looked));
        discovery.open(innerFactory);
    }

    private static <SplitT extends SourceSplit> List<PositionedSplit<SplitT>> positioned(
            List<LeasedSplit<SplitT>> splits) {
        return splits.stream().map(LeasedSplit::positioned).toList();
    }

    /** Asks Flink now; the time is still to come. */
    private LongFunction<JobView> job() {
        Set<Integer> registered = context.registeredReaders().keySet();
        int parallelism = context.currentParallelism();
        boolean allFound = discovery.isComplete(registered);
        return now -> new JobView(now, registered, parallelism, allFound);
    }

    /** Tells the book what has happened, carries out what it decides, and sends what it wants. */
    private void tell(BiFunction<EnumeratorBook<SplitT>, JobView, List<Command<SplitT>>> event) {
        loop.ask(event).forEach(command -> command.carryOut(hand));
        output.ifPresent(OutputDesk::look);
        loop.turn();
    }

    private void looksAgainAt(long time) {
        loop.callAt(time, () -> tell(EnumeratorBook::looked));
    }

    @Override
    public void start() {
        discovery.start();
        output.ifPresent(OutputDesk::open);
        tell((book, job) -> book.start());
    }

    @Override
    public void handleSplitRequest(int subtask, String requesterHostname) {
        discovery.request(subtask, requesterHostname);
    }

    @Override
    public void addReader(int subtask) {
        List<LeasedSplit<SplitT>> reported =
                context.registeredReaders().get(subtask).getReportedSplitsOnRegistration();
        attemptGone(subtask);
        tell((book, job) -> book.registered(subtask, positioned(reported), job));
        discovery.inner().addReader(subtask);
    }

    /**
     * Splits that a failed attempt was assigned since the checkpoint it goes back to. The wrapped
     * enumerator is not told: to it they are assigned for good, here they wait for the next reader.
     */
    @Override
    public void addSplitsBack(List<LeasedSplit<SplitT>> splits, int subtask) {
        attemptGone(subtask);
        tell((book, job) -> book.cameBack(subtask, positioned(splits), job));
    }

    private void attemptGone(int subtask) {
        grants.gone(subtask);
        discovery.attemptGone(subtask);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (!(event instanceof LeaseSourceEvent)) {
            discovery.inner().handleSourceEvent(subtask, event);
            return;
        }
        if (!(event instanceof FromReader word)) {
            throw new IllegalStateException(
                    "The enumerator got an event that is not for it: " + event);
        }
        if (word instanceof ReaderStarted reader) {
            grants.started(subtask, reader.readerId());
        }
        tell((book, job) -> book.heard(subtask, word, job));
    }

    private boolean asks(BiFunction<EnumeratorBook<SplitT>, JobView, Boolean> question) {
        return loop.ask(question);
    }

    /** What readers ask by calls. */
    private final class GrantDecisions implements GrantDesk.Decisions {

        @Override
        public Duration granted(int subtask, String readerId) {
            return loop.ask((book, job) -> book.granted(subtask, readerId, job));
        }

        @Override
        public void closed(int subtask, String readerId) {
            Closed word = new Closed(readerId, Set.of(readerId));
            tell((book, job) -> book.heard(subtask, word, job));
        }
    }

    private void heard(LeaseStep.Answer<?> answer) {
        Optional<StoreOutage.News> news =
                outage.heard(answer.request(), answer.outcome(), nanoClock.getAsLong());
        metrics.deniedSince(outage.deniedSince());
        news.ifPresent(log::say);
        if (news.isPresent() && news.get() instanceof StoreOutage.Fails fails) {
            if (fails.forGood()) {
                throw new StoreDeniedException(fails.cause());
            }
            fail(fails.cause());
        }
    }

    private void learn(Lesson<SplitT> lesson) {
        lesson.learnt().forEach(this::note);
        lesson.commands().forEach(command -> command.carryOut(hand));
        output.ifPresent(OutputDesk::look);
    }

    private void note(LeaseEvent event) {
        log.say(event);
        metrics.learnt(event);
        if (event instanceof LeaseEvent.Known known) {
            discovery.haveLeases(known.splitIds());
        } else if (event instanceof LeaseEvent.Joined) {
            outage.joined();
        } else if (event instanceof LeaseEvent.TableWentBack back) {
            LostHistories.remember(
                    settings.stores(), back.group(), back.me().memberId(), back.lost());
        }
    }

    private void fail(Throwable cause) {
        throw new FlinkRuntimeException(cause.getMessage(), cause);
    }

    @Override
    public LeasedEnumeratorState<SplitT, InnerT> snapshotState(long checkpointId) throws Exception {
        loop.ask((book, job) -> book.begun(checkpointId, job))
                .forEach(command -> command.carryOut(hand));
        InnerT inner = discovery.inner().snapshotState(checkpointId);
        Set<String> sinkIds = output.map(desk -> desk.begun(checkpointId)).orElse(Set.of());
        return loop.ask(
                (book, job) ->
                        new LeasedEnumeratorState<>(
                                inner,
                                book.withheld().stream()
                                        .map(split -> LeasedSplit.of(split, Optional.empty()))
                                        .toList(),
                                discovery.leaseless(),
                                book.found(),
                                book.decisions()
                                        .stateOf(checkpointId)
                                        .map(taken -> new OutputState(taken, sinkIds))));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        tell((book, job) -> book.completed(checkpointId, job));
        discovery.inner().notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        tell((book, job) -> book.failed(job));
        discovery.inner().notifyCheckpointAborted(checkpointId);
    }

    /** Says goodbye to the store. */
    @Override
    public void close() throws IOException {
        try {
            loop.close(() -> loop.ask(EnumeratorBook::heardOut));
        } finally {
            output.ifPresent(OutputDesk::close);
            grants.close();
            metrics.close();
            discovery.inner().close();
        }
    }
}
