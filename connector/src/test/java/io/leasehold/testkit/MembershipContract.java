package io.leasehold.testkit;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.Join;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import static io.leasehold.testkit.ScriptedMember.applied;
import static org.assertj.core.api.Assertions.assertThat;

/** Who is in a group, and who may still write in it. */
@Timeout(60)
abstract class MembershipContract {

    private static final Orders DRAIN = new Orders(true, OptionalInt.empty());

    private final List<LeaseStore> stores = new ArrayList<>();
    private String group;

    /** Opens another session on the one store that this test class is about. */
    protected abstract LeaseStore open();

    @BeforeEach
    void nameGroup(TestInfo test) {
        group = test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void closeStores() {
        stores.forEach(LeaseStore::close);
    }

    final String group() {
        return group;
    }

    final LeaseStore session() {
        LeaseStore store = open();
        stores.add(store);
        return store;
    }

    /** One that has not joined yet, with a session of its own. */
    final ScriptedMember member(String id, String incarnation) {
        return new ScriptedMember(session(), group, new Incarnation(id, incarnation));
    }

    final ScriptedMember joined(String id) {
        return member(id, id + "-1").joined();
    }

    private static Optional<Member> row(Membership membership, ScriptedMember of) {
        return membership.member(of.self().memberId());
    }

    @Test
    void whatAMemberSaysToItsOperatorsAndHowLongItHoldsItsSplitsIsSeenByAll() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        long beat = a.open().member("a").orElseThrow().beat();

        applied(a.send(new Declare(group(), a.self(), MemberState.AWAY, "no readers", beat, 0)));
        Member away = b.open().member("a").orElseThrow();
        assertThat(away.state()).isEqualTo(MemberState.AWAY);
        assertThat(away.notice()).isEqualTo("no readers");
        assertThat(away.heldFor()).isZero();
        applied(a.send(new Declare(group(), a.self(), MemberState.AWAY, "none yet", beat, 0)));
        assertThat(b.open().member("a").orElseThrow().notice()).isEqualTo("none yet");

        applied(
                a.send(
                        new Close(
                                group(),
                                a.self(),
                                Optional.empty(),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(9),
                                0)));
        Member closed = b.open().member("a").orElseThrow();
        assertThat(closed.heldFor()).isEqualTo(Duration.ofSeconds(9));
        assertThat(closed.emitsFor()).isEqualTo(Duration.ofSeconds(2));
        applied(a.reborn("a-2").join(Optional.of(closed)));
        assertThat(b.open().member("a").orElseThrow().heldFor()).isZero();
    }

    @Test
    void aNewGroupIsEmpty() {
        assertThat(member("a", "1").open().members()).isEmpty();
        assertThat(member("a", "1").changes()).isZero();
        assertThat(member("b", "1").leases()).isEmpty();
    }

    @Test
    void whoJoinsIsSeenByAllAsItWroteItself() {
        ScriptedMember a = member("a", "1");
        Member row =
                new Member(
                        a.self(),
                        42,
                        MemberState.DRAINED,
                        new Share(3, 17, Balance.LOAD),
                        new Orders(true, OptionalInt.of(0)),
                        Duration.ofNanos(30_000_000_001L),
                        Duration.ofMillis(1),
                        Set.of("orders-a", "it's \u00e9 \ud83d\ude00", "x".repeat(900)),
                        "host\u0000 'x' \u00e9 \ud83d\ude00");
        a.open();
        Membership answer = applied(a.send(new Join(group, row, Optional.empty())));

        assertThat(answer.members()).containsExactly(row);
        assertThat(member("b", "1").open()).isEqualTo(answer);
    }

    /** The next life says its own. */
    @Test
    void theSinkPrefixesOfARowAreReplacedWithIt() {
        ScriptedMember a = member("a", "1");
        Member row = a.row();
        Member before =
                new Member(
                        row.incarnation(),
                        row.beat(),
                        row.state(),
                        row.share(),
                        row.orders(),
                        row.duration(),
                        row.emitsFor(),
                        Set.of("orders-a"),
                        row.description());
        a.open();
        applied(a.send(new Join(group, before, Optional.empty())));
        ScriptedMember next = a.reborn("2");

        Membership answer = applied(next.send(new Join(group, next.row(), Optional.of(before))));

        assertThat(answer.members()).containsExactly(next.row());
    }

