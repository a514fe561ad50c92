package io.leasehold.lease.member;

import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.member.VirtualGroup.Way;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The member's side of the protocol, sentence by sentence. Every test runs at odd clock origins.
 */
@Timeout(30)
class LeaseKeeperTest {

    private static final LeaseTerms TERMS = VirtualGroup.TERMS;
    private static final LeaseTerms FOR_TWO =
            LeaseTerms.lasting(TERMS.duration()).initialMembers(2).build();
    private static final Duration TICK = VirtualGroup.TICK;
    private static final Duration LONG = Duration.ofMinutes(5);

    /** Rule T7: near the ends of a long, at zero, anywhere. */
    @ParameterizedTest
    @ValueSource(
            longs = {0, -1, 1_000_000_000_000L, Long.MAX_VALUE - 20_000_000_000L, Long.MIN_VALUE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface AtAnyOrigin {}

    // -------------------------------------------------------------------------------- shares

    @AtAnyOrigin
    void whoIsAloneTakesEverything(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(8));

        group.run(TICK);

        assertThat(blue.holds()).hasSize(8);
        assertThat(group.leases().values()).allMatch(l -> l.ownedBy(blue.me) && l.epoch() == 1);
    }

    @AtAnyOrigin
    void isSettledWhileItHasAllThatItIsToHave(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        assertThat(blue.keeper.settled()).isFalse();

        group.run(TICK);
        assertThat(blue.keeper.settled()).isTrue();

        blue.restores(blue.holds().iterator().next());
        assertThat(blue.keeper.settled()).isFalse();
        group.run(TICK);
        assertThat(blue.holds()).hasSize(4);
        assertThat(blue.keeper.settled()).isTrue();
    }

    @AtAnyOrigin
    void isNotSettledWhereNobodyKnowsOfASplit(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", List.of());
        group.run(TICK.multipliedBy(3));
        assertThat(blue.keeper.settled()).isFalse();

        blue.keeper.splits().discovered(VirtualGroup.splits(1));
        assertThat(blue.keeper.settled()).isFalse();
        group.run(TICK.multipliedBy(3));
        assertThat(blue.keeper.settled()).isTrue();
    }

    @AtAnyOrigin
    void whatItHasAcquiredIsKnownWithoutBeingReadAgain(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(3));
        group.until(TICK.multipliedBy(3), () -> blue.holds().size() == 3);
        int requests = blue.requests;

        group.run(TICK);

        assertThat(blue.requests - requests).isEqualTo(1);
    }

    @AtAnyOrigin
    void moreThanFitIntoOneRequestAreAcquiredByOnePlan(long origin) {
        int splits = 2 * LeaseRequest.MOST_SPLITS + 1;
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = keeper("blue", "1", origin);
        blue.stateIsKnown();
        for (int from = 0; from < splits; from += LeaseRequest.MOST_SPLITS) {
            blue.splits()
                    .discovered(
                            VirtualGroup.splits(splits)
                                    .subList(
                                            from,
                                            Math.min(splits, from + LeaseRequest.MOST_SPLITS)));
        }
        drive(blue, store, origin);

        drive(blue, store, origin + TICK.toNanos());

        assertThat(blue.splits().heldCount()).isEqualTo(splits);
        assertThat(blue.settled()).isTrue();
        assertThat(blue.splits().holdsAllItOwns()).isTrue();
    }

    /** Or a job that has read nothing of it would take it for read to its end. */
    @AtAnyOrigin
    void aSplitThatAnotherMemberFoundJustBeforeIsNotFinished(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper green = keeper("green", "1", origin);
        drive(green, store, origin);
        LeaseKeeper blue = keeper("blue", "1", origin);
        blue.splits().discovered(VirtualGroup.splits(1));
        drive(blue, store, origin);

        green.splits().discovered(VirtualGroup.splits(1));
        drive(green, store, origin);

        assertThat(green.splits().allFinished()).isFalse();
    }

    @AtAnyOrigin
    void aFreshGroupWaitsForItsInitialMembersAndSharesEvenly(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(8), FOR_TWO, 1);
        group.run(Duration.ofSeconds(20));
        assertThat(blue.holds()).isEmpty();

        VirtualMember green = group.member("green", VirtualGroup.splits(8), FOR_TWO, 1);
        group.run(TICK.multipliedBy(2));

