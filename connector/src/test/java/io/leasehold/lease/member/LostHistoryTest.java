package io.leasehold.lease.member;

import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.member.VirtualGroup.Way;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.ForwardingStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

import static org.assertj.core.api.Assertions.assertThat;

/** A table that goes back in time: protocol section 8, sentence by sentence. */
@Timeout(30)
class LostHistoryTest {

    private static final Duration TICK = VirtualGroup.TICK;
    private static final Duration WAIT =
            VirtualGroup.TERMS.deadAfter(VirtualGroup.TERMS.duration());

    private final VirtualGroup group = new VirtualGroup(0);

    private LeaseEvent.TableWentBack wentBack(VirtualMember member) {
        assertThat(member.events(LeaseEvent.TableWentBack.class)).hasSize(1);
        return member.events(LeaseEvent.TableWentBack.class).get(0);
    }

    @Test
    void aMemberThatFindsTheTableBehindWhatItKnowsStopsAtOnce() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        MemoryLeaseTable.Copy before = group.copy();
        group.until(TICK.multipliedBy(2), () -> blue.holds().size() == 4);

        group.goBackTo(before);
        group.run(TICK);

        assertThat(blue.keeper.extendFor(group.now())).isZero();
        assertThat(blue.keeper.splits().heldCount()).isZero();
        assertThat(blue.keeper.joined()).isFalse();
        assertThat(wentBack(blue).why()).contains("went back in time", "no such group");
    }

    @Test
    void aMemberThatFindsTheTableBesideWhatItKnowsStopsAtOnce() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        group.until(TICK.multipliedBy(2), () -> blue.holds().size() == 4);
        MemoryLeaseTable.Copy before = group.copy();
        group.order("blue", new Orders(false, OptionalInt.of(3)));
        group.run(TICK);

        group.goBackTo(before);
        group.order("blue", new Orders(false, OptionalInt.of(5)));
        group.run(TICK);

        assertThat(blue.keeper.extendFor(group.now())).isZero();
        assertThat(wentBack(blue).why()).contains("another history");
    }

    /** A request that does not say what its sender has seen is refused for want of its row. */
    @Test
    void aMemberWhoseRowIsLostNoticesThatTheTableWentBack() {
        VirtualMember green = group.member("green", VirtualGroup.splits(1));
        group.until(TICK.multipliedBy(2), () -> green.holds().size() == 1);
        MemoryLeaseTable.Copy before = group.copy();
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.until(TICK.multipliedBy(2), () -> blue.holds().size() == 1);

        group.goBackTo(before);
        blue.keeper.splits().discovered(VirtualGroup.splits(3));
        blue.freezes("s001");
        group.run(TICK);

        assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
        wentBack(blue);
    }

    /** A store that says both would be asked as fast as it answers, and for ever. */
    @Test
    void aMemberWhoseRequestIsRefusedIsOverThoughItsRenewalIsAnswered() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.until(TICK.multipliedBy(2), () -> blue.holds().size() == 2);
        blue.sees =
                store ->
                        new ForwardingStore(store)
                                .on(Discover.class, asked -> new Refused<>("closed"));
        int before = blue.requests;
        blue.keeper.splits().discovered(VirtualGroup.splits(3));

        group.run(TICK);

        assertThat(blue.events(LeaseEvent.ClosedByOthers.class))
                .containsExactly(new LeaseEvent.ClosedByOthers("closed"));
        assertThat(blue.keeper.extendFor(group.now())).isZero();
        assertThat(blue.requests - before).isLessThan(5);
    }

    @Test
    void aChangeThatNobodyWasToldOfIsNotMissed() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4));
        group.until(TICK.multipliedBy(2), () -> blue.holds().size() == 4);
        MemoryLeaseTable.Copy before = group.copy();
        blue.way = Way.LOSES_ANSWERS;
        blue.keeper.splits().discovered(VirtualGroup.splits(6));
        group.run(TICK);

        group.goBackTo(before);
        blue.way = Way.UP;
        group.run(TICK.multipliedBy(3));

        assertThat(blue.events(LeaseEvent.TableWentBack.class)).isEmpty();
        assertThat(blue.holds()).hasSize(6);
    }

    @Test
    void whatOneIncarnationKnewTheNextOneWaitsForAndGoesBeyond() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));
        group.until(TICK.multipliedBy(2), () -> blue.holds().size() == 2);
        MemoryLeaseTable.Copy before = group.copy();
        for (int i = 0; i < 5; i++) {
            blue.restores("s000");
            group.until(TICK, () -> blue.holds().size() == 2);
        }
        group.goBackTo(before);
        group.until(TICK, () -> !blue.keeper.joined());
        long noticed = group.now();
        LostHistory lost = wentBack(blue).lost();
        assertThat(lost.highestEpoch()).isEqualTo(6);
        blue.close();

        VirtualMember next = group.member("blue", VirtualGroup.splits(2));
        next.keeper.startsAfter(lost);
        group.until(Duration.ofMinutes(1), () -> next.holds().size() == 2);

        assertThat(Duration.ofNanos(group.now() - noticed))
                .isBetween(WAIT.minus(TICK), WAIT.plus(TICK.multipliedBy(2)));
        assertThat(group.leases().values()).extracting(Lease::epoch).containsOnly(7L);
    }

    @Test
    void aPositionOfALostEpochIsNotTakenForThatOfAnotherOwner() {
        RestoredPosition at = new RestoredPosition(2, 5, RestoreRule.AUTO);
        Lease others = lease("s000", 5, 2);

        assertThat(at.startOf(others, "blue", false, false))
                .isEqualTo(RestoredPosition.Start.STATE);
        assertThat(at.startOf(others, "blue", true, false)).isEqualTo(RestoredPosition.Start.TABLE);
    }

    /** 4,375 times in 30 s, before. */
    @Test
    void whatIsRejectedIsRepeatedOnceATick() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(3));
        // As a table that lost rows behind a member's back.
        blue.sees =
                store ->
                        new ForwardingStore(store)
                                .on(Acquire.class, asked -> new Applied<>(List.of()));

        group.run(Duration.ofSeconds(30));

        assertThat(blue.holds()).isEmpty();
        assertThat(blue.requests).isLessThan(5 * 30 / (int) TICK.toSeconds());
        blue.sees = store -> store;
        group.run(TICK.multipliedBy(2));
        assertThat(blue.holds()).hasSize(3);
    }

    /** The owner is not in its row any more: the members are read again after every read. */
    @Test
    void whatIsRejectedIsRepeatedOnceATickAlsoWhereTheMembersAreReadAgainFirst() {
        LeaseTerms terms =
                LeaseTerms.lasting(VirtualGroup.TERMS.duration())
                        .handoffTimeout(VirtualGroup.TERMS.duration())
                        .build();
        VirtualMember green = group.member("green", VirtualGroup.splits(3));
        group.run(TICK.multipliedBy(3));
        green.close();
        group.starting("green", List.of(), terms);
        VirtualMember blue = group.member("blue", List.of(), terms, 1);
        blue.sees =
                store ->
                        new ForwardingStore(store)
                                .on(Acquire.class, asked -> new Applied<>(List.of()));
        Predicate<LeaseRequest<?>> acquires = Acquire.class::isInstance;
        group.until(Duration.ofMinutes(2), () -> blue.sent.stream().anyMatch(acquires));
        blue.sent.clear();

        group.run(TICK.multipliedBy(15));

        assertThat(blue.holds()).isEmpty();
        assertThat(blue.sent.stream().filter(acquires)).hasSizeBetween(14, 16);
    }

    @Test
    void rowsThatAreGoneAreDroppedOnceAllAreRead() {
        KnownLeases leases = new KnownLeases();
        for (String splitId : List.of("a", "b")) {
            leases.saw(lease(splitId, 3, 0), 0);
        }

        assertThat(leases.retain(new LeaseChanges(1, List.of(), Map.of("b", "odd")).splitIds()))
                .containsExactly("a");
        assertThat(leases.of("a")).isEmpty();
        assertThat(leases.of("b")).isPresent();
    }

    private static Lease lease(String splitId, long epoch, long tenure) {
        return new Lease(
                splitId, Optional.empty(), epoch, tenure, Optional.empty(), false, Set.of(), 0, 1);
    }
}
