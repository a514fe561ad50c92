package io.leasehold.lease.member;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;

import java.util.Optional;

/** What an incarnation asks until its row is in the table. */
final class Entrance {

    private final GroupView view;
    private final MemberLife life;
    private final SinkPrefixes sinks;
    private final Admission admission;

    /** To be sent next. */
    private Optional<Join> join = Optional.empty();

    Entrance(GroupView view, MemberLife life, SinkPrefixes sinks, Admission admission) {
        this.view = view;
        this.life = life;
        this.sinks = sinks;
        this.admission = admission;
    }

    Optional<LeaseStep<?>> next(long now) {
        if (join.isPresent()) {
            Join request = join.get();
            join = Optional.empty();
            return LeaseStep.of(request, life::joinedBy);
        }
        return now - life.renewalDue() < 0
                ? Optional.empty()
                : LeaseStep.of(new Open(view.group, view.history.seen()), this::opened);
    }

    private void opened(Membership membership, long sentAt, long now) {
        view.renewals.dueAt(now + view.terms.renewInterval().toNanos());
        view.history.saw(membership.changeNumber());
        view.watch.saw(membership, sentAt, now);
        SinkPrefixes.Verdict sinksAre = sinks.of(membership.members());
        if (sinksAre instanceof SinkPrefixes.Verdict.Shared shared) {
            life.over(shared);
        } else if (sinksAre instanceof SinkPrefixes.Verdict.Own) {
            judge(membership, now);
        }
        // Else it is read again when due: by then the other has renewed, or is found dead.
    }

    private void judge(Membership membership, long now) {
        Admission.Verdict verdict = admission.of(membership.member(view.me.memberId()), now);
        if (verdict instanceof Admission.Verdict.Joins joins) {
            join = Optional.of(joins.request().bySomebodyWhoSaw(view.history.seen()));
        } else if (verdict instanceof Admission.Verdict.Inside) {
            life.joined(now);
            // Renewed before anything is trusted.
            view.renewals.dueAt(now);
        } else if (verdict instanceof Admission.Verdict.Waits waits) {
            if (waits.first()) {
                view.news.add(new LeaseEvent.Waits(waits.elder()));
            }
        } else if (verdict instanceof Admission.Verdict.HasTwin twin) {
            life.over(
                    "The member id '%s' is in use by another running job: %s. Give one of the two another lease.member.id."
                            .formatted(view.me.memberId(), twin.elder().description()));
        }
    }
}