        assertThat(blue.holds()).hasSize(4);
        assertThat(green.holds()).hasSize(4);
    }

    @AtAnyOrigin
    void initialMembersThatDoNotComeAreNotWaitedForForEver(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(8), FOR_TWO, 1);

        Duration took = group.until(LONG, () -> blue.holds().size() == 8);

        assertThat(took).isBetween(TERMS.initialWait(), TERMS.initialWait().plus(TICK));
    }

    @AtAnyOrigin
    void aJoinerTakesItsShareOfWhatIsFreeAndNothingOfALiveOwner(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        group.run(TICK);
        VirtualMember green = group.member("green", VirtualGroup.splits(8));

        group.run(TICK.multipliedBy(3));

        assertThat(blue.holds()).hasSize(4);
        assertThat(green.holds()).hasSize(4);
    }

    @AtAnyOrigin
    void aSplitIsNotGivenOutBeforeItsParentsAreFinished(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue =
                group.member(
                        "blue",
                        List.of(
                                new SplitRequest.Discover.NewSplit(
                                        "child", Set.of("parent"), VirtualGroup.at(0, 0)),
                                new SplitRequest.Discover.NewSplit(
                                        "orphan", Set.of("not there"), VirtualGroup.at(0, 0)),
                                new SplitRequest.Discover.NewSplit(
                                        "parent", Set.of(), VirtualGroup.at(0, 0))));
        group.run(TICK.multipliedBy(2));
        assertThat(blue.holds()).containsExactly("parent");

        blue.finishes("parent");
        group.run(TICK.multipliedBy(2));

        assertThat(blue.holds()).containsExactly("child");
    }

    // ------------------------------------------------------------------------------ takeover

    /** Promise L1. */
    @AtAnyOrigin
    void aDeadMembersSplitsMoveWithinItsDurationAndTwoTicks(long origin) {
        for (long killedAfter : new long[] {0, 1, 500, 999, 1_500, 1_999}) {
            VirtualGroup group = new VirtualGroup(origin);
            VirtualMember blue = group.member("blue", VirtualGroup.splits(8));
            VirtualMember green = group.member("green", VirtualGroup.splits(8));
            group.run(Duration.ofSeconds(30).plusMillis(killedAfter));
            blue.kill();

            Duration took = group.until(LONG, () -> green.holds().size() == 8);

            assertThat(took)
                    .as("killed %d ms after its tick", killedAfter)
                    .isLessThanOrEqualTo(
                            TERMS.duration().plus(TICK.multipliedBy(2)).plusMillis(100))
                    .isGreaterThan(TERMS.duration().minus(TICK));
        }
    }

    @AtAnyOrigin
    void aFrozenMemberFallsSilentBeforeItsSplitsMoveAndIsOverWhenItWakes(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));
        blue.freeze();
        group.until(LONG, () -> green.holds().size() == 4);

        blue.thaw();
        group.run(TICK);

        assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).hasSize(1);
        assertThat(blue.holds()).isEmpty();
    }

    @AtAnyOrigin
    void aMemberThatWakesInTimeLosesNothing(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));
        Set<String> held = Set.copyOf(blue.holds());

        blue.freeze();
        group.run(TERMS.duration().minus(TICK));
        blue.thaw();
        group.run(LONG);

        assertThat(blue.holds()).isEqualTo(held);
        assertThat(green.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
    }

    /** Rule T4, however long the outage. */
    @AtAnyOrigin
    void afterAnOutageOfTheStoreNobodyLooksDeadAndNoSplitMoves(long origin) {
        for (int ticks = 1; ticks <= 60; ticks++) {
            VirtualGroup group = new VirtualGroup(origin);
            VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
            VirtualMember green = group.member("green", VirtualGroup.splits(4));
            group.run(Duration.ofSeconds(31));
            var before = group.leases();

            blue.way = Way.LOSES_REQUESTS;
            green.way = Way.LOSES_REQUESTS;
            group.run(TICK.multipliedBy(ticks));
            // The one that comes back first sees the other's old beat.
            green.way = Way.UP;
            group.run(TERMS.duration().minus(TICK));
            blue.way = Way.UP;
            group.run(TERMS.duration().multipliedBy(3));

            assertThat(group.leases()).as("after %d ticks", ticks).isEqualTo(before);
            assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
        }
    }

    @AtAnyOrigin
    void whoAloneLosesTheStoreIsSilentBeforeItsSplitsMove(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));

        blue.way = Way.LOSES_REQUESTS;
        group.until(LONG, () -> green.holds().size() == 4);
        blue.way = Way.UP;
        group.run(TICK);

        assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).hasSize(1);
    }

    /** Rule T3: an observer counts from when it first saw a beat, so no renewal may reuse one. */
    @AtAnyOrigin
    void aRenewalThatIsSentAgainExtendsNothingThatObserversDoNotSee(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));
        Set<String> ofBlue = Set.copyOf(blue.holds());

        blue.way = Way.LOSES_ANSWERS;
        group.run(TERMS.duration().minus(TICK));
        blue.way = Way.UP;
        group.run(TICK.dividedBy(2));
        blue.way = Way.LOSES_REQUESTS;

        // That no two emit the same split meanwhile, the group itself looks after.
        group.until(LONG, () -> green.holds().containsAll(ofBlue));
    }

    // ------------------------------------------------------------------------------- restart

    @AtAnyOrigin
    void aCleanStopFreesTheSplitsWhenItsReadersAreSilent(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));

        blue.close();
        Duration took = group.until(LONG, () -> green.holds().size() == 4);

        // Promise L4: one reader grant, not the duration.
        assertThat(took)
                .isLessThan(
                        LeaseTerms.byAnotherClock(TERMS.readerGrant()).plus(TICK).plusMillis(100));
    }

    @AtAnyOrigin
    void aMemberThatIsStoppedBeforeItKnowsThatItJoinedLeavesNoRowThatLooksAlive(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        green.freeze();
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        // The table is read, and the answer to the row is lost.
        group.run(Duration.ofMillis(1));
        blue.way = Way.LOSES_ANSWERS;
        group.run(Duration.ofMillis(2));
        blue.way = Way.UP;
        blue.close();

        green.thaw();
        group.run(TICK);

        assertThat(green.holds()).hasSize(4);
    }

    @AtAnyOrigin
    void aMemberThatRestartsAtOnceKeepsItsSplitsAndItsStatesPositions(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));
        Set<String> held = Set.copyOf(blue.holds());
        Set<String> others = Set.copyOf(green.holds());

        blue.close();
        VirtualMember again = group.member("blue", VirtualGroup.splits(4));
        held.forEach(
                splitId ->
                        again.keeper
                                .splits()
                                .restored(
                                        splitId,
                                        VirtualGroup.asGranted(blue.granted.get(splitId).lease())));
        group.run(TERMS.duration());

        assertThat(again.holds()).isEqualTo(held);
        assertThat(again.granted.values()).allMatch(LeaseEvent.Acquired::fromState);
        assertThat(again.granted.values()).allMatch(a -> a.lease().epoch() == 2);
        assertThat(green.holds()).isEqualTo(others);
    }

    @AtAnyOrigin
    void aMemberThatRestartsAfterAKillWaitsUntilItsElderIsSurelyDead(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));

        blue.kill();
        VirtualMember again = group.member("blue", VirtualGroup.splits(4));
        Duration took = group.until(LONG, () -> again.holds().size() == 4);

        assertThat(took).isBetween(TERMS.duration(), TERMS.duration().plus(TICK.multipliedBy(2)));
    }

    @AtAnyOrigin
    void ofTwinsTheYoungerIsOverAndTheElderGoesOn(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember elder = group.member("blue", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));
        VirtualMember younger = group.member("blue", VirtualGroup.splits(4));

        group.run(TERMS.duration().multipliedBy(3));

        assertThat(elder.holds()).hasSize(4);
        assertThat(younger.holds()).isEmpty();
        assertThat(younger.events(LeaseEvent.ClosedByOthers.class))
                .singleElement()
                .extracting(LeaseEvent.ClosedByOthers::why)
                .asString()
                .contains("'blue'", "a test", "lease.member.id");
    }

    /** Rule T4: who could not watch has not seen its elder beat. */
    @AtAnyOrigin
    void anOutageOfTheStoreDoesNotMakeADeadElderATwin(long origin) {
        for (int ticks = 1; ticks <= 40; ticks++) {
            VirtualGroup group = new VirtualGroup(origin);
            VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
            group.run(Duration.ofSeconds(30));
            VirtualMember again = group.member("blue", VirtualGroup.splits(4));
            group.run(TICK.dividedBy(2));
            // It beats once more while it is watched already.
            group.run(TICK);
            blue.kill();

            again.way = Way.LOSES_REQUESTS;
            group.run(TICK.multipliedBy(ticks));
            again.way = Way.UP;

            group.run(TERMS.duration().multipliedBy(2));
            assertThat(again.events(LeaseEvent.ClosedByOthers.class))
                    .as("after %d ticks", ticks)
                    .isEmpty();
            assertThat(again.holds()).as("after %d ticks", ticks).hasSize(4);
        }
    }

    /** The readers of a life with longer times outlast a whole life with shorter ones. */
    @AtAnyOrigin
    void readersOfTheLifeBeforeTheDeadOneAreWaitedForToo(long origin) {
        LeaseTerms longer =
                LeaseTerms.lasting(Duration.ofMinutes(2))
                        .readerGrant(Duration.ofMinutes(1))
                        .build();
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2), longer, 1);
        group.run(Duration.ofSeconds(31));
        blue.close();
        VirtualMember again = group.member("blue", VirtualGroup.splits(2));
        group.run(TICK);
        again.kill();
        VirtualMember green = group.member("green", VirtualGroup.splits(2));

        // That no two emit the same split meanwhile, the group itself looks after.
        group.until(LONG, () -> green.holds().size() == 2);
    }

    @AtAnyOrigin
    void whoIsOverIsNotWokenAgainAndAgain(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        group.run(Duration.ofSeconds(30));
        blue.close();

        long muchLater = origin + LONG.toNanos();

        assertThat(blue.keeper.wakeAt(muchLater) - muchLater).isPositive();
    }

    @AtAnyOrigin
    void aSplitThatAnotherConsumedSinceTheStateWasTakenStartsFromTheTable(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(1));
        group.run(TICK);
        RestoredPosition restored = VirtualGroup.asGranted(blue.granted.get("s000").lease());
        blue.close();
        VirtualMember green = group.member("green", VirtualGroup.splits(1));
        group.until(LONG, () -> green.holds().size() == 1);
        green.records("s000", 42, 7);
        group.run(TICK);
        green.close();

        VirtualMember again = group.member("blue", VirtualGroup.splits(1));
        again.keeper.splits().restored("s000", restored);
        group.until(LONG, () -> again.holds().size() == 1);

        assertThat(again.granted.get("s000").fromState()).isFalse();
        assertThat(again.granted.get("s000").progress()).isEqualTo(VirtualGroup.at(42, 7));
    }

    @AtAnyOrigin
    void aRestoredSplitThatALiveMemberHoldsIsDropped(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember green = group.member("green", VirtualGroup.splits(1));
        group.run(TICK);

        VirtualMember blue = group.member("blue", VirtualGroup.splits(1));
        blue.keeper.splits().restored("s000", new RestoredPosition(1, 1, RestoreRule.AUTO));
        group.run(TICK.multipliedBy(3));

        assertThat(blue.events(LeaseEvent.RestoredElsewhere.class))
                .containsExactly(new LeaseEvent.RestoredElsewhere("s000", green.me));
        assertThat(green.holds()).containsExactly("s000");
    }

    /** Readers report what they restored when they are up, long after the leases were read. */
    @AtAnyOrigin
    void aRestoredSplitThatIsNoLongerToBeHadIsDroppedWheneverItIsTold(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember green = group.member("green", VirtualGroup.splits(2));
        group.run(TICK);
        green.finishes("s001");
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.run(TICK.multipliedBy(3));

        blue.keeper.splits().restored("s000", new RestoredPosition(1, 1, RestoreRule.AUTO));
        blue.keeper.splits().restored("s001", new RestoredPosition(1, 1, RestoreRule.AUTO));
        group.run(TICK.multipliedBy(2));

        assertThat(blue.events(LeaseEvent.RestoredElsewhere.class))
                .containsExactly(new LeaseEvent.RestoredElsewhere("s000", green.me));
        assertThat(blue.events(LeaseEvent.Finished.class))
                .containsExactly(new LeaseEvent.Finished("s001"));
    }

    @AtAnyOrigin
    void nothingIsAcquiredBeforeTheStateIsKnown(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        LeaseKeeper keeper =
                new LeaseKeeper(
                        "orders",
                        new Incarnation("blue", "x"),
                        Share.of(1),
                        "a test",
                        TERMS,
                        origin);
        keeper.splits().discovered(VirtualGroup.splits(1));
        LeaseStore store = new MemoryLeaseTable().open();
        long later = origin + TICK.toNanos();
        drive(keeper, store, origin);
        drive(keeper, store, later);
        assertThat(keeper.splits().heldCount()).isZero();

        keeper.stateIsKnown();

        assertThat(keeper.next(later))
                .get()
                .extracting(LeaseStep::request)
                .isInstanceOf(OwnershipRequest.Acquire.class);
        assertThat(group.leases()).isEmpty();
    }

    @AtAnyOrigin
    void aSplitOfAFailedReaderIsGrantedAnewInANewEpoch(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.run(TICK);

        blue.keeper.splits().restored("s000", new RestoredPosition(1, 1, RestoreRule.AUTO));
        blue.keeper.splits().orphaned("s001");
        group.run(TICK);

        assertThat(blue.granted.get("s000").lease().epoch()).isEqualTo(2);
        assertThat(blue.granted.get("s000").fromState()).isTrue();
        assertThat(blue.granted.get("s001").lease().epoch()).isEqualTo(2);
        assertThat(blue.granted.get("s001").fromState()).isFalse();
    }

    @AtAnyOrigin
    void whatIsInItsNameIsNotAllHeldUntilItIsGrantedAnewOrReleased(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(3));
        assertThat(blue.keeper.splits().holdsAllItOwns()).isFalse();
        group.run(TICK);
        assertThat(blue.keeper.splits().holdsAllItOwns()).isTrue();

        blue.keeper.splits().restored("s000", new RestoredPosition(1, 1, RestoreRule.AUTO));
        assertThat(blue.keeper.splits().holdsAllItOwns()).isFalse();
        group.run(TICK);
        assertThat(blue.keeper.splits().holdsAllItOwns()).isTrue();
        blue.keeper.splits().orphaned("s001");
        assertThat(blue.keeper.splits().holdsAllItOwns()).isFalse();
        group.run(TICK);
        assertThat(blue.keeper.splits().holdsAllItOwns()).isTrue();
        blue.keeper.splits().cannotRead("s001");
        assertThat(blue.keeper.splits().holdsAllItOwns()).isFalse();
        blue.finishes("s002");
        group.run(TICK);
        assertThat(blue.holds()).doesNotContain("s002");
        assertThat(blue.keeper.splits().holdsAllItOwns()).isTrue();
    }

    @AtAnyOrigin
    void whoDoesNotHearOfTheStoreDoesNotKnowWhetherItHoldsAllItOwns(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.run(TICK);

        blue.way = Way.LOSES_REQUESTS;
        group.run(TICK.multipliedBy(2));
        assertThat(blue.keeper.splits().holdsAllItOwns()).isFalse();
        blue.way = Way.UP;
        group.run(TICK.multipliedBy(2));

        assertThat(blue.keeper.splits().holdsAllItOwns()).isTrue();
    }

    /**
     * The members were read, then the leases, and between the two an incarnation came that the
     * first does not know: who is not in a member's row is over only if the row was read later.
     */
    @AtAnyOrigin
    void anOwnerThatIsYoungerThanTheMembersAsReadIsNotTakenForAnElder(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = keeper("blue", "1", origin);
        blue.splits().discovered(VirtualGroup.splits(1));
        drive(blue, store, origin);
        drive(blue, store, origin + TICK.toNanos());
        assertThat(blue.splits().heldCount()).isEqualTo(1);
        LeaseKeeper green = keeper("green", "1", origin + TICK.toNanos());
        drive(green, store, origin + TICK.toNanos());
        blue.close(Duration.ZERO, origin + TICK.toNanos()).forEach(last -> store.ask(last));

        long later = origin + 2 * TICK.toNanos();
        LeaseStep<?> beat = green.next(later).orElseThrow();
        green.answered(beat.sendTo(store), later, later);
        LeaseKeeper again = keeper("blue", "2", later);
        drive(again, store, later);
        assertThat(again.splits().heldCount()).isEqualTo(1);
        drive(green, store, later);

        assertThat(green.splits().heldCount()).isZero();
    }

    /** As above: no rule takes a split from a job that reads it, nor fails for it. */
    @AtAnyOrigin
    void anOwnerThatIsYoungerThanTheMembersAsReadIsNotOneThatIsGone(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = keeper("blue", "1", origin);
        drive(blue, store, origin);
        blue.splits().restored("s000", new RestoredPosition(3, 3, RestoreRule.FAIL));

        long later = origin + TICK.toNanos();
        LeaseStep<?> beat = blue.next(later).orElseThrow();
        ScriptedMember green = new ScriptedMember(store, "orders", new Incarnation("green", "1"));
        ScriptedMember other =
                new ScriptedMember(store, "orders", new Incarnation("other", "1")).joined();
        ScriptedMember.applied(other.discover("s000"));
        LeaseStep.Answer<?> members = beat.sendTo(store);
        green.joined().taking("s000");
        blue.answered(members, later, later);
        List<LeaseEvent> learnt = drive(blue, store, later);
        learnt.addAll(drive(blue, store, later + TICK.toNanos()));

        assertThat(learnt)
                .noneMatch(LeaseEvent.RestoreRefused.class::isInstance)
                .contains(new LeaseEvent.RestoredElsewhere("s000", green.self()));
    }

    private static LeaseKeeper keeper(String memberId, String incarnation, long now) {
        LeaseKeeper keeper =
                new LeaseKeeper(
                        "orders",
                        new Incarnation(memberId, incarnation),
                        Share.of(1),
                        "a test",
                        TERMS,
                        now);
        keeper.stateIsKnown();
        return keeper;
    }

    private static List<LeaseEvent> drive(LeaseKeeper keeper, LeaseStore store, long now) {
        List<LeaseEvent> learnt = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            keeper.next(now)
                    .ifPresent(
                            step -> learnt.addAll(keeper.answered(step.sendTo(store), now, now)));
        }
        return learnt;
    }

    /** A lease may have been forced, and who did that waits for the validity of before alone. */
    @AtAnyOrigin
    void aRenewalDoesNotCountBeforeWhatHasChangedIsRead(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = holdingOne(store, origin);
        new ScriptedMember(store, "orders", new Incarnation("green", "1")).joined();
        Duration left = Duration.ofSeconds(1);
        long later = origin + TICK.plus(TERMS.duration()).minus(left).toNanos();

        LeaseStep<?> beat = blue.next(later).orElseThrow();
        blue.answered(beat.sendTo(store), later, later);
        assertThat(blue.extendFor(later)).isEqualTo(left);
        LeaseStep<?> read = blue.next(later).orElseThrow();
        blue.answered(read.sendTo(store), later, later);

        assertThat(blue.extendFor(later)).isEqualTo(TERMS.readerGrant());
    }

    /** Rule T8. */
    @AtAnyOrigin
    void afterASuspensionNothingIsValidUntilItIsRenewedAtOnce(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = holdingOne(store, origin);
        long later = origin + 2 * TICK.toNanos() / 3;
        assertThat(blue.extendFor(later)).isEqualTo(TERMS.readerGrant());

        blue.suspended(later);

        assertThat(blue.extendFor(later)).isZero();
        assertThat(blue.standing().validUntil()).hasValue(later);
        assertThat(blue.wakeAt(later)).isEqualTo(later);
        drive(blue, store, later);
        assertThat(blue.extendFor(later)).isEqualTo(TERMS.readerGrant());
    }

    /** Rule T8: since it was sent, more time may have passed than the clock shows. */
    @AtAnyOrigin
    void aRenewalThatWasSentBeforeASuspensionDoesNotCount(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = holdingOne(store, origin);
        long sentAt = origin + 2 * TICK.toNanos();
        LeaseStep<?> beat = blue.next(sentAt).orElseThrow();
        assertThat(beat.request()).isInstanceOf(MembershipRequest.Beat.class);

        blue.suspended(sentAt + 1);
        blue.answered(beat.sendTo(store), sentAt, sentAt + 2);

        assertThat(blue.extendFor(sentAt + 2)).isZero();
        LeaseStep<?> next = blue.next(sentAt + 2).orElseThrow();
        blue.answered(next.sendTo(store), sentAt + 2, sentAt + 3);
        assertThat(blue.extendFor(sentAt + 3)).isEqualTo(TERMS.readerGrant());
    }

    /** Rules T3, T8: only ever earlier; its wall clock may just have been set forward. */
    @AtAnyOrigin
    void afterASuspensionNobodyElseIsTakenForDeadAnyEarlier(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember green = group.member("green", VirtualGroup.splits(4));
        VirtualMember blue = group.member("blue", List.of());
        group.until(LONG, () -> blue.holds().size() == 2);
        green.freeze();
        group.run(TICK);

        blue.keeper.suspended(group.now());
        group.run(TERMS.duration().minus(TICK));

        assertThat(blue.holds()).hasSize(2);
        assertThat(group.row("green").state()).isEqualTo(MemberState.ACTIVE);
    }

    /** Rule S1: its own readers were granted nothing, those of the life before were. */
    @AtAnyOrigin
    void whoIsClosedSoonAfterItsElderSaysHowLongThoseReadersMayEmit(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        holdingOne(store, origin)
                .close(Duration.ofSeconds(3), origin + TICK.toNanos())
                .forEach(last -> store.ask(last));
        LeaseKeeper again = keeper("blue", "2", origin + TICK.toNanos());
        drive(again, store, origin + TICK.toNanos());
        assertThat(again.joined()).isTrue();

        List<LeaseRequest<?>> last =
                again.close(
                        Duration.ofSeconds(1),
                        origin + TICK.toNanos() + Duration.ofSeconds(1).toNanos());

        assertThat(last)
                .singleElement()
                .extracting(request -> ((MembershipRequest.Close) request).emitsFor())
                .isEqualTo(
                        LeaseTerms.byAnotherClock(Duration.ofSeconds(3))
                                .minus(Duration.ofSeconds(1)));
    }

    /** It need not wait for its next renewal to hear that. */
    @AtAnyOrigin
    void whoseProgressIsRefusedLooksAtOnceWhoHasTheSplit(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = holdingOne(store, origin);
        ScriptedMember green =
                new ScriptedMember(store, "orders", new Incarnation("green", "1")).joined();
        green.taking("s000");
        blue.splits().progressed(List.of(new Recorded("s000", 1, VirtualGroup.at(7, 7))));

        assertThat(drive(blue, store, origin + TICK.toNanos()))
                .filteredOn(LeaseEvent.Lost.class::isInstance)
                .hasSize(1);
    }

    /** It would be refused, and counted as fenced. */
    @AtAnyOrigin
    void whatIsToBeRecordedOfALostSplitIsNotSent(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = holdingOne(store, origin);
        ScriptedMember green =
                new ScriptedMember(store, "orders", new Incarnation("green", "1")).joined();
        green.taking("s000");
        long later = origin + 2 * TICK.toNanos();
        blue.splits().progressed(List.of(new Recorded("s000", 1, VirtualGroup.at(7, 7))));

        List<LeaseRequest<?>> sent = new ArrayList<>();
        for (Optional<LeaseStep<?>> step = blue.next(later);
                step.isPresent();
                step = blue.next(later)) {
            sent.add(step.get().request());
            blue.answered(step.get().sendTo(store), later, later);
        }

        assertThat(sent)
                .hasAtLeastOneElementOfType(SplitRequest.Read.class)
                .noneMatch(OwnershipRequest.Record.class::isInstance);
    }

    private static LeaseKeeper holdingOne(LeaseStore store, long origin) {
        LeaseKeeper blue = keeper("blue", "1", origin);
        blue.splits().discovered(VirtualGroup.splits(1));
        drive(blue, store, origin);
        drive(blue, store, origin + TICK.toNanos());
        assertThat(blue.splits().heldCount()).isEqualTo(1);
        return blue;
    }

    /** Its end is not what this member read, whose reader would go on with it. */
    @AtAnyOrigin
    void aSplitThatAnotherTookAndReadToItsEndIsLost(long origin) {
        LeaseStore store = new MemoryLeaseTable().open();
        LeaseKeeper blue = holdingOne(store, origin);

        ScriptedMember green =
                new ScriptedMember(store, "orders", new Incarnation("green", "1")).joined();
        Lease taken = green.taking("s000");
        ScriptedMember.applied(green.finish(taken, VirtualGroup.at(99, 99)));
        List<LeaseEvent> learnt = drive(blue, store, origin + 2 * TICK.toNanos());

        assertThat(learnt)
                .noneMatch(LeaseEvent.Finished.class::isInstance)
                .filteredOn(LeaseEvent.Lost.class::isInstance)
                .hasSize(1);
    }

    // ------------------------------------------------------------------------- lost on the way

    /** Rule T5: whatever was under way when the store went silent, the end is the same. */
    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"LOSES_REQUESTS", "LOSES_ANSWERS"})
    void whateverIsLostOnTheWayTheEndIsTheSame(Way way) {
        // Time after time the store falls silent at a later request.
        for (int millis = 0; millis <= 60; millis++) {
            VirtualGroup group = new VirtualGroup(0);
            VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
            group.run(Duration.ofMillis(millis));
            blue.way = way;
            group.run(TICK);
            blue.way = Way.UP;
            group.run(TERMS.duration().multipliedBy(3));

            assertThat(blue.holds()).as("silent from %d ms on", millis).hasSize(4);
            assertThat(blue.unanswered).isPositive();
            assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
            blue.granted.forEach(
                    (splitId, acquired) ->
                            assertThat(group.leases().get(splitId)).isEqualTo(acquired.lease()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"LOSES_REQUESTS", "LOSES_ANSWERS"})
    void progressAndFinishesAreSentAgainUntilTheyAreAnswered(Way way) {
        VirtualGroup group = new VirtualGroup(0);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.run(TICK);

        blue.way = way;
        blue.records("s000", 5, 3);
        blue.finishes("s001");
        group.run(TICK);
        blue.way = Way.UP;
        group.run(TICK.multipliedBy(2));

        assertThat(group.leases().get("s001").finished()).isTrue();
        assertThat(blue.events(LeaseEvent.Finished.class)).hasSize(1);
        assertThat(blue.events(LeaseEvent.Lost.class)).isEmpty();
        blue.kill();
        VirtualMember green = group.member("green", List.of());
        group.until(LONG, () -> green.holds().size() == 1);
        assertThat(green.granted.get("s000").progress()).isEqualTo(VirtualGroup.at(5, 3));
    }

    /** A stop with savepoint: the checkpoint is complete, and Flink closes at once. */
    @AtAnyOrigin
    void whatWaitsToBeRecordedIsRecordedAtClose(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.run(Duration.ofSeconds(31));

        blue.records("s000", 42, 7);
        blue.finishes("s001");
        blue.close();

        VirtualMember green = group.member("green", VirtualGroup.splits(2));
        group.until(LONG, () -> green.holds().size() == 1);
        assertThat(green.granted.get("s000").progress()).isEqualTo(VirtualGroup.at(42, 7));
        assertThat(group.leases().get("s001").finished()).isTrue();
    }

    // ----------------------------------------------------------------------------------- ends

    @AtAnyOrigin
    void aGroupIsFinishedWhenEverySplitIsWhoeverReadIt(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2), FOR_TWO, 1);
        VirtualMember green = group.member("green", VirtualGroup.splits(2), FOR_TWO, 1);
        group.run(TICK.multipliedBy(2));

        List.copyOf(blue.holds()).forEach(blue::finishes);
        group.run(TICK.multipliedBy(2));
        assertThat(blue.keeper.splits().allFinished()).isFalse();

        List.copyOf(green.holds()).forEach(green::finishes);
        group.run(TICK.multipliedBy(2));
        assertThat(blue.keeper.splits().allFinished()).isTrue();
        assertThat(green.keeper.splits().allFinished()).isTrue();
    }

    @AtAnyOrigin
    void aSplitThatCannotBeReadIsLetGoAndNotTakenAgain(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.run(TICK);

        blue.keeper.splits().cannotRead("s000");
        group.run(LONG);

        assertThat(group.leases().get("s000").owner()).isEmpty();
        assertThat(blue.keeper.splits().heldCount()).isEqualTo(1);
    }
}
