package io.leasehold.job.chaos;

import io.leasehold.job.chaos.Fault.CutStore;
import io.leasehold.job.chaos.Fault.FreezeJobManager;
import io.leasehold.job.chaos.Fault.FreezeTaskManager;
import io.leasehold.job.chaos.Fault.KillJob;
import io.leasehold.job.chaos.Fault.KillJobManager;
import io.leasehold.job.chaos.Fault.KillTaskManager;
import io.leasehold.job.chaos.Fault.Partition;
import io.leasehold.job.chaos.Fault.ResetJobManagersEnd;
import io.leasehold.job.chaos.Fault.RestartBroker;
import io.leasehold.job.chaos.Fault.RestartJobManager;
import io.leasehold.job.chaos.Fault.SlowStore;
import io.leasehold.job.chaos.Fault.StopStore;
import io.leasehold.job.chaos.Fault.Upgrade;
import io.leasehold.job.chaos.kit.FlinkCluster.Deaf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import static io.leasehold.job.chaos.Expectation.allGoOn;
import static io.leasehold.job.chaos.Expectation.anythingMovedOrRestarted;
import static io.leasehold.job.chaos.Expectation.bareOverlaps;
import static io.leasehold.job.chaos.Expectation.failover;
import static io.leasehold.job.chaos.Expectation.newLife;
import static io.leasehold.job.chaos.Expectation.nothingMovedOrRestarted;
import static io.leasehold.job.chaos.Expectation.readOnFor;
import static io.leasehold.job.chaos.Expectation.replacedBeforeCure;
import static io.leasehold.job.chaos.Expectation.silence;
import static io.leasehold.job.chaos.Expectation.silentBeforeTheNext;
import static io.leasehold.job.chaos.Expectation.takenOver;
import static io.leasehold.job.chaos.Scenario.A;
import static io.leasehold.job.chaos.Scenario.B;
import static io.leasehold.job.chaos.Scenario.With.BARE_BESIDE;
import static io.leasehold.job.chaos.Scenario.With.HIGH_AVAILABILITY;
import static io.leasehold.job.chaos.Scenario.With.LEFT_FOR_GOOD;
import static io.leasehold.job.chaos.Scenario.With.LONG_LEASE;
import static io.leasehold.job.chaos.Scenario.With.QUICK_HEARTBEATS;
import static io.leasehold.job.chaos.Scenario.With.REPLICA;
import static io.leasehold.job.chaos.Scenario.With.TAKEOVER;
import static io.leasehold.job.chaos.Scenario.one;

/** All scenarios there are. */
final class Scenarios {

    static final List<Scenario> ALL =
            List.of(
                    new Scenario(
                            "tm-kill",
                            Set.of(BARE_BESIDE, QUICK_HEARTBEATS),
                            one(new KillTaskManager(A, seconds(15)), seconds(10)),
                            List.of(failover(A), allGoOn())),
                    new Scenario(
                            "job-kill",
                            Set.of(QUICK_HEARTBEATS, TAKEOVER, LEFT_FOR_GOOD),
                            one(new KillJob(A, seconds(25)), seconds(5)),
                            List.of(takenOver(A, B), allGoOn())),
                    new Scenario(
                            "storm",
                            Set.of(QUICK_HEARTBEATS, TAKEOVER),
                            new Storm(),
                            List.of(anythingMovedOrRestarted(), allGoOn())),
                    new Scenario(
                            "tm-freeze",
                            Set.of(BARE_BESIDE),
                            one(new FreezeTaskManager(A, seconds(62)), seconds(15)),
                            zombie(bareOverlaps())),
                    new Scenario(
                            "jm-reset",
                            Set.of(BARE_BESIDE),
                            one(new ResetJobManagersEnd(A, seconds(75)), seconds(15)),
                            zombie(bareOverlaps())),
                    partition("partition", Deaf.BOTH),
                    partition("partition-jm-deaf", Deaf.JOB_MANAGER),
                    partition("partition-tm-deaf", Deaf.TASK_MANAGER),
                    new Scenario(
                            "jm-freeze",
                            Set.of(LONG_LEASE),
                            one(new FreezeJobManager(A, seconds(30)), seconds(20)),
                            List.of(
                                    silence(A, seconds(20)),
                                    readOnFor(A, seconds(1), seconds(4)),
                                    nothingMovedOrRestarted(),
                                    allGoOn())),
                    new Scenario(
                            "jm-kill",
                            Set.of(TAKEOVER, LEFT_FOR_GOOD),
                            one(new KillJobManager(A, seconds(40)), seconds(5)),
                            List.of(takenOver(A, B), silentBeforeTheNext(A), allGoOn())),
                    new Scenario(
                            "jm-kill-ha",
                            Set.of(HIGH_AVAILABILITY, TAKEOVER),
                            one(new RestartJobManager(A, seconds(5)), seconds(60)),
                            List.of(newLife(A), silentBeforeTheNext(A), allGoOn())),
                    new Scenario(
                            "store-stop",
                            Set.of(),
                            one(new StopStore(seconds(60)), seconds(20)),
                            List.of(silence(seconds(30)), nothingMovedOrRestarted(), allGoOn())),
                    new Scenario(
                            "store-slow",
                            Set.of(),
                            one(new SlowStore(seconds(5), seconds(40)), seconds(20)),
                            List.of(silence(seconds(10)), nothingMovedOrRestarted(), allGoOn())),
                    new Scenario(
                            "store-cut-one",
                            Set.of(TAKEOVER),
                            one(new CutStore(A, seconds(40)), seconds(40)),
                            List.of(takenOver(A, B), silentBeforeTheNext(A), allGoOn())),
                    new Scenario(
                            "broker-restart",
                            Set.of(),
                            one(new RestartBroker(seconds(10)), seconds(30)),
                            List.of(silence(seconds(5)), allGoOn())),
                    new Scenario(
                            "upgrade",
                            Set.of(),
                            one(new Upgrade(A, 3, seconds(20)), seconds(10)),
                            List.of(newLife(A), allGoOn())),
                    new Scenario(
                            "table-goes-back",
                            Set.of(QUICK_HEARTBEATS, REPLICA, LEFT_FOR_GOOD),
                            new TableGoesBack(),
                            List.of(anythingMovedOrRestarted(), allGoOn())));

    private Scenarios() {}

    private static Scenario partition(String name, Deaf deaf) {
        return new Scenario(
                name,
                Set.of(BARE_BESIDE, QUICK_HEARTBEATS),
                one(new Partition(A, deaf, seconds(25)), seconds(15)),
                zombie());
    }

    /** Of a fault that leaves an attempt alive which Flink has given up. */
    private static List<Expectation> zombie(Expectation... more) {
        List<Expectation> all =
                new ArrayList<>(List.of(failover(A), replacedBeforeCure(A), allGoOn()));
        all.addAll(List.of(more));
        return all;
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
