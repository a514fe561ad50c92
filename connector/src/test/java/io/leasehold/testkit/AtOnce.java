package io.leasehold.testkit;

import io.leasehold.lease.store.LeaseOutcome;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** What two members sent at the same time became. */
record AtOnce<A, B>(LeaseOutcome<A> first, LeaseOutcome<B> second) {

    static <A, B> AtOnce<A, B> atOnce(
            Supplier<LeaseOutcome<A>> first, Supplier<LeaseOutcome<B>> second) {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch ready = new CountDownLatch(2);
            Future<LeaseOutcome<A>> one = threads.submit(() -> together(ready, first));
            Future<LeaseOutcome<B>> other = threads.submit(() -> together(ready, second));
            return new AtOnce<>(one.get(), other.get());
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static <A> LeaseOutcome<A> together(
            CountDownLatch ready, Supplier<LeaseOutcome<A>> send) throws InterruptedException {
        ready.countDown();
        ready.await();
        return send.get();
    }
}
