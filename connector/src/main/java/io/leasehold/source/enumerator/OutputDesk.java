package io.leasehold.source.enumerator;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.link.OutputStanding;
import io.leasehold.link.SourceEnd;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.book.CheckpointDecisions;
import io.leasehold.source.book.SinkWord;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The enumerator's end of the link to the leased sinks of its job: what the book says to them, and
 * what they ask. Questions are answered on the coordinator thread; the rest is on that thread too.
 */
final class OutputDesk implements SourceEnd, SinkWord.Listener {

    /** How the book is reached, on the coordinator thread. */
    interface Decisions {
        /** Says something, and lets follow what follows. */
        void say(Consumer<CheckpointDecisions<?>> word);

        boolean mayBegin();

        boolean mayAcknowledge();
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutputDesk.class);

    /** Flink does not count a checkpoint that its coordinators refuse. */
    private static final Duration MAY_BEGIN_WITHIN = Duration.ofSeconds(1);

    /** How often a sink is looked for that is not there. */
    private static final Duration SINKS_COME_WITHIN = Duration.ofMillis(200);

    private final OutputLink job;
    private final Executor coordinator;
    private final Decisions decisions;
    private final Duration patience;
    private final Duration sinksMissing;

    private final List<CompletableFuture<Void>> beginning = new ArrayList<>();
    private final List<CompletableFuture<Optional<String>>> acknowledging = new ArrayList<>();
    private final Map<Incarnation, List<CompletableFuture<Boolean>>> seals = new HashMap<>();

    /** The sinks that were there when a checkpoint began. */
    private final TreeMap<Long, Set<String>> sinksAt = new TreeMap<>();

    /** Checkpoints whose output is asked when all their sinks are there; each is named once. */
    private final Set<Long> unasked = new HashSet<>();

    private final Set<DecidedOutput.Key> unadopted = new HashSet<>();

    /**
     * @param coordinator runs on the coordinator thread
     * @param patience how long an acknowledgement and an answer of the store are waited for
     * @param sinksMissing how long a sink is waited for whose output belongs to a checkpoint
     */
    OutputDesk(
            OutputLink job,
            Executor coordinator,
            Decisions decisions,
            Duration patience,
            Duration sinksMissing) {
        this.job = job;
        this.coordinator = coordinator;
        this.decisions = decisions;
        this.patience = patience;
        this.sinksMissing = sinksMissing;
    }

    static Optional<OutputDesk> of(
            Optional<OutputLink> job,
            BookSettings source,
            Executor coordinator,
            Decisions decisions) {
        return job.map(
                link ->
                        new OutputDesk(
                                link,
                                coordinator,
                                decisions,
                                source.terms().renewInterval(),
                                source.startupTimeout()));
    }

    void open() {
        job.link().attach(this);
    }

    /** Nothing is answered any more. On any thread. */
    void close() {
        job.link().detach(this);
    }

    /** A checkpoint begins; returns the sinks whose output belongs to it. */
    Set<String> begun(long checkpointId) {
        Set<String> now = job.link().sinkIds();
        sinksAt.put(checkpointId, now);
        return now;
    }

    /** Answers what can be answered by now. */
    void look() {
        if (decisions.mayBegin()) {
            beginning.forEach(answer -> answer.complete(null));
            beginning.clear();
        }
        if (decisions.mayAcknowledge()) {
            acknowledging.forEach(answer -> answer.complete(Optional.empty()));
            acknowledging.clear();
        }
        beginning.removeIf(CompletableFuture::isDone);
        acknowledging.removeIf(CompletableFuture::isDone);
        List.copyOf(unasked).forEach(this::ask);
    }

