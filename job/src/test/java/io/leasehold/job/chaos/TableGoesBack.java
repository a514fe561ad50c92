package io.leasehold.job.chaos;

import io.leasehold.job.chaos.Fault.CutStoreUntilFailover;
import io.leasehold.job.chaos.Fault.Failover;
import io.leasehold.job.chaos.Fault.KillJob;
import io.leasehold.job.chaos.Fault.KillTaskManager;
import io.leasehold.job.chaos.Fault.LoseReplication;
import io.leasehold.job.chaos.Scenario.Step;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The lease table fails over to an asynchronous replica that lacks the last seconds. In these,
 * splits changed owners or epochs, in one of three ways; the seeds 1, 2 and 3 have one each.
 */
final class TableGoesBack implements Scenario.Faults {

    /** Longer than it takes until splits change owners or epochs. */
    private static final int LEAST_SECONDS = 17;

    /** Longer than a tick, so that each member has a request without an answer. */
    private static final Duration SILENCE = Duration.ofMillis(2_500);

    /** For so long A reads by the table as it is now, and B by what it was. */
    private static final Duration APART = Duration.ofSeconds(4);

    private static final Duration LOOK_ON = Duration.ofSeconds(50);

    /** What happens in the seconds that are lost. */
    private enum Mishap {
        /** All of A is killed for good, and B takes over. The table then says A again. */
        A_IS_KILLED,
        /** A is cut off, and B takes over. A comes back, and the table says that it owns all. */
        A_IS_CUT_OFF,
        /** A loses a TaskManager, and its splits are granted anew. */
        A_FAILS_OVER;

        Fault fault(Duration lasts) {
            return switch (this) {
                case A_IS_KILLED -> new KillJob(Scenario.A, lasts);
                case A_IS_CUT_OFF -> new CutStoreUntilFailover(Scenario.A, lasts);
                case A_FAILS_OVER -> new KillTaskManager(Scenario.A, lasts);
            };
        }

        Failover failover() {
            return switch (this) {
                case A_IS_KILLED -> new Failover(List.of(Scenario.B), SILENCE, Duration.ZERO);
                // A is there first, and reads beside B until B notices.
                case A_IS_CUT_OFF -> new Failover(List.of(Scenario.B), SILENCE, APART);
                // Both look at the replica before it is promoted.
                case A_FAILS_OVER -> new Failover(List.of(), Duration.ZERO, Duration.ZERO);
            };
        }

        Set<String> mustNotice() {
            return this == A_FAILS_OVER ? Set.of(Scenario.A, Scenario.B) : Set.of(Scenario.B);
        }
    }

    @Override
    public List<Step> of(Random seed, Duration length) {
        Mishap mishap = mishap(seed);
        Duration lasts = Duration.ofSeconds(LEAST_SECONDS + seed.nextInt(4));
        return List.of(
                new Step(new LoseReplication(Duration.ZERO), Duration.ofSeconds(1)),
                new Step(mishap.fault(lasts), Duration.ZERO),
                new Step(mishap.failover(), LOOK_ON));
    }

    /** The members that see changes of which the table then knows nothing, and that live on. */
    static Set<String> mustNotice(long seed) {
        return mishap(new Random(seed)).mustNotice();
    }

    private static Mishap mishap(Random seed) {
        return Mishap.values()[seed.nextInt(Mishap.values().length)];
    }
}
