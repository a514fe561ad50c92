package io.leasehold.simulation;

import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The way of one incarnation to the store and back, with all that happens on it. */
final class StoreWay {

    private static final long MILLI = 1_000_000;

    /** What fate has in store for one request. */
    private enum Fate {
        GOOD,
        SLOW,
        REQUEST_LOST,
        ANSWER_LOST,
        /** Carried out when nobody waits for it any more. */
        LATE
    }

    private final World world;
    private final Machine machine;
    private final Incarnation me;
    private final LeaseTerms terms;
    private final LeaseStore store;
    private final LeaseStore silence;
    private final SplittableRandom dice;
    private long cutUntil = -1;
    private long readsCutUntil = -1;
    private long freezesFor;
    private long forcingFreezesFor;
    private long heldFor;
    private Optional<Runnable> whenCarriedOut = Optional.empty();

    /** Of the request under way. */
    private long number;

    StoreWay(World world, Machine machine, Incarnation me, LeaseTerms terms) {
        this.world = world;
        this.machine = machine;
        this.me = me;
        this.terms = terms;
        this.store = world.rules.seenBy(me, terms, world.table);
        this.silence = world.rules.unanswered(me, new SilentStore());
        this.dice = world.dice("way " + me);
    }

    void cutOff(long nanos) {
        cutUntil = Math.max(cutUntil, world.agenda.now() + nanos);
    }

    /** What reads leases is lost. */
    void cutReads(long nanos) {
        readsCutUntil = Math.max(readsCutUntil, world.agenda.now() + nanos);
    }

    /** At the next request that is carried out. */
    void freezeBeforeAnswer(long nanos) {
        freezesFor = nanos;
    }

    private void freezeBeforeAnswer() {
        if (freezesFor > 0) {
            long until = freezesFor + 15_000 * MILLI;
            world.write(
                    new Fact.Trouble(
                            world.agenda.now(),
                            me.toString(),
                            "frozen before the answer, then cut off",
                            world.agenda.now() + until));
            machine.freeze(freezesFor);
            cutOff(until);
            freezesFor = 0;
        }
    }

    /** Some time after it has forced a split. */
    void freezeWhenForcing(long nanos) {
        forcingFreezesFor = nanos;
    }

    private void freezeIfForcing(LeaseRequest<?> request) {
        if (forcingFreezesFor > 0
                && !world.calm()
                && request instanceof OwnershipRequest.Claim claim
                && claim.splits().stream().anyMatch(split -> split.kind() == Claim.Kind.FORCE)) {
            long nanos = forcingFreezesFor;
            forcingFreezesFor = 0;
            machine.after(
                    dice.nextLong(1_000 * MILLI),
                    () -> {
                        long until = world.agenda.now() + nanos;
                        world.write(
                                new Fact.Trouble(
                                        world.agenda.now(), me.toString(), "frozen", until));
                        machine.freeze(nanos);
                        world.hardToClose(me, until);
                    });
        }
    }

    /** The next request leaves so late; something happens when it is carried out. */
    void holdsNext(long nanos, Runnable then) {
        heldFor = nanos;
        whenCarriedOut = Optional.of(then);
    }

    /** Sends a request; brings the answer, or in time that there is none. */
    <A> void send(LeaseStep<A> step, Consumer<LeaseStep.Answer<A>> back) {
        long mine = ++number;
        AtomicLong carriedOutAt = new AtomicLong();
        Consumer<LeaseStep.Answer<A>> once =
                answer -> {
                    if (number == mine) {
                        number++;
                        back.accept(answer);
                    }
                };
        carry(
                step.request(),
                () ->
                        machine.after(
                                world.rules.storeTimeout(terms),
                                () -> {
                                    if (number == mine) {
                                        world.write(
                                                new Fact.LostOnTheWay(
                                                        world.agenda.now(), me.toString()));
                                        once.accept(step.sendTo(silence));
                                    }
                                }),
                store -> {
                    carriedOutAt.set(world.agenda.now());
                    return step.sendTo(store);
                },
                answer -> {
                    if (number == mine) {
                        world.aftermath().heard(me, carriedOutAt.get());
                        world.rules.answered(me, step.request());
                        once.accept(answer);
                    }
                });
    }