    // ------------------------------------------------------------------------------------------
    // What the sinks ask
    // ------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Void> mayBegin(long checkpointId) {
        return answer(
                beginning,
                MAY_BEGIN_WITHIN,
                answer ->
                        answer.completeExceptionally(
                                new IllegalStateException(
                                        "Checkpoint %s cannot begin: an earlier one is not decided yet, or the leases of this job have expired. A later checkpoint is tried."
                                                .formatted(checkpointId))));
    }

    @Override
    public CompletableFuture<Optional<String>> mayAcknowledge(long checkpointId) {
        return answer(
                acknowledging,
                patience,
                answer ->
                        answer.complete(
                                Optional.of(
                                        "Checkpoint %s might not be decided in time: the leases of this job were not renewed for too long"
                                                .formatted(checkpointId))));
    }

    private <T> CompletableFuture<T> answer(
            List<CompletableFuture<T>> waiting,
            Duration atMost,
            Consumer<CompletableFuture<T>> otherwise) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        after(atMost, () -> otherwise.accept(answer));
        inCoordinator(
                () -> {
                    waiting.add(answer);
                    look();
                });
        return answer;
    }

    private void inCoordinator(Runnable action) {
        try {
            coordinator.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("The coordinator is closed; what a sink said is dropped.", e);
        }
    }

    private static void after(Duration time, Runnable action) {
        CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS).execute(action);
    }

    @Override
    public void committed(DecidedOutput.Key output) {
        inCoordinator(() -> decisions.say(book -> book.committed(output)));
    }

    @Override
    public CompletableFuture<Boolean> isSealed(Incarnation closed) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        after(
                patience,
                () ->
                        answer.completeExceptionally(
                                new IllegalStateException(
                                        "The lease store has not said in time whether %s is closed."
                                                .formatted(closed))));
        inCoordinator(
                () -> {
                    seals.computeIfAbsent(closed, none -> new ArrayList<>()).add(answer);
                    decisions.say(book -> book.readSeal(closed));
                });
        return answer;
    }

    // ------------------------------------------------------------------------------------------
    // What the book says
    // ------------------------------------------------------------------------------------------

    @Override
    public void told(SinkWord.Stands word) {
        job.link()
                .stands(
                        this,
                        new OutputStanding(
                                job.group(),
                                job.me(),
                                word.line(),
                                word.decided(),
                                word.restoredIsVoid(),
                                word.rows()));
    }

    /** A sink that is not there yet has output too: without it nothing may be decided. */
    @Override
    public void told(SinkWord.AskOutput word) {
        long checkpointId = word.checkpointId();
        job.requireSinks(sinksOf(checkpointId));
        unasked.add(checkpointId);
        after(sinksMissing, () -> inCoordinator(() -> missing(checkpointId)));
        askUntilAsked(checkpointId);
    }

    private void askUntilAsked(long checkpointId) {
        ask(checkpointId);
        if (unasked.contains(checkpointId)) {
            after(SINKS_COME_WITHIN, () -> inCoordinator(() -> askUntilAsked(checkpointId)));
        }
    }

    private void ask(long checkpointId) {
        if (!job.link().sinkIds().containsAll(sinksOf(checkpointId))
                || !unasked.remove(checkpointId)) {
            return;
        }
        job.link()
                .preparedUpTo(this, checkpointId)
                .whenComplete(
                        (output, failure) ->
                                inCoordinator(() -> prepared(checkpointId, output, failure)));
    }

    private void prepared(long checkpointId, Map<String, byte[]> output, Throwable failure) {
        decisions.say(
                failure == null
                        ? book -> book.prepared(checkpointId, output)
                        : book -> book.lost(checkpointId, why(failure)));
    }

    private Set<String> sinksOf(long checkpointId) {
        return sinksAt.getOrDefault(checkpointId, job.restoredSinks());
    }

    private void missing(long checkpointId) {
        if (unasked.remove(checkpointId)) {
            Set<String> missing = new HashSet<>(sinksOf(checkpointId));
            missing.removeAll(job.link().sinkIds());
            decisions.say(
                    book ->
                            book.lost(
                                    checkpointId,
                                    "The job has no leased sink %s any more, whose output belongs to it."
                                            .formatted(missing)));
        }
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
    }

    @Override
    public void told(SinkWord.IsDecided word) {
        sinksAt.headMap(word.checkpoint().checkpointId(), true).clear();
        job.link().decided(this, word.checkpoint());
    }

    @Override
    public void told(SinkWord.IsVoid word) {
        job.link().isVoid(this, word.checkpointId(), word.why());
    }

    @Override
    public void told(SinkWord.Adopt word) {
        for (DecidedOutput row : job.link().adopt(this, word.rows())) {
            if (unadopted.add(row.key())) {
                LOG.warn(
                        "The {} is not committed: this job has no sink of that name. A job that has one commits it.",
                        row.key());
            }
        }
    }

    @Override
    public void told(SinkWord.IsSealed word) {
        job.link().sealed(this, word.closed());
    }

    @Override
    public void told(SinkWord.SealRead word) {
        Optional.ofNullable(seals.remove(word.closed()))
                .ifPresent(asked -> asked.forEach(answer -> answer.complete(word.isSealed())));
    }
}
