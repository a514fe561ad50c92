package io.leasehold.sink.task;

import io.leasehold.sink.output.OutputSession;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs an {@link Adoption} until it is closed. */
final class AdoptionThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdoptionThread.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration END_WITHIN = Duration.ofSeconds(10);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /**
     * @param session opened and closed by the thread
     * @param failed told what the thread has thrown; fails the task
     */
    <C> AdoptionThread(
            Machine machine,
            String name,
            Supplier<OutputSession<C>> session,
            Function<OutputSession<C>, Adoption<C>> adoption,
            Consumer<Throwable> failed) {
        this.thread =
                machine.thread(
                        name,
                        () -> {
                            try (OutputSession<C> open = session.get()) {
                                run(adoption.apply(open));
                            } catch (InterruptedException e) {
                                LOG.debug("{} is over.", name);
                            } catch (Throwable thrown) {
                                LOG.error("{} failed.", name, thrown);
                                failed.accept(thrown);
                            }
                        });
    }

    void start() {
        thread.start();
    }

    private void run(Adoption<?> adoption) throws InterruptedException {
        do {
            adoption.step();
        } while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Interrupts the thread and waits for its end, for a bounded time. */
    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            thread.join(END_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
