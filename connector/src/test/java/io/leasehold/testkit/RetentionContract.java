package io.leasehold.testkit;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OperatorRequest.Inspect;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** When the rows of members, and of a whole group, are deleted that nobody needs any more. */
abstract class RetentionContract extends OperatorContract {

    private static LeaseOutcome<Set<String>> forget(
            ScriptedMember by, Duration closedFor, ScriptedMember... members) {
        List<Incarnation> named = Stream.of(members).map(ScriptedMember::self).toList();
        return by.send(new ForgetMembers(by.group(), Optional.of(by.self()), named, closedFor));
    }

    private static LeaseOutcome<Set<String>> forgetAsOperator(
            ScriptedMember through, ScriptedMember member) {
        return through.send(
                new ForgetMembers(
                        through.group(), Optional.empty(), List.of(member.self()), Duration.ZERO));
    }

    private ScriptedMember closed(String id) {
        ScriptedMember member = joined(id);
        applied(member.close(member, Optional.empty()));
        return member;
    }

    private static List<String> memberIds(ScriptedMember through) {
        return through.open().members().stream().map(Member::id).sorted().toList();
    }

    // ---------------------------------------------------------------------------------- members

    @Test
    void aMemberThatIsClosedAndOwnsNothingIsForgottenByOneChange() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");
        ScriptedMember c = closed("c");
        long before = a.changes();

        assertThat(applied(forget(a, Duration.ZERO, b, c))).containsExactlyInAnyOrder("b", "c");