    @Test
    void joinWithoutOpenOpensTheGroup() {
        ScriptedMember a = member("a", "1");
        assertThat(applied(a.join(Optional.empty())).members()).containsExactly(a.row());
    }

    @Test
    void joinInPlaceOfNoRowIsRefusedWhereThereIsOne() {
        ScriptedMember a = joined("a");
        ScriptedMember twin = member("a", "a-2");

        assertThat(twin.join(Optional.empty())).isInstanceOf(Refused.class);
        assertThat(twin.open().members()).containsExactly(a.row());
    }

    @Test
    void joinInPlaceOfARowIsRefusedWhereThereIsNone() {
        ScriptedMember a = member("a", "a-2");
        a.open();
        Member vanished = member("a", "a-1").row();

        assertThat(a.join(Optional.of(vanished))).isInstanceOf(Refused.class);
        assertThat(a.open().members()).isEmpty();
    }

    @Test
    void joinReplacesTheRowThatIsAsRead() {
        ScriptedMember old = joined("a");
        ScriptedMember next = member("a", "a-2");

        Membership after = applied(next.join(Optional.of(old.row())));

        assertThat(after.members()).containsExactly(next.row());
        assertThat(old.beat(1)).isInstanceOf(Refused.class);
    }

    @Test
    void joinIsRefusedOnceTheReplacedHasBeaten() {
        ScriptedMember old = joined("a");
        applied(old.beat(1));

        ScriptedMember next = member("a", "a-2");
        assertThat(next.join(Optional.of(old.row()))).isInstanceOf(Refused.class);
        assertThat(old.beat(2)).isNotInstanceOf(Refused.class);
    }

    @Test
    void joinIsRefusedOnceTheStateOfTheReplacedIsAnother() {
        ScriptedMember old = joined("a");
        applied(old.close(old, Optional.empty()));

        ScriptedMember next = member("a", "a-2");
        assertThat(next.join(Optional.of(old.row()))).isInstanceOf(Refused.class);
        assertThat(row(next.open(), old).orElseThrow().state()).isEqualTo(MemberState.CLOSED);
    }

    @Test
    void joinIsRefusedOnceTheReplacedIsReplacedByAnother() {
        ScriptedMember old = joined("a");
        ScriptedMember first = member("a", "a-2");
        applied(first.join(Optional.of(old.row())));

        ScriptedMember second = member("a", "a-3");
        assertThat(second.join(Optional.of(old.row()))).isInstanceOf(Refused.class);
        assertThat(second.open().members()).containsExactly(first.row());
    }

    @Test
    void joinIsRefusedOnceTheOrdersOfTheReplacedAreOthers() {
        ScriptedMember old = joined("a");
        applied(joined("b").order("a", DRAIN));

        ScriptedMember next = member("a", "a-2");
        assertThat(next.join(Optional.of(old.row()))).isInstanceOf(Refused.class);
        assertThat(row(next.open(), old)).contains(old.row().with(DRAIN));
    }

    @Test
    void ordersOutliveTheIncarnationThatCarriesThemOn() {
        ScriptedMember old = joined("a");
        Member ordered = old.row().with(DRAIN);
        assertThat(row(applied(old.order("a", DRAIN)), old)).contains(ordered);
        ScriptedMember next = member("a", "a-2");

        Member carried = next.row().with(DRAIN);
        Membership after = applied(next.send(new Join(group, carried, Optional.of(ordered))));

        assertThat(after.members()).containsExactly(carried);
        assertThat(next.open().members()).containsExactly(carried);
    }

    @Test
    void aMemberIsToldWhateverItsIncarnationAndState() {
        ScriptedMember a = joined("a");
        ScriptedMember stranger = member("operator", "1");
        Orders lighter = new Orders(false, OptionalInt.of(0));

        assertThat(row(applied(stranger.order("a", lighter)), a)).contains(a.row().with(lighter));
        applied(a.declare(MemberState.DRAINED));
        assertThat(row(applied(stranger.order("a", DRAIN)), a))
                .contains(a.row(0, MemberState.DRAINED).with(DRAIN));
        Member closed = row(applied(a.close(a, Optional.empty())).members(), a).orElseThrow();
        assertThat(row(applied(stranger.order("a", Orders.NONE)), a))
                .contains(closed.with(Orders.NONE));
    }

