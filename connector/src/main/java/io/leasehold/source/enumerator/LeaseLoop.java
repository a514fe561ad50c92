package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.member.SuspensionWatch;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.source.book.EnumeratorBook;
import io.leasehold.source.book.JobView;
import io.leasehold.source.book.Lesson;
import io.leasehold.source.metrics.EnumeratorMetrics;
import io.leasehold.source.thread.OwnThread;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Drives an {@link EnumeratorBook}: sends its requests on a thread that may wait, brings the
 * answers back to the coordinator thread, and wakes it when time has come.
 *
 * <p>The book is used on the coordinator thread alone, but for {@link #close}: Flink closes an
 * enumerator from another thread while the coordinator thread still runs. That is what the lock is
 * for; nobody waits for I/O while holding it, and Flink is asked nothing.
 */
final class LeaseLoop<S> {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseLoop.class);

    private final Object lock = new Object();
    private final EnumeratorBook<S> book;
    private final EnumeratorStore store;
    private final Duration storeTimeout;
    private final LongSupplier nanoClock;
    private final LongSupplier wallMillis;
    private final SuspensionWatch suspensions;
    private final OwnThread io;
    private final Executor coordinator;
    private final Supplier<LongFunction<JobView>> job;
    private final Consumer<LeaseStep.Answer<?>> outcomes;
    private final Consumer<Lesson<S>> lessons;
    private final Consumer<Throwable> failure;
    private final EnumeratorMetrics metrics;

    private boolean closing;
    private boolean closed;
    private Optional<Future<?>> alarm = Optional.empty();
    private Optional<Future<?>> appointment = Optional.empty();

    /**
     * @param nanoClock this machine's monotonic clock
     * @param wallMillis its wall clock, milliseconds
     * @param io one thread; shut down on close
     * @param coordinator runs on the coordinator thread
     * @param job says how the job is, by the time; asked on the coordinator thread
     * @param outcomes told of what became of each request, on the coordinator thread
     * @param lessons told of what an answer taught, on the coordinator thread
     * @param failure told on the coordinator thread of what can never work
     * @param metrics shows how the member stands, and what became of its requests
     */
    LeaseLoop(
            EnumeratorBook<S> book,
            LeaseStoreFactory stores,
            Duration storeTimeout,
            LongSupplier nanoClock,
            LongSupplier wallMillis,
            ScheduledExecutorService io,
            Executor coordinator,
            Supplier<LongFunction<JobView>> job,
            Consumer<LeaseStep.Answer<?>> outcomes,
            Consumer<Lesson<S>> lessons,
            Consumer<Throwable> failure,
            EnumeratorMetrics metrics) {
        this.book = book;
        this.store = new EnumeratorStore(stores, storeTimeout);
        this.storeTimeout = storeTimeout;
        this.nanoClock = nanoClock;
        this.wallMillis = wallMillis;
        this.suspensions = new SuspensionWatch(nanoClock.getAsLong(), wallMillis.getAsLong());
        this.io = new OwnThread(io, thrown -> inCoordinator(() -> failure.accept(thrown)));
        this.coordinator = coordinator;
        this.job = job;
        this.outcomes = outcomes;
        this.lessons = lessons;
        this.failure = failure;
        this.metrics = metrics;
    }

    /** Tells the book something, or asks it. Coordinator thread only. */
    <R> R ask(BiFunction<EnumeratorBook<S>, JobView, R> word) {
        LongFunction<JobView> at = job.get();
        synchronized (lock) {
            return word.apply(book, at.apply(look()));
        }
    }

    /** Runs something on the coordinator thread at a time; one thing at most waits for its time. */
    void callAt(long at, Runnable action) {
        synchronized (lock) {
            if (!closed) {
                appointment.ifPresent(pending -> pending.cancel(false));
                appointment =
                        Optional.of(
                                io.runAfter(
                                        Duration.ofNanos(at - nanoClock.getAsLong()),
                                        () -> inCoordinator(action)));
            }
        }
    }

    /**
     * Sends the next request if there is one, or sees to it that the book is asked again in time.
     */
    void turn() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            long now = look();
            alarm.ifPresent(pending -> pending.cancel(false));
            Optional<LeaseStep<?>> step = book.next(now);
            metrics.stands(book.standing());
            if (step.isPresent()) {
                io.run(() -> send(step.get()));
            } else {
                alarm =
                        Optional.of(
                                io.runAfter(
                                        Duration.ofNanos(book.wakeAt(now) - now),
                                        () -> inCoordinator(this::turn)));
            }
        }
    }

    /**
     * Looks at the clocks, and tells the book where they show that the machine was suspended. Under
     * the lock, before anything is decided by the time.
     *
     * @return the time
     */
    private long look() {
        Duration suspended = suspensions.looked(nanoClock.getAsLong(), wallMillis.getAsLong());
        // Behind both looks: what is sent from now on is sent after the suspension.
        long now = nanoClock.getAsLong();
        if (!suspended.isZero()) {
            LOG.warn(
                    "This machine was suspended for {} ms, or its wall clock was set forward: nothing is granted to readers until the leases are renewed.",
                    suspended.toMillis());
            book.suspended(now);
            if (!closed) {
                inCoordinator(this::turn);
            }
        }
        return now;
    }

    private <A> void send(LeaseStep<A> step) {
        long sentAt = nanoClock.getAsLong();
        LeaseStep.Answer<A> answer;
        try {
            if (!store.isOpen()) {
                store.open();
                sentAt = nanoClock.getAsLong();
            }
            answer = step.sendTo(store.get());
        } catch (LeaseStoreException e) {
            answer = step.answeredBy(new LeaseOutcome.Unknown<>(e));
        }
        took(answer, sentAt);
    }

    private void took(LeaseStep.Answer<?> answer, long sentAt) {
        metrics.answered(answer, sentAt, nanoClock.getAsLong());
        inCoordinator(() -> answered(answer, sentAt));
    }

    private void answered(LeaseStep.Answer<?> answer, long sentAt) {
        LongFunction<JobView> at = job.get();
        Lesson<S> lesson;
        synchronized (lock) {
            if (closed) {
                return;
            }
            lesson = book.answered(answer, sentAt, at.apply(look()));
        }
        outcomes.accept(answer);
        lessons.accept(lesson);
        turn();
    }

    private void inCoordinator(Runnable action) {
        try {
            coordinator.execute(action);
        } catch (RejectedExecutionException e) {
            // Flink has shut the coordinator thread down: nobody is there to care.
            LOG.debug("The coordinator is closed; dropped an answer of the lease store.", e);
        }
    }

    /**
     * Ends this incarnation: hears the coordinator thread out, at most for the store's time-out,
     * tells the store, at most for twice its time-out, and lets everything go. What is under way is
     * waited for. On any thread but the coordinator's, more than once.
     *
     * @param heardOut run on the coordinator thread when it has taken in all that Flink had for it
     */
    void close(Runnable heardOut) {
        synchronized (lock) {
            if (closing) {
                return;
            }
            closing = true;
        }
        hearOut(heardOut);
        List<LeaseRequest<?>> farewell = lastWords();
        // Nobody else would end the thread and close the store, whatever went wrong before.
        io.run(() -> store.sayAndClose(farewell));
        if (!io.end(storeTimeout.multipliedBy(2))) {
            store.abandon();
        }
    }

    private List<LeaseRequest<?>> lastWords() {
        synchronized (lock) {
            closed = true;
            // Else they would be waited for.
            alarm.ifPresent(pending -> pending.cancel(false));
            appointment.ifPresent(pending -> pending.cancel(false));
            try {
                return book.close(nanoClock.getAsLong());
            } catch (RuntimeException | Error e) {
                LOG.warn(
                        "Nothing can be said at the end; the splits move on when the lease has expired.",
                        e);
                return List.of();
            }
        }
    }

    private void hearOut(Runnable heardOut) {
        CompletableFuture<Void> heard = new CompletableFuture<>();
        try {
            coordinator.execute(
                    () -> {
                        try {
                            heardOut.run();
                        } finally {
                            heard.complete(null);
                        }
                    });
            heard.get(storeTimeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error | ExecutionException | TimeoutException e) {
            LOG.warn("Not all that the readers said at the end could be heard.", e);
        }
    }
}
