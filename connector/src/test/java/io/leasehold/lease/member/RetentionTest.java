package io.leasehold.lease.member;

import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.testkit.ForwardingStore;
import io.leasehold.testkit.LostAnswers;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Whose rows members delete, when, and how seldom they ask for it; on virtual time. */
class RetentionTest {

    private static final Duration RETENTION = Duration.ofMinutes(20);

    /** A member looks ten times in a retention. */
    private static final Duration GONE = RETENTION.plus(RETENTION.dividedBy(9));

    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(VirtualGroup.TERMS.duration()).retention(RETENTION).build();

    private final VirtualGroup group = new VirtualGroup(Long.MAX_VALUE - 5_000_000_000L);

    private VirtualMember member(String id, int splits) {
        return group.member(id, VirtualGroup.splits(splits), TERMS, 1);
    }

    private List<String> rows() {
        return group.store()
                .ask(new MembershipRequest.Open("orders"))
                .match(
                        read -> read.members().stream().map(Member::id).sorted().toList(),
                        refused -> List.of(),
                        unknown -> List.of());
    }

    private static List<ForgetMembers> asked(VirtualMember member) {
        return member.sent.stream()
                .filter(ForgetMembers.class::isInstance)
                .map(ForgetMembers.class::cast)
                .toList();
    }

    @Test
    void theRowOfAMemberThatEndedAndOwnsNothingIsDeletedAfterTheRetention() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        green.close();

        group.run(RETENTION.minus(VirtualGroup.TICK));
        assertThat(blue.holds()).hasSize(4);
        assertThat(rows()).containsExactly("blue", "green");

        group.run(GONE.minus(RETENTION));
        assertThat(rows()).containsExactly("blue");
        assertThat(blue.events(LeaseEvent.MembersForgotten.class))
                .containsExactly(new LeaseEvent.MembersForgotten(Set.of("green")));
        assertThat(blue.holds()).hasSize(4);
        assertThat(blue.events(LeaseEvent.Lost.class)).isEmpty();
        assertThat(blue.events(LeaseEvent.TableWentBack.class)).isEmpty();
    }

    @Test
    void theRowOfADeadMemberToo() {
        member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        green.kill();

        group.run(TERMS.duration().multipliedBy(2).plus(GONE));

        assertThat(rows()).containsExactly("blue");
    }

    @Test
    void whoIsClosedAndOwnsASplitKeepsItsRow() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green =
                group.member(
                        "green",
                        VirtualGroup.splits(4),
                        LeaseTerms.lasting(TERMS.duration())
                                .restartHold(Duration.ofHours(20))
                                .build(),
                        1);
        group.run(TERMS.duration());
        assertThat(green.holds()).hasSize(2);
        green.close();

        group.run(RETENTION.multipliedBy(3));

        assertThat(rows()).containsExactly("blue", "green");
        assertThat(asked(blue)).as("asked in vain").isEmpty();
    }

    /** It is to be found when the job starts again. */
    @Test
    void anOrderToAMemberThatEndedKeepsItsRowForAnotherRetention() {
        member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        green.close();
        group.run(RETENTION.minusMinutes(1));
        group.order("green", new Orders(true, OptionalInt.empty()));

        group.run(RETENTION.minus(VirtualGroup.TICK));
        assertThat(rows()).containsExactly("blue", "green");
        group.run(GONE.minus(RETENTION));
        assertThat(rows()).containsExactly("blue");
    }

    @Test
    void nobodyAsksWhereAllMembersLive() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(RETENTION.multipliedBy(3));

        assertThat(asked(blue)).isEmpty();
        assertThat(asked(green)).isEmpty();
        assertThat(blue.sent)
                .as("a steady beat is one request")
                .hasSizeLessThan(
                        (int) (3 * RETENTION.toMillis() / VirtualGroup.TICK.toMillis()) + 20);
    }

    @Test
    void aRowThatIsNotOldEnoughIsAskedForTenTimesInARetention() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        green.close();
        group.run(RETENTION.minus(VirtualGroup.TICK));

        assertThat(asked(blue)).hasSizeBetween(9, 11);
    }

    @Test
    void aDeletionWhoseAnswerIsLostIsFoundByTheNextRead() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        green.close();
        group.run(TERMS.duration().multipliedBy(2));
        blue.sees = LosesAnswersToDeletions::new;

        group.run(GONE);

        assertThat(rows()).containsExactly("blue");
        assertThat(blue.events(LeaseEvent.MembersForgotten.class)).isEmpty();
        assertThat(blue.holds()).hasSize(4);
        assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
    }

    /** What a process was about to do that was frozen for longer than the retention. */
    @Test
    void aMemberThatThawsAfterItsRowWasDeletedIsOver() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        assertThat(green.holds()).hasSize(2);
        green.freeze();
        group.run(TERMS.duration().multipliedBy(3).plus(GONE));
        assertThat(rows()).containsExactly("blue");

        green.thaw();
        group.run(TERMS.duration());

        assertThat(green.events(LeaseEvent.ClosedByOthers.class)).hasSize(1);
        assertThat(green.holds()).isEmpty();
        assertThat(rows()).containsExactly("blue");
        assertThat(blue.holds()).hasSize(4);
    }

    @Test
    void aMemberThatComesBackAfterItsRowWasDeletedHasItsShare() {
        VirtualMember blue = member("blue", 4);
        VirtualMember green = member("green", 4);
        group.run(TERMS.duration());
        green.close();
        group.run(GONE);
        assertThat(rows()).containsExactly("blue");

        VirtualMember back = member("green", 4);
        group.run(TERMS.duration());

        assertThat(back.holds()).hasSize(2);
        assertThat(blue.holds()).hasSize(2);
        assertThat(back.events(LeaseEvent.Waits.class)).isEmpty();
    }

    @Test
    void twoThatDeleteAtOnceBothGoOn() {
        VirtualMember blue = member("blue", 4);
        VirtualMember red = member("red", 4);
        List<VirtualMember> ended =
                IntStream.range(0, 20).mapToObj(i -> member("green" + i, 0)).toList();
        group.run(TERMS.duration());
        assertThat(rows()).hasSize(22);
        ended.forEach(VirtualMember::close);

        group.run(GONE);

        assertThat(rows()).containsExactly("blue", "red");
        assertThat(blue.holds()).hasSize(2);
        assertThat(red.holds()).hasSize(2);
        assertThat(blue.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
        assertThat(red.events(LeaseEvent.ClosedByOthers.class)).isEmpty();
    }

    private static final class LosesAnswersToDeletions extends ForwardingStore {

        LosesAnswersToDeletions(LeaseStore store) {
            super(store);
        }

        @Override
        public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
            return request instanceof ForgetMembers
                    ? new LostAnswers(store).ask(request)
                    : store.ask(request);
        }
    }
}
