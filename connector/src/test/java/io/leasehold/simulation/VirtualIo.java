package io.leasehold.simulation;

import io.leasehold.lease.LeaseOutcome;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseStore;
import io.leasehold.testkit.RelayingStore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The I/O thread of an enumerator that ships, on virtual time.
 *
 * <p>That thread waits in the store; nothing may wait here. So a task is run twice: first to see
 * what it asks the store for, and nothing that it does then counts; and once more, by the clock of
 * then, when the outcome is there.
 */
final class VirtualIo extends AbstractExecutorService implements ScheduledExecutorService {

    private final Machine machine;
    private final StoreWay way;
    private final Deque<Runnable> queue = new ArrayDeque<>();
    private final List<LeaseRequest<?>> asked = new ArrayList<>();
    private Optional<LeaseOutcome<?>> outcome = Optional.empty();
    private OptionalLong then = OptionalLong.empty();
    private boolean looking;
    private boolean waits;
    private boolean shutdown;

    VirtualIo(Machine machine, StoreWay way) {
        this.machine = machine;
        this.way = way;
    }

    /** What the enumerator takes for its machine's clock. */
    long clock() {
        return then.orElse(machine.clock());
    }

    /** Whether nothing counts that is done now. */
    boolean isLooking() {
        return looking;
    }

    /** The store as the enumerator has opened it. */
    LeaseStore store() {
        return new RelayingStore() {
            @Override
            @SuppressWarnings("unchecked") // It is the outcome of that very request.
            protected <A> LeaseOutcome<A> relay(LeaseRequest<A> request) {
                asked.add(request);
                return outcome.map(it -> (LeaseOutcome<A>) it)
                        .orElseGet(() -> request.sendTo(new SilentStore()));
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void execute(Runnable task) {
        inTurn(() -> sends(task));
    }

    private void inTurn(Runnable task) {
        queue.add(task);
        goOn();
    }

    private void goOn() {
        while (!waits && !queue.isEmpty()) {
            queue.remove().run();
        }
    }

    private void sends(Runnable task) {
        long sentAt = machine.clock();
        asked.clear();
        looking = true;
        task.run();
        looking = false;
        if (shutdown) {
            // Last words; nobody waits for an answer.
            asked.forEach(way::say);
        } else if (!asked.isEmpty()) {
            waits = true;
            way.ask(asked.get(0), answer -> answered(task, sentAt, answer));
        }
    }

    private void answered(Runnable task, long sentAt, LeaseOutcome<?> answer) {
        outcome = Optional.of(answer);
        then = OptionalLong.of(sentAt);
        task.run();
        then = OptionalLong.empty();
        outcome = Optional.empty();
        waits = false;
        goOn();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        Alarm alarm = new Alarm();
        machine.after(
                Math.max(0, unit.toNanos(delay)),
                () -> {
                    if (!shutdown && !alarm.cancelled) {
                        inTurn(task);
                    }
                });
        return alarm;
    }

    private static final class Alarm implements ScheduledFuture<Void> {
        private boolean cancelled;

        @Override
        public boolean cancel(boolean mayInterrupt) {
            cancelled = true;
            return true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public boolean isDone() {
            return cancelled;
        }

        @Override
        public Void get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable task, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }
}
