package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
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

    private final String group;
    private final Incarnation me;
    private final Share share;
    private final String description;
    private final LeaseTerms terms;
    private final MemberWatch watch;
    private final SinkPrefixes sinks;

    private Optional<Elder> elder = Optional.empty();

    /**
     * @param watch what has been seen of the members so far
     */
    Admission(
            String group,
            Incarnation me,
            Share share,
            String description,
            LeaseTerms terms,
            MemberWatch watch,
            SinkPrefixes sinks) {
        this.group = group;
        this.me = me;
        this.share = share;
        this.description = description;
        this.terms = terms;
        this.watch = watch;
        this.sinks = sinks;
    }

    /**
     * @param row the row of this member id, as it was just read, and watched
     * @param beats gives the beat to join with
     */
    Verdict of(Optional<Member> row, Renewals beats, long now) {
        if (row.isEmpty()) {
            return joins(row, Duration.ZERO, beats);
        }
        Member there = row.get();
        if (there.incarnation().equals(me)) {
            return new Verdict.Inside();
        }
        if (there.state() == MemberState.CLOSED) {
            return joins(row, there.emitsFor(), beats);
        }
        return watch.dead(me.memberId())
                ? joins(row, watch.silentIn(there.incarnation(), now), beats)
                : waits(there, now);
    }

    private Verdict joins(Optional<Member> replaced, Duration emitsFor, Renewals beats) {
        Member row =
                new Member(
                        me,
                        beats.next(),
                        MemberState.ACTIVE,
                        share,
                        replaced.map(Member::orders).orElse(Orders.NONE),
                        terms.duration(),
                        emitsFor,
                        sinks.mine(),
                        description);
        return new Verdict.Joins(new Join(group, row, replaced));
    }

    /**
     * It is alive if it is seen to beat after its duration; a gap in watching shows nothing (T4).
     */
    private Verdict waits(Member row, long now) {
        long tooLong = 2 * terms.deadAfter(row.duration()).toNanos();
        boolean beats =
                elder.filter(seen -> now - seen.readAt() <= 2 * terms.renewInterval().toNanos())
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
