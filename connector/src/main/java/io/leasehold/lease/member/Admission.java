package io.leasehold.lease.member;

import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.MembershipRequest.Join;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether an incarnation may write its row, while an earlier one of its member id may be alive: it
 * joins at once where there is none, or a closed one; it closes a dead one by taking its place; and
 * it waits for one that beats, until that has lived on for so long that the two are twins.
 */
final class Admission {

    /** What its member's row says to an incarnation that is to come in. */
    sealed interface Verdict {

        /** Its own row is there already, though no answer said so. */
        record Inside() implements Verdict {}

        /** This is to be sent. */
        record Joins(Join request) implements Verdict {}

        /**
         * An earlier incarnation may be alive.
         *
         * @param first whether that is news
         */
        record Waits(Member elder, boolean first) implements Verdict {}

        /** Another job runs under this member id. */
        record HasTwin(Member elder) implements Verdict {}
    }

    /**
     * An earlier incarnation that may be still alive.
     *
     * @param since when its row was first read
     * @param readAt when it was last read
     */
    private record Elder(Member row, long since, long readAt) {}

    private final GroupView view;
    private final Share share;
    private final String description;
    private final SinkPrefixes sinks;

    private Optional<Elder> elder = Optional.empty();

    Admission(GroupView view, Share share, String description, SinkPrefixes sinks) {
        this.view = view;
        this.share = share;
        this.description = description;
        this.sinks = sinks;
    }

    /**
     * @param row the row of this member id, as it was just read, and watched
     */
    Verdict of(Optional<Member> row, long now) {
        if (row.isEmpty()) {
            return joins(row, Duration.ZERO);
        }
        Member there = row.get();
        if (there.incarnation().equals(view.me)) {
            return new Verdict.Inside();
        }
        if (there.state() == MemberState.CLOSED) {
            return joins(row, there.emitsFor());
        }
        return view.watch.dead(view.me.memberId())
                ? joins(row, view.watch.silentIn(there.incarnation(), now))
                : waits(there, now);
    }

    private Verdict joins(Optional<Member> replaced, Duration emitsFor) {
        Member row =
                new Member(
                        view.me,
                        view.renewals.next(),
                        MemberState.ACTIVE,
                        share,
                        replaced.map(Member::orders).orElse(Orders.NONE),
                        view.terms.duration(),
                        emitsFor,
                        sinks.mine(),
                        description);
        return new Verdict.Joins(new Join(view.group, row, replaced));
    }

    /**
     * It is alive if it is seen to beat after its duration; a gap in watching shows nothing (T4).
     */
    private Verdict waits(Member row, long now) {
        long tooLong = 2 * view.terms.deadAfter(row.duration()).toNanos();
        boolean beats =
                elder.filter(
                                seen ->
                                        now - seen.readAt()
                                                <= 2 * view.terms.renewInterval().toNanos())
                        .filter(seen -> !seen.row().equals(row))
                        .isPresent();
        boolean first = elder.isEmpty();
        long since = elder.map(Elder::since).orElse(now);
        elder = Optional.of(new Elder(row, since, now));
        return beats && now - since > tooLong
                ? new Verdict.HasTwin(row)
                : new Verdict.Waits(row, first);
    }
}
