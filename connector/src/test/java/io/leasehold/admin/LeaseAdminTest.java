package io.leasehold.admin;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.VirtualGroup;
import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.testkit.ForwardingStore;
import io.leasehold.testkit.ScriptedMember;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/** What an operator may do to members that live, and to those that do not; on virtual time. */
@Timeout(60)
class LeaseAdminTest {

    private static final Duration TICK = VirtualGroup.TICK;
    private static final Duration LONG = Duration.ofMinutes(15);

    /** What it takes to find a member dead, and what others need to take over. */
    private static final Duration TAKEOVER = VirtualGroup.TERMS.duration().multipliedBy(2);

    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(VirtualGroup.TERMS.duration())
                    .handoffTimeout(Duration.ofMinutes(10))
                    .build();

    private static final LeaseAdmin.Repositioning BACK =
            splits ->
                    splits.stream()
                            .collect(
                                    Collectors.toMap(
                                            split -> split.lease().splitId(),
                                            split -> new Progress(new byte[] {1}, 1, "back", 0)));

    private final VirtualGroup group = new VirtualGroup(0);
    private final List<String> notices = new ArrayList<>();
    private final Pace pace =
            new Pace() {
                @Override
                public long nanoTime() {
                    return group.now();
                }

                @Override
                public void sleep(Duration time) {
                    group.run(time);
                }
            };
    private final LeaseAdmin admin = new LeaseAdmin(group.store(), "orders", pace, notices::add);

    private VirtualMember blue;
    private VirtualMember green;

    private void shared(int splits) {
        blue = group.member("blue", VirtualGroup.splits(splits), TERMS, 1);
        green = group.member("green", VirtualGroup.splits(splits), TERMS, 1);
        group.run(TICK.multipliedBy(3));
        assertThat(blue.holds().size() + green.holds().size()).isEqualTo(splits);
    }

    private void alone(int splits) {
        blue = group.member("blue", VirtualGroup.splits(splits), TERMS, 1);
        group.run(TICK.multipliedBy(3));
        assertThat(blue.holds()).hasSize(splits);
    }

