package io.leasehold.job.chaos.kit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Lets time pass, and always comes to an end. */
public final class Pause {

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private Pause() {}

    public static void of(Duration time) {
        try {
            boolean never = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
            assert !never;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("The run was interrupted.", e);
        }
    }

    /**
     * @param what what is waited for, to be said if it does not come
     * @throws ChaosException if the condition does not hold in time
     */
    public static void until(String what, Duration within, BooleanSupplier condition) {
        if (!holds(within, condition)) {
            throw new ChaosException(
                    "Waited %d s in vain until %s.".formatted(within.toSeconds(), what));
        }
    }

    /** Waits for a condition; says whether it came to hold in time. */
    public static boolean holds(Duration within, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > within.toNanos()) {
                return false;
            }
            of(LOOK_EVERY);
        }
        return true;
    }
}
