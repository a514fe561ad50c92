package io.leasehold.lease.member;

import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.store.MembershipRequest.Declare;

import java.util.Optional;

/**
 * What one member's own row is to say of it: that all was given away as ordered, that it has no
 * readers, or that it takes part; and a notice for its operators.
 */
final class OwnRow {

    private final GroupView view;
    private final MemberLife life;
    private final MemberOutput output;
    private String notice = "";

    /** Whether it is certain since all was given away that all its output is committed. */
    private boolean allCommitted;

    OwnRow(GroupView view, MemberLife life, MemberOutput output) {
        this.view = view;
        this.life = life;
        this.output = output;
    }

    /** Returns whether that is news. */
    boolean notice(String text) {
        boolean news = !notice.equals(text);
        notice = text;
        return news;
    }

    /** What belongs to this checkpoint of the job, and to those before it, is surely committed. */
    void committed(long checkpointId, JobState job) {
        allCommitted |= hasGivenAllAway(job) && checkpointId >= view.own.lastFrozenAt();
    }

    private boolean hasGivenAllAway(JobState job) {
        return view.myRow().filter(row -> row.orders().drain()).isPresent()
                && job.isStateKnown()
                && !view.isStale()
                && view.own.restored().isEmpty()
                && view.leases.isNothingOf(view.me.memberId());
    }

    Optional<LeaseStep<?>> next(JobState job) {
        allCommitted &= hasGivenAllAway(job);
        // What is decided anybody can commit.
        allCommitted |= output.isDecided() && output.isSettled() && hasGivenAllAway(job);
        Optional<String> without = job.whyWithoutReaders();
        MemberState state =
                allCommitted
                        ? MemberState.DRAINED
                        : without.isPresent() ? MemberState.AWAY : MemberState.ACTIVE;
        String says = Names.readable(without.orElse(notice), Member.LONGEST_DESCRIPTION);
        return view.myRow()
                .filter(row -> row.state() != state || !row.notice().equals(says))
                .filter(row -> !view.rejections.declarationMustWait())
                .flatMap(row -> declare(state, says));
    }

    private Optional<LeaseStep<?>> declare(MemberState state, String says) {
        return LeaseStep.of(
                new Declare(
                        view.group,
                        view.me,
                        state,
                        says,
                        view.renewals.last(),
                        view.history.seen()),
                (members, sentAt, now) -> declared(state, members, sentAt, now));
    }

    private void declared(MemberState state, Membership members, long sentAt, long now) {
        life.saw(members, sentAt, now);
        if (view.myRow().filter(row -> row.state() == state).isEmpty()) {
            view.rejections.declarationRejected();
        }
        // Where the table says otherwise, some lease is ours that we do not know of.
        view.outdated();
    }
}