    private static void refused(String says, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RefusedException.class).hasMessageContaining(says);
    }

    private Lease lease(String splitId) {
        return group.leases().get(splitId);
    }

    // ------------------------------------------------------------------------------ what is there

    @Test
    void whatIsNotThereIsSaid() {
        LeaseAdmin nowhere = new LeaseAdmin(group.store(), "returns", pace, notices::add);
        refused("no group 'returns'", nowhere::inspect);
        alone(1);
        refused("no member 'red'", () -> admin.drain("red"));
        refused("no member 'red'", () -> admin.undrain("red"));
        refused("no member 'red'", () -> admin.weight("red", OptionalInt.of(1)));
        refused("no member 'red'", () -> admin.evict("red", false, false));
        refused("no member 'red'", () -> admin.untilDrained("red", LONG));
        refused("no split 's9'", () -> admin.release("s9", false, false));
        refused("no split 's9'", () -> admin.forget("s9", false));
        refused("no split 's9'", () -> admin.reset(Optional.of("s9"), BACK, false));
        refused("no split 's9'", () -> admin.move("s9", "blue", Optional.empty(), false, false));
        refused("no member 'red'", () -> admin.move("s000", "red", Optional.empty(), false, false));
    }

    @Test
    void targetsAreThoseOfThePlan() throws Exception {
        shared(6);
        assertThat(LeaseAdmin.targets(admin.inspect())).isEqualTo(Map.of("blue", 3L, "green", 3L));
        admin.weight("green", OptionalInt.of(2));
        assertThat(LeaseAdmin.targets(admin.inspect())).isEqualTo(Map.of("blue", 2L, "green", 4L));
        admin.drain("green");
        assertThat(LeaseAdmin.targets(admin.inspect())).isEqualTo(Map.of("blue", 6L));
    }

    @Test
    void aStoreThatDoesNotAnswerIsNoRefusal() {
        var store = group.store();
        LeaseAdmin cut = new LeaseAdmin(store, "orders", pace, notices::add);
        store.close();

        assertThatThrownBy(cut::inspect).isInstanceOf(LeaseStoreException.class);
        assertThatThrownBy(() -> cut.drain("blue")).isInstanceOf(LeaseStoreException.class);
        assertThatThrownBy(() -> LeaseAdmin.groups(store)).isInstanceOf(LeaseStoreException.class);
    }

    // ------------------------------------------------------------------------------ orders

    @Test
    void anOrderedWeightCountsUntilItIsTakenBack() throws Exception {
        shared(6);
        admin.weight("green", OptionalInt.of(5));
        group.run(TICK.multipliedBy(4));
        assertThat(green.holds()).hasSize(5);

        admin.weight("green", OptionalInt.empty());
        group.run(TICK.multipliedBy(4));
        assertThat(green.holds()).hasSize(3);
    }

    @Test
    void aWeightLeavesTheOrderToDrainAndTheOtherWayRound() throws Exception {
        shared(2);
        admin.drain("green");
        admin.weight("green", OptionalInt.of(5));
        assertThat(group.row("green").orders()).isEqualTo(new Orders(true, OptionalInt.of(5)));
        admin.undrain("green");
        assertThat(group.row("green").orders()).isEqualTo(new Orders(false, OptionalInt.of(5)));
    }

    // ------------------------------------------------------------------------------ draining

    @Test
    void whoIsDrainedIsWaitedFor() throws Exception {
        shared(6);
        admin.drain("blue");
        group.until(
                LONG,
                () -> {
                    blue.keeper().committed(99);
                    return group.row("blue").state() == MemberState.DRAINED;
                });

        assertThat(admin.untilDrained("blue", LONG)).hasSize(1);
        assertThat(blue.holds()).isEmpty();
        assertThat(green.holds()).hasSize(6);
    }

    /**
     * A member that gives one split away with each look, and has a checkpoint three looks later.
     */
    @Test
    void whatIsLeftOfADrainIsSaidWhenItChanges() throws Exception {
        alone(1);
        ScriptedMember red = as(new Incarnation("red", "red-1")).joined();
        ScriptedMember.applied(red.discover("r0", "r1", "r2"));
        List.of("r0", "r1", "r2").forEach(red::taking);
        admin.drain("red");
        notices.clear();
        LeaseAdmin waiting =
                meanwhile(
                        MembershipRequest.Open.class,
                        nothing(),
                        nothing(),
                        () -> letGo("r0"),
                        () -> {
                            letGo("r1");
                            letGo("r2");
                        },
                        nothing(),
                        () -> ScriptedMember.applied(red.declare(MemberState.DRAINED)));

        assertThat(waiting.untilDrained("red", LONG)).hasSize(1);

        assertThat(notices)
                .containsExactly(
                        "red: 3 splits left",
                        "red: 2 splits left",
                        "red: waits for one more checkpoint");
    }

    /** Others change too: what they do is not said. */
    @Test
    void whatIsLeftOfADrainIsNotSaidTwice() throws Exception {
        shared(6);
        blue.checkpointsTake = Optional.empty();
        admin.drain("blue");
        LeaseAdmin hurried =
                meanwhile(
                        MembershipRequest.Open.class,
                        nothing(),
                        () -> as(new Incarnation("red", "red-1")).joined(),
                        nothing(),
                        () -> as(new Incarnation("red", "red-2")).joined());

        refused("still owns 3", () -> hurried.untilDrained("blue", Duration.ofSeconds(5)));

        assertThat(notices).containsExactly("blue: 3 splits left");
    }

    @Test
    void theLeasesAreReadOnlyWhenSomethingHasChangedWhileADrainIsWaitedFor() throws Exception {
        alone(1);
        ScriptedMember red = as(new Incarnation("red", "red-1")).joined();
        ScriptedMember.applied(red.discover("r0"));
        red.taking("r0");
        admin.drain("red");
        List<LeaseRequest<?>> asked = new ArrayList<>();
        LeaseStore store =
                new ForwardingStore(group.store()) {
                    @Override
                    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                        asked.add(request);
                        return super.ask(request);
                    }
                };
        blue.freeze();

        refused(
                "still owns 1",
                () ->
                        new LeaseAdmin(store, "orders", pace, notices::add)
                                .untilDrained("red", Duration.ofSeconds(5)));

        assertThat(asked)
                .filteredOn(MembershipRequest.Open.class::isInstance)
                .hasSizeGreaterThan(10);
        assertThat(asked).filteredOn(SplitRequest.Read.class::isInstance).hasSize(1);
    }

    @Test
    void aDrainThatTakesTooLongSaysWhatIsLeft() throws Exception {
        shared(6);
        blue.checkpointsTake = Optional.empty();
        admin.drain("blue");

        long before = group.now();
        refused("still owns 3", () -> admin.untilDrained("blue", Duration.ofSeconds(30)));
        assertThat(group.now() - before).isLessThan(Duration.ofSeconds(31).toNanos());
        assertThat(group.row("blue").orders().drain()).isTrue();
    }

    @Test
    void aDrainOfAFrozenMemberWithNobodyElseEndsSoon() throws Exception {
        alone(2);
        admin.drain("blue");
        assertThat(notices).anyMatch(notice -> notice.contains("Nobody else"));
        blue.freeze();

        long before = group.now();
        refused("has not renewed", () -> admin.untilDrained("blue", LONG));
        assertThat(group.now() - before).isLessThan(TAKEOVER.toNanos());
    }

    @Test
    void aDrainOfAFrozenMemberEndsWhenOthersFindItDead() throws Exception {
        shared(6);
        admin.drain("blue");
        blue.freeze();

        long before = group.now();
        refused("blue", () -> admin.untilDrained("blue", LONG));
        assertThat(group.now() - before).isLessThan(TAKEOVER.toNanos());
        group.run(TAKEOVER);
        assertThat(green.holds()).hasSize(6);
    }

    @Test
    void aDrainThatIsWithdrawnIsNotWaitedFor() throws Exception {
        shared(2);
        refused("not to be drained", () -> admin.untilDrained("blue", LONG));
    }

    // ------------------------------------------------------------------------------ moving

    @Test
    void aSplitIsMovedToWhoHasRoomForIt() throws Exception {
        shared(5);
        String split = blue.holds().iterator().next();

        assertThat(admin.move(split, "green", Optional.empty(), false, true)).hasSize(1);
        assertThat(lease(split).claim()).isEmpty();
        admin.move(split, "green", Optional.empty(), false, false);
        group.run(LONG);

        assertThat(green.holds()).hasSize(3).contains(split);
        assertThat(blue.events(LeaseEvent.Dropped.class)).hasSize(1);
    }

    @Test
    void aSplitThatWouldComeBackIsNotMovedUnlessOneGoesInReturn() throws Exception {
        shared(6);
        String split = blue.holds().iterator().next();
        String other = green.holds().iterator().next();

        refused("would go back", () -> admin.move(split, "green", Optional.empty(), false, false));
        assertThat(lease(split).claim()).isEmpty();
        refused(
                "cannot be had in return",
                () -> admin.move(split, "green", Optional.of(split), false, false));
        admin.move(split, "green", Optional.of(other), false, false);
        group.run(LONG);

        assertThat(green.holds()).hasSize(3).contains(split);
        assertThat(blue.holds()).hasSize(3).contains(other);
    }

    @Test
    void nothingIsMovedToWhoCannotTakeIt() throws Exception {
        shared(5);
        String split = blue.holds().iterator().next();
        refused("already", () -> admin.move(split, "blue", Optional.empty(), false, false));

        admin.drain("green");
        refused("drained", () -> admin.move(split, "green", Optional.empty(), false, false));
        admin.undrain("green");
        // Blue would find it dead first.
        blue.freeze();
        green.freeze();
        refused("does not renew", () -> admin.move(split, "green", Optional.empty(), false, false));
    }

    // ------------------------------------------------------------------------------ releasing

    @Test
    void whatALiveMemberHoldsIsNotReleased() throws Exception {
        shared(5);
        String split = blue.holds().iterator().next();
        Map<String, Lease> before = group.leases();

        refused("alive", () -> admin.release(split, false, false));
        refused("alive", () -> admin.evict("blue", false, false));
        assertThat(group.leases()).isEqualTo(before);
        assertThat(group.row("blue").state()).isEqualTo(MemberState.ACTIVE);
    }

    @Test
    void whatALiveMemberHoldsIsForcedNeverOverwritten() throws Exception {
        shared(5);
        blue.checkpointsTake = Optional.empty();
        String split = blue.holds().iterator().next();

        admin.release(split, true, false);
        assertThat(lease(split).claim()).contains(new Claim("green", Claim.Kind.FORCE));
        assertThat(lease(split).ownerId()).contains("blue");
        group.run(TAKEOVER);

        assertThat(green.holds()).contains(split);
    }

    @Test
    void aForcedSplitThatWouldComeBackIsRefused() throws Exception {
        shared(6);
        refused("would get it back", () -> admin.release(first(blue), true, false));
    }

    // -------------------------------------------------------------- what changes between two looks

    /** A store where something happens right before requests of a kind arrive. */
    private LeaseAdmin meanwhile(Class<? extends LeaseRequest<?>> kind, Runnable... happenings) {
        Deque<Runnable> next = new ArrayDeque<>(List.of(happenings));
        LeaseStore store =
                new ForwardingStore(group.store()) {
                    @Override
                    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                        if (kind.isInstance(request)) {
                            Optional.ofNullable(next.poll()).ifPresent(Runnable::run);
                        }
                        return super.ask(request);
                    }
                };
        return new LeaseAdmin(store, "orders", pace, notices::add);
    }

    private ScriptedMember as(Incarnation member) {
        return new ScriptedMember(group.store(), "orders", member);
    }

    private ScriptedMember ownerOf(String splitId) {
        return as(lease(splitId).owner().orElseThrow());
    }

    private ScriptedMember as(String memberId) {
        return as(group.row(memberId).incarnation());
    }

    /** The owner gives it to another of its readers. */
    private void spread(String splitId) {
        ownerOf(splitId).taking(splitId);
    }

    private void measure(String splitId) {
        ScriptedMember.applied(ownerOf(splitId).rate(lease(splitId), 1 + lease(splitId).rate()));
    }

    private void letGo(String splitId) {
        ScriptedMember.applied(ownerOf(splitId).release(lease(splitId), Optional.empty()));
    }

    private static Runnable nothing() {
        return () -> {};
    }

    /** Claims are laid for one claimant after the other. */
    @Test
    void aSwapIsClaimedThoughAnOwnerGivesItsSplitToAnotherReaderMeanwhile() throws Exception {
        shared(6);
        String split = first(blue);
        String other = first(green);
        LeaseAdmin hurried =
                meanwhile(OwnershipRequest.Claim.class, () -> measure(other), () -> spread(split));

        assertThat(hurried.move(split, "green", Optional.of(other), false, false))
                .extracting(Change::subject)
                .containsExactlyInAnyOrder(split, other);

        assertThat(lease(split).claim()).contains(new Claim("green", Claim.Kind.ASK));
        assertThat(lease(other).claim()).contains(new Claim("blue", Claim.Kind.ASK));
    }

    @Test
    void whoIsToTakeItMayRestartMeanwhile() throws Exception {
        shared(5);
        String split = first(blue);
        LeaseAdmin hurried =
                meanwhile(
                        OwnershipRequest.Claim.class, () -> as("green").reborn("green-2").joined());

        hurried.move(split, "green", Optional.empty(), false, false);

        assertThat(lease(split).claim()).contains(new Claim("green", Claim.Kind.ASK));
    }

    @Test
    void nothingIsClaimedOfASwapThatCannotBeAnyMore() throws Exception {
        shared(6);
        String split = first(blue);
        String other = first(green);
        LeaseAdmin hurried = meanwhile(OwnershipRequest.Claim.class, nothing(), () -> letGo(split));

        refused(
                "Split '%s' has just changed hands: it is owned by nobody now. Nothing is claimed."
                        .formatted(split),
                () -> hurried.move(split, "green", Optional.of(other), false, false));

        assertThat(group.leases().values()).allMatch(lease -> lease.claim().isEmpty());
    }

    @Test
    void whatAnotherHasClaimedMeanwhileIsLeftToIt() throws Exception {
        shared(5);
        String split = first(blue);
        LeaseAdmin hurried =
                meanwhile(
                        OwnershipRequest.Claim.class,
                        () -> as(new Incarnation("red", "red-1")).joined().claiming(split));

        refused(
                "has just been claimed by 'red'. Nothing is claimed.",
                () -> hurried.release(split, true, false));

        assertThat(lease(split).claim()).contains(new Claim("red", Claim.Kind.ASK));
    }

    @Test
    void whatHasGoneOfASwapThatCannotBeAnyMoreIsSaid() throws Exception {
        shared(6);
        String split = first(blue);
        String other = first(green);
        LeaseAdmin hurried =
                meanwhile(
                        OwnershipRequest.Claim.class,
                        nothing(),
                        () -> {
                            letGo(other);
                            as("blue").taking(other);
                            letGo(split);
                        });

        refused(
                "owned by nobody now. Split '%s' has gone to 'blue' already.".formatted(other),
                () -> hurried.move(split, "green", Optional.of(other), false, false));
    }

    @Test
    void aClaimThatCannotBeWithdrawnIsSaid() throws Exception {
        shared(6);
        String split = first(blue);
        String other = first(green);
        LeaseAdmin hurried =
                meanwhile(
                        OwnershipRequest.Claim.class,
                        nothing(),
                        () -> {
                            letGo(split);
                            ScriptedMember.applied(as("blue").close(as("blue"), Optional.empty()));
                        });

        refused(
                "Split '%s' is claimed for 'blue' still: that could not be withdrawn."
                        .formatted(other),
                () -> hurried.move(split, "green", Optional.of(other), false, false));
    }

    @Test
    void aRowThatNeverStandsStillIsGivenUp() throws Exception {
        shared(6);
        String split = first(blue);
        String other = first(green);
        Runnable[] always = new Runnable[100];
        Arrays.fill(always, (Runnable) () -> measure(split));
        LeaseAdmin hurried = meanwhile(OwnershipRequest.Claim.class, always);

        refused(
                "changed 5 times while it was being claimed; try again. Nothing is claimed.",
                () -> hurried.move(split, "green", Optional.of(other), false, false));

        assertThat(group.leases().values()).allMatch(lease -> lease.claim().isEmpty());
    }

    @Test
    void whatWasClaimedWhenTheStoreCeasedToAnswerIsSaid() throws Exception {
        shared(6);
        String split = first(blue);
        String other = first(green);
        LeaseStore cut =
                new ForwardingStore(group.store()) {
                    private int claims;

                    @Override
                    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                        if (request instanceof OwnershipRequest.Claim && ++claims == 2) {
                            return new LeaseOutcome.Unknown<>(
                                    new LeaseStoreException(
                                            "No answer.",
                                            LeaseStoreException.Kind.UNREACHABLE,
                                            null));
                        }
                        return super.ask(request);
                    }
                };
        LeaseAdmin hurried = new LeaseAdmin(cut, "orders", pace, notices::add);

        assertThatThrownBy(() -> hurried.move(split, "green", Optional.of(other), false, false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(notices)
                .contains(
                        "Claimed had been '%s' for 'blue' when the lease store ceased to answer."
                                .formatted(other));
    }

    /** As soon as it is told to give everything away, the others claim it. */
    @Test
    void aLiveMemberIsEvictedThoughItsSplitsAreClaimedOrLeaveMeanwhile() throws Exception {
        shared(6);
        List<String> held = List.copyOf(blue.holds());
        LeaseAdmin hurried =
                meanwhile(
                        OwnershipRequest.Claim.class,
                        () -> {
                            as("green").claiming(held.get(0));
                            spread(held.get(1));
                            letGo(held.get(2));
                            as("green").taking(held.get(2));
                        });

        assertThat(hurried.evict("blue", true, false))
                .extracting(Change::subject)
                .containsExactly("blue", held.get(0), held.get(1));

        assertThat(lease(held.get(0)).claim()).contains(new Claim("green", Claim.Kind.FORCE));
        assertThat(lease(held.get(1)).claim()).contains(new Claim("green", Claim.Kind.FORCE));
    }

    @Test
    void whatOfALiveMemberCannotBeForcedIsSaidAndTheRestIs() throws Exception {
        shared(6);
        List<String> held = List.copyOf(blue.holds());
        Runnable[] always = new Runnable[100];
        Arrays.fill(always, (Runnable) () -> measure(held.get(1)));
        LeaseAdmin hurried = meanwhile(OwnershipRequest.Claim.class, always);

        refused(
                "2 splits of 'blue' are forced, but not 1 (%s)".formatted(held.get(1)),
                () -> hurried.evict("blue", true, false));

        assertThat(lease(held.get(0)).claim()).contains(new Claim("green", Claim.Kind.FORCE));
        assertThat(lease(held.get(2)).claim()).contains(new Claim("green", Claim.Kind.FORCE));
        assertThat(group.row("blue").orders().drain()).isTrue();
    }

    @Test
    void whatADeadMemberHeldIsFreedThoughAnotherClaimsItMeanwhile() throws Exception {
        alone(2);
        ScriptedMember red = as(new Incarnation("red", "red-1")).joined();
        blue.close();
        LeaseAdmin hurried =
                meanwhile(
                        OperatorRequest.ReleaseAbandoned.class,
                        () -> {
                            red.claiming("s000");
                            red.taking("s001");
                        });

        assertThat(hurried.evict("blue", false, false))
                .contains(new Change("s000", "released: any member may acquire it"))
                .contains(new Change("s001", "taken over by 'red' meanwhile"));

        assertThat(lease("s000").owner()).isEmpty();
    }

    @Test
    void whatNobodyHasIsResetThoughAClaimIsWithdrawnMeanwhile() throws Exception {
        alone(1);
        ScriptedMember red = as(new Incarnation("red", "red-1")).joined();
        red.claiming("s000");
        letGo("s000");
        LeaseAdmin hurried =
                meanwhile(
                        OperatorRequest.Reset.class,
                        () -> ScriptedMember.applied(red.withdraw("s000")));

        assertThat(hurried.reset(Optional.empty(), BACK, false)).hasSize(1);

        assertThat(red.progressOf("s000").text()).isEqualTo("back");
    }

    @Test
    void whatIsTakenMeanwhileIsNeitherResetNorForgotten() throws Exception {
        alone(2);
        blue.close();
        admin.evict("blue", false, false);
        ScriptedMember red = as(new Incarnation("red", "red-1"));

        refused(
                "owned by 'red': stop that job and evict the member first. 1 other was reset.",
                () ->
                        meanwhile(OperatorRequest.Reset.class, () -> red.joined().taking("s000"))
                                .reset(Optional.empty(), BACK, false));
        ScriptedMember.applied(red.close(red, Optional.empty()));
        admin.evict("red", false, false);
        ScriptedMember again = red.reborn("red-2");
        refused(
                "owned by 'red': stop that job",
                () ->
                        meanwhile(OperatorRequest.Forget.class, () -> again.joined().taking("s000"))
                                .forget("s000", false));

        assertThat(group.leases()).containsKey("s000");
    }

    /** By another operator: what it should be now is for people to say. */
    @Test
    void whatIsResetMeanwhileIsNotResetAgain() throws Exception {
        alone(1);
        blue.close();
        admin.evict("blue", false, false);
        LeaseAdmin hurried =
                meanwhile(
                        OperatorRequest.Reset.class,
                        () -> {
                            try {
                                admin.reset(Optional.empty(), BACK, false);
                            } catch (LeaseStoreException | RefusedException e) {
                                throw new AssertionError(e);
                            }
                        });

        refused("was reset by somebody else", () -> hurried.reset(Optional.empty(), BACK, false));
    }

    private static String first(VirtualMember member) {
        return member.holds().iterator().next();
    }

    @Test
    void aDeadMemberIsEvictedAndItsSplitsAreFree() throws Exception {
        alone(3);
        blue.kill();
        Map<String, Lease> before = group.leases();

        assertThat(admin.evict("blue", false, true)).hasSize(4);
        assertThat(group.leases()).isEqualTo(before);
        assertThat(admin.evict("blue", false, false)).hasSize(4);

        assertThat(group.row("blue").state()).isEqualTo(MemberState.CLOSED);
        assertThat(group.leases().values())
                .allMatch(lease -> lease.owner().isEmpty())
                .allMatch(lease -> lease.epoch() == 1);
        refused("owns nothing", () -> admin.evict("blue", false, false));
    }

    /** Its readers may emit for as long as they were granted. */
    @Test
    void whatAClosedMemberHeldIsFreeWhenItsReadersAreSilent() throws Exception {
        alone(3);
        blue.close();

        admin.release("s001", false, false);

        assertThat(lease("s001").owner()).isEmpty();
        assertThat(lease("s000").ownerId()).contains("blue");
        VirtualMember next = group.member("green", VirtualGroup.splits(3), TERMS, 1);
        group.run(TICK.multipliedBy(3));
        assertThat(next.holds()).hasSize(3);
    }

    @Test
    void aLiveMemberThatIsEvictedByForceGivesEverythingUp() throws Exception {
        shared(6);
        blue.checkpointsTake = Optional.empty();

        admin.evict("blue", true, false);
        group.run(TAKEOVER);

        assertThat(blue.holds()).isEmpty();
        assertThat(green.holds()).hasSize(6);
    }

    @Test
    void aLiveMemberIsNotEvictedWithNobodyElseThere() throws Exception {
        alone(2);
        refused("Nobody else", () -> admin.evict("blue", true, false));
        assertThat(group.row("blue").orders()).isEqualTo(Orders.NONE);
    }

    // ------------------------------------------------------------------------------ positions

    @Test
    void whatIsHeldIsNotReset() throws Exception {
        alone(2);
        refused("owned by 'blue': stop", () -> admin.reset(Optional.of("s000"), BACK, false));
        refused("owned by 'blue'", () -> admin.reset(Optional.empty(), BACK, false));
        blue.close();
        refused("evict", () -> admin.reset(Optional.empty(), BACK, false));
    }

    /** It would go on from its state in the same tenure; so the reset is in another. */
    @Test
    void aResetPositionWinsOverRestoredState() throws Exception {
        alone(2);
        Map<String, Lease> granted = group.leases();
        blue.close();
        admin.evict("blue", false, false);

        assertThat(admin.reset(Optional.empty(), BACK, true)).hasSize(2);
        assertThat(lease("s000").tenure()).isEqualTo(granted.get("s000").tenure());
        assertThat(admin.reset(Optional.of("s000"), BACK, false)).hasSize(1);

        VirtualMember again = group.restored("blue", granted, TERMS);
        group.run(TICK.multipliedBy(3));
        assertThat(again.events(LeaseEvent.Acquired.class))
                .extracting(acquired -> acquired.lease().splitId(), LeaseEvent.Acquired::fromState)
                .containsExactlyInAnyOrder(tuple("s000", false), tuple("s001", true));
        assertThat(again.events(LeaseEvent.Acquired.class))
                .filteredOn(acquired -> acquired.lease().splitId().equals("s000"))
                .allMatch(acquired -> acquired.progress().text().equals("back"));
    }

    /** State from before a source was wrapped has positions of splits that nobody was granted. */
    @Test
    void aResetPositionOfASplitThatNobodyEverHadWinsToo() throws Exception {
        ScriptedMember red =
                new ScriptedMember(group.store(), "orders", new Incarnation("red", "red-1"))
                        .joined();
        ScriptedMember.applied(red.discover("s000"));
        Map<String, Lease> never = group.leases();
        ScriptedMember.applied(red.close(red, Optional.empty()));
        admin.reset(Optional.of("s000"), BACK, false);

        VirtualMember next = group.restored("blue", never, TERMS);
        group.run(TICK.multipliedBy(3));

        assertThat(next.events(LeaseEvent.Acquired.class))
                .singleElement()
                .matches(acquired -> !acquired.fromState())
                .matches(acquired -> acquired.progress().text().equals("back"));
    }

    @Test
    void onlyWhatNobodyWillTryToGetIsForgotten() throws Exception {
        alone(2);
        refused("owned by", () -> admin.forget("s000", false));
        blue.close();
        admin.evict("blue", false, false);

        admin.forget("s000", true);
        assertThat(group.leases()).containsOnlyKeys("s000", "s001");
        admin.forget("s000", false);
        assertThat(group.leases()).containsOnlyKeys("s001");
    }

    @Test
    void aParentOfWhatIsNotFinishedIsKept() throws Exception {
        blue =
                group.member(
                        "blue",
                        List.of(
                                new SplitRequest.Discover.NewSplit(
                                        "parent", Set.of(), VirtualGroup.at(0, 0)),
                                new SplitRequest.Discover.NewSplit(
                                        "child", Set.of("parent"), VirtualGroup.at(0, 0))),
                        TERMS,
                        1);
        group.run(TICK.multipliedBy(2));
        blue.close();
        admin.evict("blue", false, false);

        refused("is a parent of 'child'", () -> admin.forget("parent", false));
        admin.forget("child", false);
        admin.forget("parent", false);
        assertThat(group.leases()).isEmpty();
    }

    @Test
    void aMemberIsForgottenOnceItHasEndedAndHoldsNothing() throws Exception {
        shared(2);
        refused("is not closed", () -> admin.forgetMember("blue", false));
        refused("no member 'red'", () -> admin.forgetMember("red", false));
        blue.close();
        refused(
                "'%s' is still owned by 'blue', which is closed: evict that member first"
                        .formatted(first(blue)),
                () -> admin.forgetMember("blue", true));
        admin.evict("blue", false, false);
        group.run(TICK.multipliedBy(3));
        assertThat(green.holds()).hasSize(2);

        admin.forgetMember("blue", true);
        assertThat(members()).containsExactly("blue", "green");
        admin.forgetMember("blue", false);

        assertThat(members()).containsExactly("green");
        group.run(LONG);
        assertThat(green.holds()).hasSize(2);
        assertThat(green.events(LeaseEvent.Lost.class)).isEmpty();
        refused("no member 'blue'", () -> admin.forgetMember("blue", false));
    }

    @Test
    void aMemberWhoseOutputMayNotBeCommittedIsNotForgotten() throws Exception {
        ScriptedMember red =
                new ScriptedMember(group.store(), "orders", new Incarnation("red", "1")).joined();
        ScriptedMember pink =
                new ScriptedMember(group.store(), "orders", new Incarnation("pink", "1")).joined();
        DecidedCheckpoint checkpoint = new DecidedCheckpoint(red.self(), new StateLine("line"), 7);
        ScriptedMember.applied(
                red.send(
                        new Decide(
                                "orders",
                                red.self(),
                                checkpoint,
                                List.of(),
                                Map.of("sink", new byte[1]),
                                Set.of(),
                                0)));
        red.close(red, Optional.empty());

        refused(
                "Member 'red' has decided output that may not be committed yet (output of sink 'sink' for checkpoint 7 of red/1)",
                () -> admin.forgetMember("red", true));
        DecidedOutput.Key key = new DecidedOutput.Key(checkpoint, "sink");
        ScriptedMember.applied(pink.send(new DropOutput("orders", pink.self(), List.of(key))));
        admin.forgetMember("red", false);

        assertThat(members()).containsExactly("pink");
    }

    @Test
    void aMemberThatCameBackMeanwhileIsNotForgotten() throws Exception {
        shared(2);
        blue.close();
        admin.evict("blue", false, false);
        LeaseAdmin late =
                meanwhile(
                        MembershipRequest.ForgetMembers.class,
                        () -> {
                            blue = group.member("blue", VirtualGroup.splits(2), TERMS, 1);
                            group.run(TICK);
                        });

        refused("is not closed", () -> late.forgetMember("blue", false));
        assertThat(members()).containsExactly("blue", "green");
    }

    @Test
    void aGroupIsForgottenOnceAllHaveEndedAndNothingIsHeld() throws Exception {
        shared(2);
        refused("is not closed", () -> admin.forgetGroup(false));
        blue.close();
        refused("Member 'green' is not closed", () -> admin.forgetGroup(false));
        green.close();
        refused("is still owned by", () -> admin.forgetGroup(true));
        admin.evict("blue", false, false);
        admin.evict("green", false, false);

        admin.forgetGroup(true);
        assertThat(group.leases()).hasSize(2);
        admin.forgetGroup(false);

        assertThat(group.leases()).isEmpty();
        refused("no group 'orders'", () -> admin.forgetGroup(false));
        alone(2);
    }

    @Test
    void aGroupThatSomebodyJoinedMeanwhileIsNotForgotten() throws Exception {
        alone(1);
        blue.close();
        admin.evict("blue", false, false);
        LeaseAdmin late =
                meanwhile(
                        OperatorRequest.ForgetGroup.class,
                        () -> {
                            green = group.member("green", VirtualGroup.splits(1), TERMS, 1);
                            group.run(TICK);
                        });

        refused("Member 'green' is not closed", () -> late.forgetGroup(false));
        assertThat(group.leases()).hasSize(1);
    }

    private List<String> members() throws Exception {
        return admin.inspect().members().stream().map(member -> member.row().id()).toList();
    }

    @Test
    void aSplitThatMembersWouldTryToGetIsNotForgotten() throws Exception {
        alone(1);
        admin.drain("blue");
        VirtualMember small = group.member("green", VirtualGroup.splits(1), TERMS, 1);
        group.until(LONG, () -> small.holds().size() == 1);
        Inspection seen = admin.inspect();
        assertThat(seen.splits()).hasSize(1);
        refused("owned by 'green'", () -> admin.forget("s000", false));
    }
}
