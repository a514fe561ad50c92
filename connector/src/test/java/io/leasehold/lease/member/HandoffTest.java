package io.leasehold.lease.member;

import io.leasehold.lease.member.LeaseKeeperTest.AtAnyOrigin;
import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.member.VirtualGroup.Way;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** How splits move between members that live: protocol section 6, sentence by sentence. */
@Timeout(60)
class HandoffTest {

    private static final Duration TICK = VirtualGroup.TICK;
    private static final Duration LONG = Duration.ofMinutes(15);
    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(VirtualGroup.TERMS.duration())
                    .handoffTimeout(Duration.ofSeconds(60))
                    .build();
    private static final Orders DRAIN = new Orders(true, OptionalInt.empty());

    private static VirtualMember member(VirtualGroup group, String id, int splits) {
        return group.member(id, VirtualGroup.splits(splits), TERMS, 1);
    }

    private VirtualGroup group;
    private VirtualMember blue;
    private VirtualMember green;

    /** Blue and green have two splits each. */
    private void shared(long origin) {
        group = new VirtualGroup(origin);
        blue = member(group, "blue", 4);
        green = member(group, "green", 4);
        group.run(TICK.multipliedBy(3));
    }

    /** Blue, of which no checkpoint completes, has two splits; it knows that green claims one. */
    private void claimed(long origin) {
        group = new VirtualGroup(origin);
        blue = member(group, "blue", 2);
        blue.checkpointsTake = Optional.empty();
        group.run(TICK.multipliedBy(2));
        green = member(group, "green", 2);
        group.until(LONG, () -> blue.events(LeaseEvent.Claimed.class).size() == 1);
    }

    /** The same, and green has forced it since. */
    private void forced(long origin) {
        claimed(origin);
        group.until(LONG, () -> blue.events(LeaseEvent.Claimed.class).size() == 2);
    }

    private static Optional<Claim> claimOn(VirtualGroup group, String splitId) {
        return group.leases().get(splitId).claim();
    }

    // ------------------------------------------------------------------------------- by operators

    /** An operator moves a split; blue has one more than green. */
    @AtAnyOrigin
    void aSplitClaimedForAMemberThatThePlanHasRoomForItAtStaysThere(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 5);
        VirtualMember green = member(group, "green", 5);
        group.run(TICK.multipliedBy(3));
        assertThat(blue.holds()).hasSize(3);
        String moved = blue.holds().iterator().next();

        group.claim(green, Map.of(moved, Claim.Kind.ASK));
        group.run(TICK.multipliedBy(3));