    /** Sends a last word; nobody waits for an answer. */
    void say(LeaseRequest<?> last) {
        carry(last, () -> {}, store -> store.ask(last), answer -> {});
    }

    private <R> void carry(
            LeaseRequest<?> request,
            Runnable sent,
            java.util.function.Function<LeaseStore, R> sending,
            Consumer<R> answered) {
        Fate fate = fate(request);
        Optional<Runnable> then = whenCarriedOut;
        whenCarriedOut = Optional.empty();
        if (then.isPresent() && heldFor > 0) {
            machine.freeze(heldFor);
        }
        // The process may be frozen between having looked at its clock and sending.
        machine.after(
                dice.nextLong(MILLI / 10),
                () -> {
                    long sentAt = world.agenda.now();
                    sent.run();
                    long there =
                            switch (fate) {
                                case SLOW -> dice.nextLong(terms.storeTimeout().toNanos() / 2);
                                case LATE ->
                                        terms.storeTimeout().toNanos()
                                                + dice.nextLong(12_000 * MILLI);
                                default -> dice.nextLong(MILLI / 5, 5 * MILLI);
                            };
                    long back =
                            fate == Fate.SLOW
                                    ? dice.nextLong(terms.storeTimeout().toNanos() / 2)
                                    : dice.nextLong(MILLI / 5, 5 * MILLI);
                    boolean leaves = !down() && fate != Fate.REQUEST_LOST;
                    world.agenda.at(
                            sentAt + there,
                            () -> {
                                if (leaves && !world.storeIsDown()) {
                                    world.table.sentAt(sentAt);
                                    R answer = sending.apply(store);
                                    then.ifPresent(Runnable::run);
                                    if (!down() && fate != Fate.ANSWER_LOST) {
                                        machine.arrives(back, () -> answered.accept(answer));
                                        freezeIfForcing(request);
                                        freezeBeforeAnswer();
                                    }
                                }
                            });
                });
    }

    private boolean down() {
        return world.storeIsDown() || world.agenda.now() < cutUntil;
    }

    /** Much may become of a member, or of a claim, while these are on their way. */
    private static boolean isOftenLate(LeaseRequest<?> request) {
        return request instanceof MembershipRequest.Close
                || request instanceof OwnershipRequest.Acquire
                || request instanceof OwnershipRequest.Claim
                || request instanceof OwnershipRequest.Withdraw
                || request instanceof MembershipRequest.Declare;
    }

    private Fate fate(LeaseRequest<?> request) {
        int chance = dice.nextInt(1000);
        if (world.calm()) {
            return Fate.GOOD;
        }
        if (request instanceof MembershipRequest.Close close
                && world.isHardToClose(close.closed())) {
            return Fate.LATE;
        }
        if (request instanceof SplitRequest.Read && world.agenda.now() < readsCutUntil) {
            return Fate.REQUEST_LOST;
        }
        Scenario.Noise noise = world.scenario.noise();
        boolean declares = request instanceof MembershipRequest.Declare;
        if (noise.late() > 0 && isOftenLate(request) && chance % 3 <= (declares ? 1 : 0)) {
            return Fate.LATE;
        }
        chance -= noise.requestsLost();
        if (chance < 0) {
            return Fate.REQUEST_LOST;
        }
        chance -= noise.answersLost();
        if (chance < 0) {
            return Fate.ANSWER_LOST;
        }
        chance -= noise.slow();
        if (chance < 0) {
            return Fate.SLOW;
        }
        chance -= noise.late();
        return chance < 0 ? Fate.LATE : Fate.GOOD;
    }
}
