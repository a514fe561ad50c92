package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Unknown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/** Sends requests of several kinds against each other, each kind one after the other. */
final class InAnyOrder {

    /** Sends one request, of whatever the dice say. */
    interface Round {
        LeaseOutcome<?> send(Random random);
    }

    private final Duration duration;
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private List<Integer> done = List.of();

    InAnyOrder(Duration duration) {
        this.duration = duration;
    }

    void run(Round... rounds) throws Exception {
        AtomicIntegerArray counts = new AtomicIntegerArray(rounds.length);
        long end = System.nanoTime() + duration.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(rounds.length);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int at = 0; at < rounds.length; at++) {
                int kind = at;
                Random random = new Random(kind);
                all.add(
                        threads.submit(
                                () -> {
                                    do {
                                        if (rounds[kind].send(random) instanceof Unknown<?> it) {
                                            failures.add(kind + ": " + it.cause().getMessage());
                                        }
                                        counts.incrementAndGet(kind);
                                    } while (System.nanoTime() < end);
                                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        done = IntStream.range(0, rounds.length).mapToObj(counts::get).toList();
    }

    /** Of requests whose outcome is unknown. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** How many requests of each kind were sent. */
    List<Integer> done() {
        return done;
    }

    /** At least two of them, in an order of their own. */
    static <T> List<T> some(List<T> all, Random random) {
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, 2 + random.nextInt(all.size() - 1));
    }
}