    @Test
    void anOrderChangesNothingElseOfTheRow() {
        ScriptedMember a = joined("a");
        applied(a.beat(5));
        applied(a.order("a", new Orders(true, OptionalInt.of(7))));

        assertThat(a.open().members())
                .containsExactly(a.row().beaten(5).with(new Orders(true, OptionalInt.of(7))));
        assertThat(applied(a.beat(6)).members())
                .containsExactly(a.row().beaten(6).with(new Orders(true, OptionalInt.of(7))));
    }

    @Test
    void anOrderForNobodyChangesNothing() {
        ScriptedMember a = joined("a");
        Membership before = a.open();

        assertThat(applied(a.order("nobody", DRAIN))).isEqualTo(before);
        assertThat(a.open()).isEqualTo(before);
    }

    @Test
    void everyChangeOfOrdersCountsOnce() {
        ScriptedMember a = joined("a");
        long before = a.changes();
        long first = ScriptedMember.changes(a.order("a", DRAIN));
        long again = ScriptedMember.changes(a.order("a", DRAIN));
        long heavier = ScriptedMember.changes(a.order("a", new Orders(true, OptionalInt.of(2))));
        long unordered = ScriptedMember.changes(a.order("a", Orders.NONE));
        long unorderedAgain = ScriptedMember.changes(a.order("a", Orders.NONE));

        assertThat(List.of(first, again, heavier, unordered, unorderedAgain))
                .containsExactly(before + 1, before + 1, before + 2, before + 3, before + 3);
    }

    @Test
    void whatAMemberDeclaresIsSeenByAll() {
        ScriptedMember a = joined("a");
        applied(a.beat(5));
        Member drained = a.row(5, MemberState.DRAINED);

        assertThat(applied(a.declare(MemberState.DRAINED)).members()).containsExactly(drained);
        assertThat(member("b", "1").open().members()).containsExactly(drained);
        assertThat(applied(a.declare(MemberState.ACTIVE)).members())
                .containsExactly(a.row().beaten(5));
    }

    @Test
    void aDrainedMemberGoesOnBeating() {
        ScriptedMember a = joined("a");
        applied(a.declare(MemberState.DRAINED));

        assertThat(applied(a.beat(1)).members()).containsExactly(a.row(1, MemberState.DRAINED));
    }

    @Test
    void whatWasDeclaredBeforeTheLastBeatIsNotTrueAnyMore() {
        ScriptedMember a = joined("a");
        applied(a.beat(5));

        Membership after = applied(a.declare(MemberState.DRAINED, 4));

        assertThat(after.members()).containsExactly(a.row().beaten(5));
        assertThat(a.open()).isEqualTo(after);
    }

    @Test
    void whoMayNotWriteDeclaresNothing() {
        ScriptedMember old = joined("a");
        ScriptedMember stranger = member("b", "1");
        assertThat(stranger.declare(MemberState.ACTIVE)).isInstanceOf(Refused.class);
        ScriptedMember next = member("a", "a-2").joined();
        assertThat(old.declare(MemberState.DRAINED)).isInstanceOf(Refused.class);
        assertThat(next.open().members()).containsExactly(next.row());

        Membership closed = applied(next.close(next, Optional.empty())).members();
        assertThat(next.declare(MemberState.ACTIVE)).isInstanceOf(Refused.class);
        assertThat(next.open()).isEqualTo(closed);
    }

    @Test
    void everyChangeOfWhatIsDeclaredCountsOnce() {
        ScriptedMember a = joined("a");
        long before = a.changes();
        long same = ScriptedMember.changes(a.declare(MemberState.ACTIVE));
        long drained = ScriptedMember.changes(a.declare(MemberState.DRAINED));
        long again = ScriptedMember.changes(a.declare(MemberState.DRAINED));

        assertThat(List.of(same, drained, again)).containsExactly(before, before + 1, before + 1);
    }

    @Test
    void aMemberMayJoinAgainAsItself() {
        ScriptedMember a = joined("a");
        Member draining = a.row(0, MemberState.DRAINED);

        Membership after = applied(a.send(new Join(group, draining, Optional.of(a.row()))));

        assertThat(after.members()).containsExactly(draining);
    }

    @Test
    void noJoinBringsAClosedIncarnationBack() {
        ScriptedMember a = joined("a");
        Membership closed = applied(a.close(a, Optional.empty())).members();

        assertThat(a.join(row(closed, a))).isInstanceOf(Refused.class);
        assertThat(a.beat(1)).isInstanceOf(Refused.class);
        assertThat(a.open()).isEqualTo(closed);
    }

