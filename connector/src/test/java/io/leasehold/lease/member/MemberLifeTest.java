package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** What the answer to a renewal, and what no answer or a refusal, means for an incarnation. */
@Timeout(30)
class MemberLifeTest {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));
    private static final long JOINED = 1_000;
    private static final long LATER = JOINED + TERMS.renewInterval().toNanos() / 2;
    private static final Membership MEMBERS = new Membership(0, List.of());
    private static final Incarnation ME = new Incarnation("blue", "blue-1");
    private static final LeaseRequest<?> WITHDRAW = new Withdraw("orders", ME, List.of("a"));

    private static final LeaseChanges NOTHING = new LeaseChanges(0, List.of(), Map.of());
    private static final LeaseOutcome<Membership> NO_ANSWER =
            new LeaseOutcome.Unknown<>(
                    new LeaseStoreException(
                            "It is down.", LeaseStoreException.Kind.UNREACHABLE, null));

    private final MemberWatch watch = new MemberWatch(TERMS);
    private final GroupView view =
            new GroupView("orders", ME, TERMS, watch, new Renewals(TERMS, 0));
    private final MemberLife life = new MemberLife(view, new SinkPrefixes("blue", Set.of(), watch));

    @BeforeEach
    void isInside() {
        view.renewals.next();
        life.joinedBy(MEMBERS, JOINED, JOINED);
        takes(view.nextRead().orElseThrow(), new Applied<>(NOTHING));
    }

    @Test
    void itRenewsWhenThatIsDue() {
        assertThat(life.nextRenewal(LATER)).isEmpty();
        assertThat(life.nextRenewal(JOINED + TERMS.renewInterval().toNanos())).isPresent();
    }

    @Test
    void whoseRenewalIsRefusedIsOver() {
        life.refused(new Beat("orders", ME, 2), "closed by others", LATER, LATER);

        assertThat(life.isOver()).isTrue();
        assertThat(view.news).contains(new LeaseEvent.ClosedByOthers("closed by others"));
        assertThat(life.close(Duration.ZERO, Duration.ZERO, List.of(), LATER)).isEmpty();
    }

    /** A renewal says whether the table went back, which the other request does not ask. */
    @Test
    void whoseOtherRequestIsRefusedRenewsAtOnceAndIsOverByItsAnswer() {
        life.refused(WITHDRAW, "closed by others", LATER, LATER);
        assertThat(life.isInside()).isTrue();
        assertThat(life.isInDoubt()).isTrue();

        takes(life.nextRenewal(LATER).orElseThrow(), new Applied<>(MEMBERS));

        assertThat(view.news).contains(new LeaseEvent.ClosedByOthers("closed by others"));
        assertThat(life.isOver()).isTrue();
    }

    @Test
    void aRefusalIsNotForgottenForARenewalWithoutAnAnswer() {
        life.refused(WITHDRAW, "closed by others", LATER, LATER);

        takes(life.nextRenewal(LATER).orElseThrow(), NO_ANSWER);
        long due = life.renewalDue();
        takes(life.nextRenewal(due).orElseThrow(), new Applied<>(MEMBERS));

        assertThat(life.isOver()).isTrue();
    }

    @Test
    void behindARequestWithoutAnAnswerItRenewsSoonAndReadsTheRowsAnew() {
        life.unanswered(LATER, LATER);
        assertThat(life.isInDoubt()).isTrue();
        assertThat(view.isStale()).isFalse();
        long due = life.renewalDue();
        assertThat(due - LATER).isEqualTo(TERMS.renewInterval().toNanos() / 4);

        takes(life.nextRenewal(due).orElseThrow(), new Applied<>(MEMBERS));

        assertThat(life.isInDoubt()).isFalse();
        assertThat(life.isInside()).isTrue();
        assertThat(view.isStale()).isTrue();
    }

    @Test
    void whoseTableWentBackIsOverAndClosesAllTheSame() {
        takes(
                life.nextRenewal(JOINED + TERMS.renewInterval().toNanos()).orElseThrow(),
                new LeaseOutcome.WentBack<>(5, 3));

        assertThat(life.isOver()).isTrue();
        assertThat(view.news).last().isInstanceOf(LeaseEvent.TableWentBack.class);
        assertThat(life.close(Duration.ZERO, Duration.ZERO, List.of(), LATER)).hasSize(1);
        assertThat(life.close(Duration.ZERO, Duration.ZERO, List.of(), LATER)).isEmpty();
    }

    /** Members and rows of one moment: who owns a lease is in a row, or is over. */
    @Test
    void anOwnerMayBeNewUntilTheMembersAreReadBehindTheLeases() {
        assertThat(view.ownersMayBeNew()).isTrue();

        view.saw(MEMBERS, LATER, LATER);

        assertThat(view.ownersMayBeNew()).isFalse();
        assertThat(view.isStale()).isFalse();
    }

    @Test
    void rowsAreStaleOnceTheGroupHasChanged() {
        view.saw(new Membership(7, List.of()), LATER, LATER);

        assertThat(view.isStale()).isTrue();
    }

    private <A> void takes(LeaseStep<A> step, LeaseOutcome<?> outcome) {
        @SuppressWarnings("unchecked")
        LeaseOutcome<A> answer = (LeaseOutcome<A>) outcome;
        step.answeredBy(answer).reach(life, LATER, LATER);
    }
}
