package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.CheckpointTrouble;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.book.EnumeratorBook;
import io.leasehold.source.book.JobView;
import io.leasehold.source.metrics.EnumeratorMetrics;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class LeaseLoopTest {

    /** One tick is long. */
    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofHours(1));

    private final ScheduledExecutorService io = Executors.newSingleThreadScheduledExecutor();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CountDownLatch turns = new CountDownLatch(3);
    private volatile Executor coordinator = Runnable::run;
    private Duration storeTimeout = TERMS.storeTimeout();

    @Test
    void closingDoesNotWaitForTheNextRenewal() throws Exception {
        MemoryLeaseTable table = new MemoryLeaseTable();
        LeaseLoop<MemoryQueueSplit> loop = loop(timeout -> table.open());
        loop.turn();
        // Open, join, read.
        turns.await();

        loop.close(() -> {});

        assertThat(io.isTerminated()).isTrue();
    }

    @Test
    void closingDoesNotWaitForAnAppointment() throws Exception {
        LeaseLoop<MemoryQueueSplit> loop = loop(timeout -> new MemoryLeaseTable().open());
        loop.turn();
        turns.await();
        loop.callAt(System.nanoTime() + TERMS.duration().toNanos(), () -> {});

        loop.close(() -> {});

        assertThat(io.isTerminated()).isTrue();
    }

    /** Whatever it is: the member would never join, log nothing, and time out never. */
    @ParameterizedTest
    @MethodSource("throwables")
    void aStoreThatThrowsWhenItIsOpenedFailsTheJob(Throwable thrown) throws Exception {
        LeaseLoop<MemoryQueueSplit> loop = loop(timeout -> sneaky(thrown));

        loop.turn();

        assertThat(failure.get(5, TimeUnit.SECONDS)).isSameAs(thrown);
        loop.close(() -> {});
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void aStoreThatThrowsWhenItIsAskedFailsTheJob(Throwable thrown) throws Exception {
        LeaseLoop<MemoryQueueSplit> loop =
                loop(timeout -> asking(request -> sneaky(thrown), () -> {}));

        loop.turn();

        assertThat(failure.get(5, TimeUnit.SECONDS)).isSameAs(thrown);
        loop.close(() -> {});
    }

    private static List<Throwable> throwables() {
        return List.of(
                new IllegalStateException("on purpose"),
                new NoClassDefFoundError("on purpose"),
                new ServiceConfigurationError("on purpose"),
                new OutOfMemoryError("on purpose"),
                new StackOverflowError("on purpose"),
                new AssertionError("on purpose"),
                new IOException("undeclared, on purpose"));
    }

    @SuppressWarnings("unchecked")
    private static <R, X extends Throwable> R sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /** What it would say is lost, the goodbye is not. */
    @Test
    void aCoordinatorThreadThatDoesNotComeDoesNotKeepItFromClosing() throws Exception {
        MemoryLeaseTable table = new MemoryLeaseTable();
        LeaseLoop<MemoryQueueSplit> loop = loop(timeout -> table.open());
        loop.turn();
        turns.await();
        coordinator =
                action -> {
                    throw new RejectedExecutionException("on purpose");
                };

        loop.close(() -> failure.complete(null));

        assertThat(io.isTerminated()).isTrue();
        assertThat(failure).isNotDone();
    }

    /** As where the job's class loader is closed before all its classes were loaded. */
    @Test
    void whatFailsAtTheEndKeepsNeitherTheThreadNorTheStore() throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        LeaseStore table = new MemoryLeaseTable().open();
        LeaseLoop<MemoryQueueSplit> loop =
                loop(timeout -> asking(table::ask, () -> closed.complete(null)));
        loop.turn();
        turns.await();

        loop.close(
                () -> {
                    throw new NoClassDefFoundError("heard out");
                });

        assertThat(io.isTerminated()).isTrue();
        assertThat(closed).isDone();
    }

    /** It ends a request only when it is closed. */
    @Test
    void aStoreThatDoesNotAnswerIsClosedAtTheEndAllTheSame() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        storeTimeout = Duration.ofMillis(50);
        LeaseLoop<MemoryQueueSplit> loop =
                loop(
                        timeout ->
                                asking(
                                        request -> {
                                            asked.countDown();
                                            closed.join();
                                            return null;
                                        },
                                        () -> closed.complete(null)));
        loop.turn();
        asked.await();

        loop.close(() -> {});

        assertThat(closed).isDone();
        assertThat(io.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    }

    /** It would keep its connections for as long as the JobManager lives. */
    @Test
    void aStoreThatThrowsAtTheEndIsClosedAllTheSame() throws Exception {
        LeaseStore table = new MemoryLeaseTable().open();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        LeaseLoop<MemoryQueueSplit> loop =
                loop(
                        timeout ->
                                asking(
                                        request -> {
                                            if (request instanceof MembershipRequest.Close) {
                                                throw new IllegalStateException("broken");
                                            }
                                            return table.ask(request);
                                        },
                                        () -> closed.complete(null)));
        loop.turn();
        turns.await();

        loop.close(() -> {});

        assertThat(closed).isDone();
    }

    private interface Answers {
        LeaseOutcome<?> to(LeaseRequest<?> request);
    }

    private static LeaseStore asking(Answers answers, Runnable closed) {
        return new LeaseStore() {
            @Override
            @SuppressWarnings("unchecked") // The answer is one to this request.
            public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                return (LeaseOutcome<A>) answers.to(request);
            }

            @Override
            public void close() {
                closed.run();
            }
        };
    }

    private LeaseLoop<MemoryQueueSplit> loop(LeaseStoreFactory stores) {
        LeaseKeeper keeper =
                new LeaseKeeper(
                        "orders",
                        new Incarnation("blue", "1"),
                        Share.of(1),
                        "a test",
                        TERMS,
                        System.nanoTime());
        EnumeratorBook<MemoryQueueSplit> book =
                new EnumeratorBook<>(
                        keeper,
                        new BookSettings(
                                TERMS, TERMS.duration(), true, false, RestoreRule.AUTO, false),
                        new InnerSplitCodec<>(
                                EnumeratorRig.SERIALIZER, new SplitBounds<>(split -> "")),
                        new CheckpointTrouble(),
                        List.of(),
                        Optional.empty());
        return new LeaseLoop<>(
                book,
                stores,
                storeTimeout,
                System::nanoTime,
                System::currentTimeMillis,
                io,
                action -> coordinator.execute(action),
                () -> now -> new JobView(now, Set.of(), 1, false),
                outcome -> {},
                lesson -> turns.countDown(),
                failure::complete,
                new EnumeratorMetrics(
                        new UnregisteredMetricsGroup(), new LeaseCounts(), System::nanoTime));
    }
}
