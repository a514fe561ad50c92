package io.leasehold.job.chaos;

import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;
import io.leasehold.job.chaos.emitter.Emission;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What must have happened in a run: that the fault has bitten, since a run that hurt nobody shows
 * nothing; and what is promised for this fault beyond what is promised always.
 *
 * @param kind what it means if it has not
 * @param what in a few words
 */
record Expectation(Kind kind, String what, Predicate<Run> holds) {

    enum Kind {
        /** The run says nothing. */
        BITES,
        /** A promise is broken. */
        PROMISED
    }

    Optional<String> unmet(Run run) {
        if (holds.test(run)) {
            return Optional.empty();
        }
        return Optional.of((kind == Kind.BITES ? "did not bite: not " : "not ") + what);
    }

    private static Expectation bites(String what, Predicate<Run> holds) {
        return new Expectation(Kind.BITES, what, holds);
    }

    private static Expectation promised(String what, Predicate<Run> holds) {
        return new Expectation(Kind.PROMISED, what, holds);
    }

    /** Flink itself started a part of the member anew after the first fault. */
    static Expectation failover(String member) {
        return bites(
                "failed over within " + member,
                run ->
                        run.leasedLives()
                                .anyMatch(
                                        it ->
                                                it.member().equals(member)
                                                        && it.attempt().number() > 0
                                                        && after(run.firstFault(), it.first())));
    }

    /** The replacement emitted before the frozen or cut-off attempt was there again. */
    static Expectation replacedBeforeCure(String member) {
        return bites(
                "replaced while the other attempt could still come back",
                run ->
                        run.leasedLives()
                                .anyMatch(
                                        it ->
                                                it.member().equals(member)
                                                        && it.attempt().number() > 0
                                                        && after(run.firstFault(), it.first())
                                                        && it.first().nanos()
                                                                        - run.firstFault().until()
                                                                < 0));
    }

    /** The same fault made two attempts of the bare source emit one split at once. */
    static Expectation bareOverlaps() {
        return bites(
                "two emitters of one split without a lease",
                run ->
                        run.bare().values().stream()
                                .flatMap(List::stream)
                                .anyMatch(it -> it.overlapNanos() > 0));
    }

    /** All that a member had when the first fault struck was read by another one afterwards. */
    static Expectation takenOver(String from, String by) {
        return bites(
                "taken over from " + from + " by " + by,
                run -> {
                    Set<String> had = run.splits(from, it -> !after(run.firstFault(), it.first()));
                    return !had.isEmpty()
                            && run.splits(by, it -> after(run.firstFault(), it.first()))
                                    .containsAll(had);
                });
    }

    /** Nobody emitted anything for so long while the first fault lasted. */
    static Expectation silence(Duration atLeast) {
        return silence("silent", emission -> true, atLeast);
    }

    /** A member emitted nothing for so long while the first fault lasted. */
    static Expectation silence(String member, Duration atLeast) {
        return silence(member + " silent", emission -> emission.member().equals(member), atLeast);
    }

    private static Expectation silence(String what, Predicate<Emission> whose, Duration atLeast) {
        return bites(
                "%s for %d s".formatted(what, atLeast.toSeconds()),
                run -> {
                    Struck fault = run.firstFault();
                    long[] stamps =
                            run.leasedLives()
                                    .flatMap(it -> it.emissions().stream())
                                    .filter(whose)
                                    .mapToLong(Emission::nanos)
                                    .filter(it -> it - fault.from() >= 0)
                                    .sorted()
                                    .toArray();
                    long last = fault.from();
                    long longest = 0;
                    for (long stamp : stamps) {
                        if (last - fault.until() < 0) {
                            longest = Math.max(longest, stamp - last);
                        }
                        last = stamp;
                    }
                    return longest >= atLeast.toNanos();
                });
    }

    /** While the first fault lasted a member read on for a time that is within these bounds. */
    static Expectation readOnFor(String member, Duration atLeast, Duration atMost) {
        return promised(
                "%s reading on for %d to %d s"
                        .formatted(member, atLeast.toSeconds(), atMost.toSeconds()),
                run -> {
                    Struck fault = run.firstFault();
                    long readOn =
                            run.leasedLives()
                                    .filter(it -> it.member().equals(member))
                                    .flatMap(it -> it.emissions().stream())
                                    .filter(it -> after(fault, it) && before(fault, it))
                                    .mapToLong(it -> it.nanos() - fault.from())
                                    .max()
                                    .orElse(0);
                    return readOn >= atLeast.toNanos() && readOn <= atMost.toNanos();
                });
    }

    /** A member went on in another life, whatever Flink counts that as. */
    static Expectation newLife(String member) {
        return bites(
                "started " + member + " anew",
                run ->
                        run.leasedLives()
                                .anyMatch(
                                        it ->
                                                it.member().equals(member)
                                                        && after(run.firstFault(), it.first())));
    }

    /** Whoever read a split when the load began has read all of it, in one life. */
    static Expectation nothingMovedOrRestarted() {
        return promised(
                "all splits read in one life from beginning to end",
                run -> run.leased().values().stream().allMatch(lives -> lives.size() == 1));
    }

    /** Each split had records before and after the last fault. */
    static Expectation allGoOn() {
        return promised(
                "all splits read on after the last fault",
                run -> {
                    Struck last = run.faults().get(run.faults().size() - 1);
                    return run.leased().values().stream()
                            .allMatch(
                                    lives ->
                                            lives.stream()
                                                    .anyMatch(it -> !before(last, it.last())));
                });
    }

    /** Some split was read under more than one epoch. */
    static Expectation anythingMovedOrRestarted() {
        return bites(
                "any split read in more than one life",
                run -> run.leased().values().stream().anyMatch(lives -> lives.size() > 1));
    }

    /** For each split: the victim's last record came before the first of whoever followed it. */
    static Expectation silentBeforeTheNext(String member) {
        return promised(
                member + " silent before the first record of another member",
                run ->
                        run.leasedLives()
                                .filter(it -> it.member().equals(member))
                                .allMatch(it -> it.beyond() == 0));
    }

    /** Readers have written down their grants: else it is not known who could have emitted. */
    static Expectation grantsWrittenDown() {
        return bites(
                "a grant written down for each life of a split",
                run ->
                        run.leasedLives()
                                .filter(it -> it.emissions().size() > Life.EXPOSURE)
                                .allMatch(
                                        life ->
                                                run
                                                        .grants()
                                                        .getOrDefault(life.split(), List.of())
                                                        .stream()
                                                        .anyMatch(
                                                                it -> it.epoch() == life.epoch())));
    }

    private static boolean after(Struck fault, Emission emission) {
        return emission.nanos() - fault.from() > 0;
    }

    private static boolean before(Struck fault, Emission emission) {
        return emission.nanos() - fault.until() < 0;
    }
}