    @Test
    void beatShowsTheRowAsItIsAfterIt() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");

        Membership seen = applied(a.beat(5));

        assertThat(seen.members()).containsExactlyInAnyOrder(a.row().beaten(5), b.row());
        assertThat(b.open()).isEqualTo(seen);
    }

    @Test
    void beatLeavesTheChangeNumberAlone() {
        ScriptedMember a = joined("a");
        long before = a.open().changeNumber();

        assertThat(applied(a.beat(1)).changeNumber()).isEqualTo(before);
    }

    @Test
    void beatsOnlyGoUp() {
        ScriptedMember a = joined("a");
        applied(a.beat(5));

        assertThat(applied(a.beat(4)).members()).containsExactly(a.row().beaten(5));
        assertThat(applied(a.beat(Long.MIN_VALUE)).members()).containsExactly(a.row().beaten(5));
        assertThat(applied(a.beat(Long.MAX_VALUE)).members())
                .containsExactly(a.row().beaten(Long.MAX_VALUE));
    }

    @Test
    void beatOfNobodyIsRefused() {
        ScriptedMember stranger = member("a", "1");
        assertThat(stranger.beat(1)).isInstanceOf(Refused.class);
        stranger.open();
        assertThat(stranger.beat(1)).isInstanceOf(Refused.class);
        assertThat(stranger.open().members()).isEmpty();
    }

    @Test
    void closedIsFinalWhoeverWroteIt() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        Member closed = a.row().closed(Duration.ofSeconds(5), Duration.ZERO);

        assertThat(row(applied(b.close(a, Optional.of(0L))).members(), a)).contains(closed);
        assertThat(a.beat(1)).isInstanceOf(Refused.class);

        applied(a.send(new Close(group, a.self(), Optional.empty(), Duration.ofHours(1))));
        assertThat(row(b.open(), a)).contains(closed);
    }

    @Test
    void closeOfABeatThatIsPastClosesNothing() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(a.beat(1));
        long before = b.open().changeNumber();

        Membership after = applied(b.close(a, Optional.of(0L))).members();

        assertThat(row(after, a)).contains(a.row().beaten(1));
        assertThat(after.changeNumber()).isEqualTo(before);
        applied(a.beat(2));
    }

    @Test
    void closeOfAnEarlierIncarnationLeavesTheNextOneAlone() {
        ScriptedMember old = joined("a");
        ScriptedMember next = member("a", "a-2");
        applied(next.join(Optional.of(old.row())));

        assertThat(applied(old.close(old, Optional.empty())).members().members())
                .containsExactly(next.row());
    }

    @Test
    void aClosedOneIsReplacedByItsNextIncarnation() {
        ScriptedMember old = joined("a");
        Membership closed = applied(old.close(old, Optional.empty())).members();
        ScriptedMember next = member("a", "a-2");

        assertThat(applied(next.join(row(closed, old))).members()).containsExactly(next.row());
        assertThat(old.beat(1)).isInstanceOf(Refused.class);
        applied(next.beat(1));
    }

    @Test
    void everyChangeOfMembershipCountsOnce() {
        ScriptedMember a = member("a", "1");
        long opened = a.changes();
        long joined = ScriptedMember.changes(a.join(Optional.empty()));
        long again = ScriptedMember.changes(a.join(Optional.empty()));
        applied(a.close(a, Optional.empty()));
        long closed = a.changes();
        applied(a.close(a, Optional.empty()));
        long closedAgain = a.changes();

        assertThat(List.of(joined, again, closed, closedAgain))
                .containsExactly(opened + 1, opened + 1, opened + 2, opened + 2);
    }

    @Test
    void beatsMayBeAnyNumber() {
        ScriptedMember a = member("a", "1");
        a.open();
        Member row = a.row(Long.MIN_VALUE, MemberState.ACTIVE);
        applied(a.send(new Join(group, row, Optional.empty())));

        assertThat(applied(a.beat(-1)).members()).containsExactly(row.beaten(-1));
        Membership closed = applied(a.close(a, Optional.of(-1L))).members();
        assertThat(row(closed, a).orElseThrow().state()).isEqualTo(MemberState.CLOSED);
    }

    @Test
    void aStoreThatIsClosedAnswersUnknown() {
        ScriptedMember a = joined("a");
        a.store().close();
        a.store().close();

        assertThat(a.beat(1)).isInstanceOf(Unknown.class);
    }
}
