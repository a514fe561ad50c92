package io.leasehold.admin;

import io.leasehold.lease.Claim;
import io.leasehold.lease.Incarnation;
import io.leasehold.lease.Inspection;
import io.leasehold.lease.Lease;
import io.leasehold.lease.LeaseEvent;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.MemberState;
import io.leasehold.lease.Orders;
import io.leasehold.lease.Progress;
import io.leasehold.lease.VirtualGroup;
import io.leasehold.lease.VirtualGroup.VirtualMember;
import io.leasehold.testkit.ScriptedMember;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
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
                    blue.keeper().checkpointCompleted(100);
                    return group.row("blue").state() == MemberState.DRAINED;
                });

        assertThat(admin.untilDrained("blue", LONG)).hasSize(1);
        assertThat(blue.holds()).isEmpty();
        assertThat(green.holds()).hasSize(6);
    }

    @Test
    void aDrainThatTakesTooLongSaysWhatIsLeft() throws Exception {
        shared(6);
        blue.checkpointsTake = Optional.empty();
        admin.drain("blue");

        long before = group.now();
        refused("still holds 3", () -> admin.untilDrained("blue", Duration.ofSeconds(30)));
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
        assertThat(blue.events(LeaseEvent.LetGo.class)).hasSize(1);
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
        refused("holds nothing", () -> admin.evict("blue", false, false));
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
        refused("held by 'blue': stop", () -> admin.reset(Optional.of("s000"), BACK, false));
        refused("held by 'blue'", () -> admin.reset(Optional.empty(), BACK, false));
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
        refused("held by", () -> admin.forget("s000", false));
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
                                new LeaseRequest.Discover.NewSplit(
                                        "parent", Set.of(), VirtualGroup.at(0, 0)),
                                new LeaseRequest.Discover.NewSplit(
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
    void aSplitThatMembersWouldTryToGetIsNotForgotten() throws Exception {
        alone(1);
        admin.drain("blue");
        VirtualMember small = group.member("green", VirtualGroup.splits(1), TERMS, 1);
        group.until(LONG, () -> small.holds().size() == 1);
        Inspection seen = admin.inspect();
        assertThat(seen.splits()).hasSize(1);
        refused("held by 'green'", () -> admin.forget("s000", false));
    }
}