        assertThat(green.holds()).hasSize(3).contains(moved);
        var after = group.leases();
        assertThat(after.values().stream().mapToLong(Lease::epoch).sum()).isEqualTo(5 + 1);
        group.run(LONG);
        assertThat(group.leases()).isEqualTo(after);
    }

    /** The plan has room for each where the other goes. */
    @Test
    void twoSplitsClaimedCrosswiseChangePlaces() {
        shared(0);
        String there = blue.holds().iterator().next();
        String back = green.holds().iterator().next();

        group.claim(green, Map.of(there, Claim.Kind.ASK));
        group.claim(blue, Map.of(back, Claim.Kind.FORCE));
        group.run(LONG);

        assertThat(green.holds()).hasSize(2).contains(there);
        assertThat(blue.holds()).hasSize(2).contains(back);
    }

    @Test
    void aSplitClaimedForAMemberThatHasItsShareIsEvenedOut() {
        shared(0);
        group.claim(green, Map.of(blue.holds().iterator().next(), Claim.Kind.ASK));
        group.run(TICK.multipliedBy(5));

        assertThat(blue.holds()).hasSize(2);
        assertThat(green.holds()).hasSize(2);
        assertThat(group.leases().values()).allMatch(lease -> lease.claim().isEmpty());
    }

    // ------------------------------------------------------------------------------- planned

    /** Promises L3 and S5. */
    @AtAnyOrigin
    void aJoinerGetsItsShareFromALiveOwnerWhereThatLetGo(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 8);
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green", 8);

        group.run(TICK.multipliedBy(3));

        assertThat(blue.holds()).hasSize(4);
        assertThat(green.holds()).hasSize(4);
        assertThat(blue.events(LeaseEvent.Dropped.class)).hasSize(4);
        assertThat(blue.events(LeaseEvent.Lost.class)).isEmpty();
        assertThat(green.events(LeaseEvent.Acquired.class))
                .allMatch(acquired -> acquired.progress().equals(VirtualGroup.at(7, 7)))
                .allMatch(acquired -> !acquired.fromState());
        assertThat(group.leases().values()).allMatch(lease -> lease.claim().isEmpty());
    }

    /** Between being let go and being acquired a split stands still: a look, not a tick. */
    @Test
    void whoWaitsForASplitHasItALookAfterItWasLetGo() {
        for (int tenth = 0; tenth < 10; tenth++) {
            claimed(0);
            group.run(TICK.dividedBy(10).multipliedBy(tenth));

            blue.freezes("s001");
            Duration stoodStill = group.until(TICK, () -> green.holds().contains("s001"));

            assertThat(stoodStill)
                    .as("let go %d tenths of a tick later", tenth)
                    .isLessThanOrEqualTo(TICK.dividedBy(10).plusMillis(60));
        }
    }

    /** The cost rule: whoever waits for nothing renews, and that is all. */
    @Test
    void onlyWhoWaitsForASplitLooks() {
        claimed(0);
        int looking = green.requests;
        int waitedFor = blue.requests;

        group.run(TICK.multipliedBy(2));

        assertThat(blue.requests - waitedFor).isLessThanOrEqualTo(3);
        assertThat(green.requests - looking).isGreaterThan(10);
        blue.freezes("s001");
        group.run(TICK.multipliedBy(2));
        int settled = green.requests;
        group.run(TICK.multipliedBy(10));
        assertThat(green.requests - settled).isLessThanOrEqualTo(11);
    }

    /** Promise L3: as few moves as can be, and then none. */
    @Test
    void twentyWhoJoinAThousandSplitsAtOnceMoveNoMoreThanTheyMust() {
        VirtualGroup group = new VirtualGroup(0);
        VirtualMember owner = member(group, "m00", 1000);
        group.run(TICK.multipliedBy(2));
        assertThat(owner.holds()).hasSize(1000);
        List<VirtualMember> joiners =
                IntStream.range(1, 20)
                        .mapToObj(i -> member(group, "m%02d".formatted(i), 1000))
                        .toList();

        group.run(TICK.multipliedBy(3));
        var after = group.leases();

        assertThat(owner.holds()).hasSize(50);
        assertThat(joiners).allMatch(joiner -> joiner.holds().size() == 50);
        assertThat(after.values().stream().mapToLong(Lease::epoch).sum()).isEqualTo(1000 + 950);
        group.run(LONG);
        assertThat(group.leases()).isEqualTo(after);
    }

    @Test
    void twentyWhoOpenAGroupOfAThousandSplitsAtOnceMoveNone() {
        VirtualGroup group = new VirtualGroup(0);
        List<VirtualMember> all =
                IntStream.range(0, 20)
                        .mapToObj(i -> member(group, "m%02d".formatted(i), 1000))
                        .toList();

        group.run(TICK.multipliedBy(3));

        assertThat(all).allMatch(member -> member.holds().size() == 50);
        assertThat(group.leases().values()).allMatch(lease -> lease.epoch() == 1);
    }

    /** Promise L3, whatever the start, and whoever comes and goes at the same time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void threeTicksAfterMembersCameAndWentSharesAreOneApartAndNothingMoves(long seed) {
        Random dice = new Random(seed);
        for (int run = 0; run < 10; run++) {
            int splits = dice.nextInt(201);
            VirtualGroup group = new VirtualGroup(dice.nextLong());
            List<VirtualMember> members = new ArrayList<>();
            for (int change = 0, names = 0; change < 3; change++) {
                Map<String, Lease> before = group.leases();
                for (int i = dice.nextInt(members.size() + 1); i > 1; i--) {
                    members.remove(dice.nextInt(members.size())).close();
                }
                for (int i = dice.nextInt(21 - members.size()) + (members.isEmpty() ? 1 : 0);
                        i > 0;
                        i--) {
                    members.add(member(group, "m%03d".formatted(names++), splits));
                }
                // Who closed said for how long its readers may still emit.
                group.run(TICK.multipliedBy(3).plus(TERMS.readerGrant()));

                String which = "seed %d, run %d, change %d".formatted(seed, run, change);
                Map<String, Lease> after = group.leases();
                assertThat(moved(before, after))
                        .as(which)
                        .isEqualTo(fewestMoves(members, before, splits));
                assertThat(members)
                        .as(which)
                        .allMatch(m -> m.holds().size() - splits / members.size() <= 1)
                        .allMatch(m -> m.holds().size() >= splits / members.size());
                group.run(TICK.multipliedBy(5));
                assertThat(group.leases()).as(which).isEqualTo(after);
            }
        }
    }

    /** How many splits changed their owner. */
    private static long moved(Map<String, Lease> before, Map<String, Lease> after) {
        return before.entrySet().stream()
                .filter(
                        split ->
                                !split.getValue().owner().equals(after.get(split.getKey()).owner()))
                .count();
    }

    /** What nobody is left for, and what is beyond the fullest fair shares. */
    private static long fewestMoves(
            List<VirtualMember> members, Map<String, Lease> leases, int splits) {
        long fulls = splits % members.size();
        long stay = 0;
        List<Long> holdings =
                members.stream()
                        .map(m -> leases.values().stream().filter(l -> l.ownedBy(m.me)).count())
                        .sorted(Comparator.reverseOrder())
                        .toList();
        for (long holds : holdings) {
            long fair = splits / members.size();
            boolean full = holds > fair && fulls > 0;
            fulls -= full ? 1 : 0;
            stay += Math.min(holds, full ? fair + 1 : fair);
        }
        return leases.size() - stay;
    }

    @AtAnyOrigin
    void anOwnerKeepsReadingUntilACheckpointIsComplete(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 2);
        blue.checkpointsTake = Optional.of(Duration.ofSeconds(30));
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green", 2);

        group.run(Duration.ofSeconds(28));
        assertThat(blue.holds()).hasSize(2);
        assertThat(green.holds()).isEmpty();
        assertThat(claimOn(group, "s001")).contains(new Claim("green", Claim.Kind.ASK));

        group.run(Duration.ofSeconds(10));
        assertThat(green.holds()).containsExactly("s001");
    }

    @AtAnyOrigin
    void aWeightThatIsOrderedMovesSplitsAtOnce(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 8);
        VirtualMember green = group.member("green", VirtualGroup.splits(8), TERMS, 0);
        group.run(TICK.multipliedBy(4));
        assertThat(blue.holds()).hasSize(8);
        assertThat(green.holds()).isEmpty();

        group.order("green", new Orders(false, OptionalInt.of(3)));
        group.run(TICK.multipliedBy(3));

        assertThat(blue.holds()).hasSize(2);
        assertThat(green.holds()).hasSize(6);
    }

    @AtAnyOrigin
    void aStandbyTakesOverOnlyWhatNoActiveMemberIsLeftFor(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 4);
        VirtualMember standby = group.member("standby", VirtualGroup.splits(4), TERMS, 0);
        group.run(TICK.multipliedBy(3));
        assertThat(standby.holds()).isEmpty();

        blue.kill();
        group.until(LONG, () -> standby.holds().size() == 4);
        VirtualMember green = member(group, "green", 4);
        group.run(TICK.multipliedBy(3));

        assertThat(green.holds()).hasSize(4);
        assertThat(standby.holds()).isEmpty();
    }

    // --------------------------------------------------------------------------------- drain

    @AtAnyOrigin
    void whoIsToldToDrainGivesAllAwayAndSaysSoWhenOneMoreCheckpointIsComplete(long origin) {
        shared(origin);

        group.order("blue", DRAIN);
        group.run(TICK.multipliedBy(3));
        blue.keeper.committed(6);
        group.run(TICK);
        assertThat(green.holds()).hasSize(4);
        assertThat(blue.holds()).isEmpty();
        assertThat(group.row("blue").state()).isEqualTo(MemberState.ACTIVE);

        blue.keeper.committed(7);
        group.run(TICK);
        assertThat(group.row("blue").state()).isEqualTo(MemberState.DRAINED);
    }

    @AtAnyOrigin
    void whoDrainsIsToldOtherwiseAndTakesPartAgain(long origin) {
        shared(origin);
        group.order("blue", DRAIN);
        group.run(TICK.multipliedBy(3));
        blue.keeper.committed(7);
        group.run(TICK);

        group.order("blue", Orders.NONE);
        group.run(TICK.multipliedBy(3));

        assertThat(group.row("blue").state()).isEqualTo(MemberState.ACTIVE);
        assertThat(blue.holds()).hasSize(2);
        assertThat(green.holds()).hasSize(2);
    }

    @AtAnyOrigin
    void whoDrainsKeepsWhatNobodyElseIsThereFor(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 4);
        group.run(TICK.multipliedBy(2));

        group.order("blue", DRAIN);
        group.run(LONG);

        assertThat(blue.holds()).hasSize(4);
        assertThat(group.row("blue").state()).isEqualTo(MemberState.ACTIVE);
    }

    /** It could not take the split; the owner would stop for nobody. */
    @AtAnyOrigin
    void whoDrainsWithdrawsItsClaimsThoughAllDrain(long origin) {
        claimed(origin);

        group.order("green", DRAIN);
        group.order("blue", DRAIN);
        group.run(LONG);

        assertThat(blue.holds()).hasSize(2);
        assertThat(blue.events(LeaseEvent.Claimed.class)).hasSize(1);
        assertThat(blue.events(LeaseEvent.ClaimOver.class)).hasSize(1);
        assertThat(group.leases().values()).allMatch(lease -> lease.claim().isEmpty());
        assertThat(green.requests).isLessThan(5 * (int) (LONG.toSeconds() / TICK.toSeconds()));
    }

    @AtAnyOrigin
    void anOrderOutlivesTheIncarnationThatGotIt(long origin) {
        shared(origin);
        group.order("blue", DRAIN);
        blue.close();
        VirtualMember again = member(group, "blue", 4);

        group.until(LONG, () -> green.holds().size() == 4);
        group.run(LONG);

        assertThat(again.holds()).isEmpty();
        assertThat(group.row("blue").orders()).isEqualTo(DRAIN);
    }

    // ----------------------------------------------------------------------------- when it fails

    /** Promise L2: the claimant dies before the owner has let go. */
    @AtAnyOrigin
    void ifTheClaimantDiesTheOwnerGoesOn(long origin) {
        claimed(origin);

        green.kill();
        group.until(LONG, () -> !blue.events(LeaseEvent.ClaimOver.class).isEmpty());
        group.run(LONG);

        assertThat(blue.holds()).hasSize(2);
        assertThat(blue.events(LeaseEvent.Lost.class)).isEmpty();
        assertThat(group.leases().values()).allMatch(lease -> lease.epoch() == 1);
    }

    @AtAnyOrigin
    void ifTheClaimantDiesAfterTheReleaseTheSplitIsTakenByWhoIsLeft(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 2);
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green", 2);
        group.until(LONG, () -> claimOn(group, "s001").isPresent());
        green.kill();
        group.until(LONG, () -> group.leases().get("s001").owner().isEmpty());
        assertThat(claimOn(group, "s001")).isPresent();

        group.until(LONG, () -> blue.holds().size() == 2);

        assertThat(group.leases().get("s001").epoch()).isEqualTo(2);
    }

    @AtAnyOrigin
    void ifTheOwnerDiesTheClaimantTakesOver(long origin) {
        claimed(origin);

        blue.kill();
        Duration took = group.until(LONG, () -> green.holds().size() == 2);

        assertThat(took)
                .isLessThanOrEqualTo(TERMS.duration().plus(TICK.multipliedBy(2)).plusMillis(100));
    }

    /** A third one comes while a handoff is under way: the plan is another then. */
    @AtAnyOrigin
    void aClaimThatThePlanNoLongerHasIsWithdrawn(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 4);
        blue.checkpointsTake = Optional.of(Duration.ofSeconds(40));
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green", 4);
        group.until(LONG, () -> claimOn(group, "s003").isPresent());
        VirtualMember red = member(group, "red", 4);

        group.run(Duration.ofMinutes(2));

        assertThat(blue.holds()).hasSize(2);
        assertThat(green.holds()).hasSize(1);
        assertThat(red.holds()).hasSize(1);
        assertThat(group.leases().values().stream().mapToLong(Lease::epoch).sum()).isEqualTo(6);
    }

    @AtAnyOrigin
    void aSplitThatEndsWhileItIsClaimedIsDoneWith(long origin) {
        claimed(origin);

        blue.finishes("s001");
        group.run(LONG);

        assertThat(group.leases().get("s001").finished()).isTrue();
        assertThat(claimOn(group, "s001")).isEmpty();
        assertThat(blue.holds()).containsExactly("s000");
        assertThat(green.holds()).isEmpty();
    }

    @AtAnyOrigin
    void whateverAnswersAreLostAHandoffComesToItsEnd(long origin) {
        for (int millis = 0; millis < 6_000; millis += 250) {
            for (Way way : List.of(Way.LOSES_REQUESTS, Way.LOSES_ANSWERS)) {
                VirtualGroup group = new VirtualGroup(origin);
                VirtualMember blue = member(group, "blue", 4);
                group.run(TICK.multipliedBy(2));
                VirtualMember green = member(group, "green", 4);
                group.run(Duration.ofMillis(millis));
                blue.way = way;
                green.way = way;
                group.run(TICK);
                blue.way = Way.UP;
                green.way = Way.UP;
                group.run(TERMS.duration());

                assertThat(blue.holds()).as("%s after %d ms", way, millis).hasSize(2);
                assertThat(green.holds()).as("%s after %d ms", way, millis).hasSize(2);
                assertThat(blue.events(LeaseEvent.Lost.class)).isEmpty();
            }
        }
    }

    // ----------------------------------------------------------------------------------- force

    /** Promise L2: the owner never lets go. */
    @AtAnyOrigin
    void anOwnerThatDoesNotLetGoInTimeIsForced(long origin) {
        claimed(origin);

        Duration took = group.until(LONG, () -> green.holds().contains("s001"));

        assertThat(took)
                .isBetween(
                        TERMS.handoffTimeout(),
                        TERMS.handoffTimeout().plus(TERMS.duration().multipliedBy(2)).plus(TICK));
        group.run(TICK);
        assertThat(blue.holds()).containsExactly("s000");
        assertThat(blue.events(LeaseEvent.Dropped.class)).hasSize(1);
        assertThat(blue.events(LeaseEvent.Lost.class)).isEmpty();
    }

    /** Promise S1: then no grant is given to them any more, and they fall silent by themselves. */
    @AtAnyOrigin
    void readersThatHearOfNothingAreSilentBeforeAForcedSplitMoves(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue", 2);
        blue.checkpointsTake = Optional.empty();
        blue.readersAreDeaf = true;
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green", 2);

        group.until(LONG, () -> green.holds().contains("s001"));

        assertThat(blue.events(LeaseEvent.Claimed.class)).hasSize(2);
    }

    /** Promise S1: it does not know, so that it must be silent when its lease is over. */
    @AtAnyOrigin
    void anOwnerThatCannotLearnThatItIsForcedIsSilentBeforeTheSplitMoves(long origin) {
        for (int millis = 0; millis < 4_000; millis += 100) {
            claimed(origin);
            group.run(TERMS.handoffTimeout().minus(TICK).plusMillis(millis));

            blue.way = Way.LOSES_ANSWERS;
            group.run(Duration.ofMinutes(3));

            assertThat(green.holds()).contains("s001");
        }
    }

    @AtAnyOrigin
    void aForcedSplitIsStillHandedOverIfACheckpointCompletesInTime(long origin) {
        forced(origin);

        blue.freezes("s001");
        group.run(TICK);

        assertThat(green.holds()).containsExactly("s001");
        assertThat(green.granted.get("s001").progress()).isEqualTo(VirtualGroup.at(7, 7));
    }

    /** Promise S1: a claimant that nothing is heard of may still acquire what it has forced. */
    @AtAnyOrigin
    void whatAFrozenClaimantHasForcedIsNotReadUntilItIsClosed(long origin) {
        for (int millis = 0; millis < 12_000; millis += 500) {
            forced(origin);
            group.run(Duration.ofMillis(millis));

            green.freeze();
            group.run(TERMS.duration().plus(TICK.multipliedBy(2)));
            green.thaw();
            group.run(LONG);

            Set<String> all = new TreeSet<>(blue.holds());
            all.addAll(green.holds());
            assertThat(all).as("after %d ms", millis).containsExactly("s000", "s001");
        }
    }

    /** Who has forced a split may have acquired it before it closed: only the row tells. */
    @AtAnyOrigin
    void aForcedSplitIsNotReadAgainBecauseItsClaimantHasClosed(long origin) {
        forced(origin);
        group.until(LONG, () -> green.holds().size() == 1);

        green.close();
        group.run(TICK.multipliedBy(2));

        assertThat(blue.events(LeaseEvent.ClaimOver.class)).isEmpty();
        assertThat(blue.events(LeaseEvent.Dropped.class)).hasSize(1);
    }

    @AtAnyOrigin
    void aRestartedOwnerDoesNotTakeBackWhatIsForced(long origin) {
        forced(origin);
        blue.close();
        VirtualMember again = member(group, "blue", 2);

        group.until(LONG, () -> green.holds().contains("s001"));
        group.run(LONG);

        assertThat(again.holds()).containsExactly("s000");
        assertThat(again.events(LeaseEvent.Lost.class)).isEmpty();
    }

    /** What it had is not free for others: its state goes on behind what the table knows. */
    @AtAnyOrigin
    void anOwnerThatIsBackKeepsWhatIsClaimedWhileItsReadersStart(long origin) {
        claimed(origin);
        blue.close();
        VirtualMember again = group.starting("blue", VirtualGroup.splits(2), TERMS);

        group.run(TERMS.duration());

        assertThat(green.holds()).isEmpty();
        assertThat(group.leases().values()).allMatch(lease -> lease.ownedBy(blue.me));
        again.keeper.stateIsKnown();
        group.run(TICK.multipliedBy(3));
        assertThat(again.events(LeaseEvent.Dropped.class)).hasSize(1);
        assertThat(green.holds()).hasSize(1);
    }

    /** Promise L2 for the same, where they never do. */
    @AtAnyOrigin
    void anOwnerThatIsBackAndNeverReadyIsForced(long origin) {
        claimed(origin);
        blue.close();
        group.starting("blue", VirtualGroup.splits(2), TERMS);

        group.until(LONG, () -> green.holds().size() == 1);
    }

    /**
     * A reader that failed gets its splits anew; who has claimed them does not have to ask again.
     */
    @AtAnyOrigin
    void aClaimOutlivesANewEpochOfItsOwner(long origin) {
        claimed(origin);

        blue.checkpointsTake = Optional.of(Duration.ofSeconds(20));
        blue.restores("s001");
        group.run(TICK);
        assertThat(group.leases().get("s001").epoch()).isEqualTo(2);
        assertThat(claimOn(group, "s001")).contains(new Claim("green", Claim.Kind.ASK));
        assertThat(blue.events(LeaseEvent.Claimed.class)).hasSize(2);

        group.until(LONG, () -> green.holds().contains("s001"));
        assertThat(green.granted.get("s001").progress()).isEqualTo(VirtualGroup.at(7, 7));
    }
}