        assertThat(memberIds(a)).containsExactly("a");
        assertThat(a.changes()).isEqualTo(before + 1);
        assertThat(applied(forget(a, Duration.ZERO, b, c))).isEmpty();
        assertThat(a.changes()).isEqualTo(before + 1);
    }

    @Test
    void itIsForgottenOnlyWhenItHasBeenClosedForSoLong() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");

        assertThat(applied(forget(a, Duration.ofDays(1), b))).isEmpty();
        assertThat(memberIds(a)).containsExactly("a", "b");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> !applied(forget(a, Duration.ofMillis(1), b)).isEmpty());
        assertThat(memberIds(a)).containsExactly("a");
    }

    @Test
    void aMemberThatIsNotClosedIsNotForgotten() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        ScriptedMember never = member("c", "c-1");

        assertThat(applied(forget(a, Duration.ZERO, a, b, never))).isEmpty();
        assertThat(memberIds(a)).containsExactly("a", "b");
        applied(b.beat(1));
    }

    @Test
    void aMemberThatOwnsASplitInAnEarlierLifeIsNotForgotten() {
        ScriptedMember a = joined("a");
        ScriptedMember old = joined("b");
        applied(old.discover("s"));
        old.taking("s");
        ScriptedMember b = member("b", "b-2").joined();
        applied(b.close(b, Optional.empty()));

        assertThat(applied(forget(a, Duration.ZERO, b))).isEmpty();

        a.taking("s");
        assertThat(applied(forget(a, Duration.ZERO, b))).containsExactly("b");
    }

    @Test
    void aMemberThatCameBackMeanwhileIsNotForgotten() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");
        ScriptedMember back = member("b", "b-2").joined();

        assertThat(applied(forget(a, Duration.ZERO, b))).isEmpty();
        applied(back.beat(1));
        applied(back.close(back, Optional.empty()));
        assertThat(applied(forget(a, Duration.ZERO, b))).as("another life").isEmpty();
        assertThat(applied(forget(a, Duration.ZERO, back))).containsExactly("b");
    }

    /** What it sends after it was forgotten changes nothing, and does not bring it back. */
    @Test
    void aForgottenMemberIsFenced() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(a.discover("s", "t"));
        var had = b.taking("s");
        applied(b.close(b, Optional.empty()));
        a.taking("s");
        applied(forget(a, Duration.ZERO, b));
        var now = a.leases();

        assertThat(b.beat(9)).isInstanceOf(Refused.class);
        assertThat(b.send(new Beat(group(), b.self(), 10, a.open().changeNumber())))
                .isInstanceOf(Refused.class);
        assertThat(b.discover("u")).isInstanceOf(Refused.class);
        assertThat(b.acquire(a.lease("t"))).isInstanceOf(Refused.class);
        assertThat(b.join(Optional.of(b.row()))).isInstanceOf(Refused.class);
        assertThat(applied(b.record(had, position("late", 9)))).isEmpty();
        assertThat(applied(b.release(had, Optional.empty()))).isEmpty();
        assertThat(forget(b, Duration.ZERO, a)).isInstanceOf(Refused.class);
        assertThat(applied(b.close(b, Optional.empty())).members().members())
                .containsExactly(a.row());
        assertThat(a.leases()).isEqualTo(now);
    }

    @Test
    void aForgottenMemberComesBackAsANewOne() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");
        applied(a.order("b", new Orders(true, OptionalInt.of(4))));
        applied(forget(a, Duration.ZERO, b));

        ScriptedMember back = member("b", "b-2");
        applied(back.join(Optional.empty()));

        assertThat(a.open().members()).containsExactlyInAnyOrder(a.row(), back.row());
        assertThat(b.beat(1)).isInstanceOf(Refused.class);
    }

    @Test
    void whoMayNotWriteForgetsNobody() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");
        ScriptedMember c = closed("c");

        assertThat(forget(b, Duration.ZERO, c)).isInstanceOf(Refused.class);
        assertThat(memberIds(a)).containsExactly("a", "b", "c");
    }

    @Test
    void anOperatorForgetsAMemberWithoutBeingOne() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");

        assertThat(applied(forgetAsOperator(a, a))).isEmpty();
        assertThat(applied(forgetAsOperator(a, b))).containsExactly("b");
        assertThat(memberIds(a)).containsExactly("a");
    }

    @Test
    void forgettingAMemberAfterALostAnswerFindsNothing() {
        ScriptedMember a = joined("a");
        ScriptedMember b = closed("b");
        lost(
                a,
                new ForgetMembers(
                        group(), Optional.of(a.self()), List.of(b.self()), Duration.ZERO));
        long after = a.changes();

        assertThat(memberIds(a)).containsExactly("a");
        assertThat(applied(forget(a, Duration.ZERO, b))).isEmpty();
        assertThat(a.changes()).isEqualTo(after);
    }

    // ---------------------------------------------------------------------------------- groups

    private static LeaseOutcome<Boolean> forgetGroup(ScriptedMember through, long changeNumber) {
        return through.send(new ForgetGroup(through.group(), changeNumber));
    }

    @Test
    void aGroupThatNobodyIsInIsForgottenAsAWhole() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        applied(a.finish(a.taking("s"), position("end", 1)));
        applied(a.close(a, Optional.empty()));
        long seen = a.open().changeNumber();

        assertThat(applied(forgetGroup(a, seen))).isTrue();

        Optional<Inspection> left = applied(a.send(new Inspect(group())));
        assertThat(left).isEmpty();
        assertThat(applied(forgetGroup(a, seen))).as("repeated").isFalse();
        assertThat(applied(a.send(new Inspect(group())))).as("not made again").isEmpty();
        assertThat(a.send(new Beat(group(), a.self(), 7, seen)))
                .as("a zombie")
                .isInstanceOf(LeaseOutcome.WentBack.class);
        assertThat(joined("b").leases()).isEmpty();
    }

    @Test
    void aGroupWithAMemberThatMayWriteIsNotForgotten() {
        ScriptedMember a = closed("a");
        ScriptedMember b = joined("b");

        assertThat(applied(forgetGroup(a, a.open().changeNumber()))).isFalse();
        applied(b.beat(1));
        assertThat(memberIds(a)).containsExactly("a", "b");
    }

    /** The readers of an owner that is closed may still emit. */
    @Test
    void aGroupWithASplitThatIsOwnedIsNotForgotten() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        a.taking("s");
        applied(a.close(a, Optional.empty()));

        assertThat(applied(forgetGroup(a, a.open().changeNumber()))).isFalse();
        assertThat(a.leases()).containsOnlyKeys("s");
    }

    @Test
    void aGroupThatHasChangedSinceItWasReadIsNotForgotten() {
        ScriptedMember a = closed("a");
        long seen = a.open().changeNumber();
        ScriptedMember b = joined("b");
        applied(b.discover("s"));
        applied(b.close(b, Optional.empty()));

        assertThat(applied(forgetGroup(a, seen))).isFalse();
        assertThat(a.leases()).containsOnlyKeys("s");
        assertThat(applied(forgetGroup(a, a.open().changeNumber()))).isTrue();
    }

    @Test
    void forgettingAGroupAfterALostAnswerFindsNothing() {
        ScriptedMember a = closed("a");
        long seen = a.open().changeNumber();
        lost(a, new ForgetGroup(group(), seen));

        assertThat(applied(a.send(new Inspect(group())))).isEmpty();
        assertThat(applied(forgetGroup(a, seen))).isFalse();
    }
}
