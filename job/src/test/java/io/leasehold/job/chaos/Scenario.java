package io.leasehold.job.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What is done to which jobs, and what must come of it. Two members share the queue: {@link #A}, in
 * a cluster with a TaskManager to spare, and {@link #B}.
 *
 * @param name by which it is asked for
 * @param with what is not as usual
 * @param faults made anew for each run
 */
record Scenario(String name, Set<With> with, Faults faults, List<Expectation> expectations) {

    /** What a scenario can have that others do not. */
    enum With {
        /** A job without leases runs in A's cluster too. */
        BARE_BESIDE,
        /** JobManager and TaskManagers miss each other sooner than by Flink's default. */
        QUICK_HEARTBEATS,
        /** The clusters keep what they must know in a ZooKeeper. */
        HIGH_AVAILABILITY,
        /**
         * A job may have to take over from one that had not let go, and what that one had emitted
         * since the last recorded checkpoint is emitted again.
         */
        TAKEOVER,
        /**
         * A job never comes back. Readers of the output wait for its last transaction until that
         * times out, which is sooner here.
         */
        LEFT_FOR_GOOD,
        /** A member's lease outlasts any time for which its JobManager is not heard of. */
        LONG_LEASE,
        /**
         * The lease table has a replica that follows asynchronously. The first fault ends that, the
         * last one promotes it.
         */
        REPLICA
    }

    static final String A = "a";
    static final String B = "b";
    static final String BARE = "bare";

    Scenario {
        with = Set.copyOf(with);
    }

    boolean has(With what) {
        return with.contains(what);
    }

    Duration heartbeatInterval() {
        return Duration.ofSeconds(has(With.QUICK_HEARTBEATS) ? 1 : 10);
    }

    Duration heartbeatTimeout() {
        return Duration.ofSeconds(has(With.QUICK_HEARTBEATS) ? 6 : 50);
    }

    Duration lease() {
        return Duration.ofSeconds(has(With.LONG_LEASE) ? 60 : 10);
    }

    /** Of the sinks: longer than anybody who comes back is away. */
    Duration transactionTimeout() {
        return has(With.LEFT_FOR_GOOD) ? Duration.ofSeconds(30) : Duration.ofMinutes(4);
    }

    /** The faults of one run. */
    @FunctionalInterface
    interface Faults {

        /**
         * @param seed where all that is random comes from
         * @param length for how long faults are to strike, where a scenario has no length of its
         *     own
         */
        List<Step> of(Random seed, Duration length);
    }

    /** A fault, and for how long to look on when it is over. */
    record Step(Fault fault, Duration lookOn) {}

    static Scenario named(String name) {
        return Scenarios.ALL.stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "chaos.scenario is '%s'; there are %s."
                                                .formatted(
                                                        name,
                                                        String.join(
                                                                ", ",
                                                                Scenarios.ALL.stream()
                                                                        .map(Scenario::name)
                                                                        .toList()))));
    }

    static Faults one(Fault fault, Duration lookOn) {
        return (seed, length) -> List.of(new Step(fault, lookOn));
    }
}
