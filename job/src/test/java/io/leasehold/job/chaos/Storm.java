package io.leasehold.job.chaos;

import io.leasehold.job.chaos.Fault.CutStore;
import io.leasehold.job.chaos.Fault.FreezeTaskManager;
import io.leasehold.job.chaos.Fault.KillTaskManager;
import io.leasehold.job.chaos.Fault.Partition;
import io.leasehold.job.chaos.Fault.ResetJobManagersEnd;
import io.leasehold.job.chaos.Fault.RestartBroker;
import io.leasehold.job.chaos.Fault.SlowStore;
import io.leasehold.job.chaos.Fault.StopStore;
import io.leasehold.job.chaos.Scenario.Step;
import io.leasehold.job.chaos.kit.FlinkCluster.Deaf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One fault after the other, of every kind that a job survives, on either member, until the time is
 * over. The first one is a TaskManager killed, so that every storm bites.
 */
final class Storm implements Scenario.Faults {

    @Override
    public List<Step> of(Random seed, Duration length) {
        List<Step> steps = new ArrayList<>();
        Duration taken = Duration.ZERO;
        Fault next = new KillTaskManager(Scenario.A, Duration.ofSeconds(6));
        while (taken.compareTo(length) < 0) {
            Step step = new Step(next, between(seed, 3, 10));
            steps.add(step);
            taken = taken.plus(step.fault().lasts()).plus(step.lookOn());
            next = any(seed);
        }
        return steps;
    }

    private static Fault any(Random seed) {
        String member = seed.nextBoolean() ? Scenario.A : Scenario.B;
        Duration lasts = between(seed, 2, 18);
        return switch (seed.nextInt(9)) {
            case 0, 1 -> new KillTaskManager(member, lasts);
            case 2 -> new FreezeTaskManager(member, lasts);
            case 3 -> new ResetJobManagersEnd(member, lasts);
            case 4 -> new Partition(member, Deaf.values()[seed.nextInt(3)], lasts);
            case 5 -> new StopStore(lasts);
            case 6 -> new CutStore(member, lasts);
            case 7 -> new SlowStore(Duration.ofSeconds(3), lasts);
            default -> new RestartBroker(between(seed, 1, 5));
        };
    }

    private static Duration between(Random seed, int least, int most) {
        return Duration.ofSeconds(least + seed.nextInt(most - least + 1));
    }
}
