package io.leasehold.lease.member;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Join;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether one incarnation is in its group: what the answer to a renewal, and what no answer or a
 * refusal of any request, means for it.
 *
 * <pre>
 * stage    what happens                                         next
 * -------  ---------------------------------------------------  -------------------------------
 * Outside  its row is in the table                              Inside: Joined
 * Outside  its member id, or a name of its sinks, is another's  Over: ClosedByOthers, SinkShared
 * Inside   its renewal is refused                               Over: ClosedByOthers
 * Inside   another request is refused                           Inside, and it is renewed first:
 *                                                               that says if the table went back
 * Inside   a name of its sinks is another's                     Over: SinkShared
 * any      the table went back                                  Over: TableWentBack
 * any      it is closed                                         Over
 * </pre>
 */
final class MemberLife implements LeaseStep.Failures {

    private sealed interface Stage {
        /** Not in the table: nobody of this id is, or an earlier incarnation is being watched. */
        record Outside() implements Stage {}

        record Inside(long joinedAt) implements Stage {}

        /**
         * Nothing is sent any more.
         *
         * @param before what it was until then
         * @param mayBeOpen whether the table may not know that it is over
         */
        record Over(Stage before, boolean mayBeOpen) implements Stage {}
    }

    /**
     * The rows may be other than they are thought to be: before anything else is asked, it renews.
     *
     * @param refusal why a request was refused; empty where one is unanswered
     */
    private record Doubt(Optional<String> refusal) {}

    private final GroupView view;
    private final SinkPrefixes sinks;
    private Stage stage = new Stage.Outside();
    private Optional<Doubt> doubt = Optional.empty();

    MemberLife(GroupView view, SinkPrefixes sinks) {
        this.view = view;
        this.sinks = sinks;
    }

    boolean isInside() {
        return stage instanceof Stage.Inside;
    }

    boolean isOver() {
        return stage instanceof Stage.Over;
    }

    /** How long ago it came in; zero if it never did. */
    Duration insideFor(long now) {
        Stage last = stage instanceof Stage.Over over ? over.before() : stage;
        return last instanceof Stage.Inside inside
                ? Duration.ofNanos(now - inside.joinedAt())
                : Duration.ZERO;
    }

    boolean isInDoubt() {
        return doubt.isPresent();
    }

    void joined(long now) {
        stage = new Stage.Inside(now);
        view.news.add(new LeaseEvent.Joined());
    }

    /** The store answered that its row is there. */
    void joinedBy(Membership membership, long sentAt, long now) {
        doubt = Optional.empty();
        view.renewals.answered(sentAt);
        joined(now);
        saw(membership, sentAt, now);
    }

    // ------------------------------------------------------------------------------------------
    // Renewals
    // ------------------------------------------------------------------------------------------

    long renewalDue() {
        long due = view.renewals.dueAt();
        return doubt.isPresent()
                ? due
                : view.plan.readAgainBefore(view.watch.worthReadingAt(due, view.me.memberId()));
    }

    Optional<LeaseStep<?>> nextRenewal(long now) {
        return now - renewalDue() < 0
                ? Optional.empty()
                : LeaseStep.of(
                        new Beat(view.group, view.me, view.renewals.next(), view.history.seen()),
                        this::renewed);
    }

    private void renewed(Membership membership, long sentAt, long now) {
        Optional<String> refusal = doubt.flatMap(Doubt::refusal);
        if (refusal.isPresent()) {
            over(refusal.get());
            return;
        }
        view.renewals.answered(sentAt);
        view.outdatedIf(doubt.isPresent());
        doubt = Optional.empty();
        saw(membership, sentAt, now);
        view.renewed(sentAt, now);
    }

    /** Members were read. */
    void saw(Membership membership, long sentAt, long now) {
        view.saw(membership, sentAt, now);
        if (isInside()
                && sinks.of(membership.members()) instanceof SinkPrefixes.Verdict.Shared shared
                && sinks.givesWayTo(shared.other())) {
            over(shared);
        }
    }

    // ------------------------------------------------------------------------------------------
    // What was not carried out
    // ------------------------------------------------------------------------------------------

    @Override
    public void refused(LeaseRequest<?> request, String why, long sentAt, long now) {
        if (request instanceof Join) {
            // Somebody wrote the row meanwhile: it is read again.
            view.renewals.unanswered(sentAt, now);
        } else if (request instanceof Beat) {
            over(why);
        } else {
            doubt = Optional.of(new Doubt(Optional.of(why)));
            view.renewals.dueAt(now);
        }
    }

    @Override
    public void unanswered(long sentAt, long now) {
        doubt = doubt.or(() -> Optional.of(new Doubt(Optional.empty())));
        view.plan.changed();
        view.renewals.unanswered(sentAt, now);
    }

    /** What is known is of no use, and must not be acted upon: the next incarnation looks anew. */
    @Override
    public void wentBack(String why, long now) {
        ends(
                true,
                new LeaseEvent.TableWentBack(
                        view.group,
                        view.me,
                        why,
                        new LostHistory(
                                view.leases.highestEpoch(),
                                now
                                        + view.terms
                                                .deadAfter(view.watch.longestDuration())
                                                .toNanos())));
    }

    // ------------------------------------------------------------------------------------------
    // The end
    // ------------------------------------------------------------------------------------------

    void over(String why) {
        ends(false, new LeaseEvent.ClosedByOthers(why));
    }

    void over(SinkPrefixes.Verdict.Shared sinkIs) {
        ends(
                false,
                new LeaseEvent.SinkShared(
                        "The sinks of member '%s' and of member '%s' (%s) of group '%s' both have the transactional id prefix '%s': each would end the other's transactions. Give each member a prefix of its own, and say it with lease.sink-prefixes."
                                .formatted(
                                        view.me.memberId(),
                                        sinkIs.other().id(),
                                        sinkIs.other().description(),
                                        view.group,
                                        sinkIs.prefix())));
    }

    private void ends(boolean mayBeOpen, LeaseEvent told) {
        stage = new Stage.Over(stage, mayBeOpen);
        view.own.over();
        view.news.add(told);
    }

    /** See {@link LeaseKeeper#close}. */
    List<LeaseRequest<?>> close(
            Duration granted, Duration restartHold, List<LeaseRequest<?>> before, long now) {
        boolean mayBeOpen = !(stage instanceof Stage.Over over) || over.mayBeOpen();
        Duration passed = insideFor(now);
        stage = new Stage.Over(stage, false);
        // A row that was asked for may be there, though no answer said so.
        if (!mayBeOpen || view.renewals.last() == 0) {
            return List.of();
        }
        // Readers of the incarnation that ours replaced may outlast ours.
        Duration replaced =
                view.watch
                        .row(view.me.memberId())
                        .map(row -> LeaseTerms.byAnotherClock(row.emitsFor()).minus(passed))
                        .orElse(Duration.ZERO);
        List<LeaseRequest<?>> last = new ArrayList<>(before);
        last.add(
                new Close(
                        view.group,
                        view.me,
                        Optional.empty(),
                        granted.compareTo(replaced) < 0 ? replaced : granted,
                        restartHold,
                        0));
        return last;
    }
}
