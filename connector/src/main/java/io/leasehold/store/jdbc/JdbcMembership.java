package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.MemberRows;
import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.StoredText;
import io.leasehold.store.jdbc.sql.Values;

import java.util.Optional;
import java.util.Set;

/** Which statements make up the requests about members. */
final class JdbcMembership implements MembershipRequest.Answers {

    private final JdbcRequests requests;
    private final ClosedMembers closedMembers = new ClosedMembers();

    JdbcMembership(JdbcRequests requests) {
        this.requests = requests;
    }

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return requests.single(
                session -> new Applied<>(GroupLock.open(session, open.group(), open.seen())));
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return requests.changing(
                join.group(),
                join.seen(),
                (session, group) -> {
                    Member member = join.member();
                    Optional<Member> row = group.member(member.id());
                    if (row.equals(Optional.of(member))) {
                        return ChangedMember.undone(session, join.group());
                    }
                    if (!replaces(join, row) || session.update(joining(row), values(join)) == 0) {
                        return new Refused<>(
                                member.incarnation()
                                        + " cannot join: the row is not the one it replaces.");
                    }
                    return ChangedMember.committed(session, join.group());
                });
    }

    /** All of the condition but the beat, which may change although the group is locked. */
    private static boolean replaces(Join join, Optional<Member> row) {
        return row.map(Member::incarnation).equals(join.replaced().map(Member::incarnation))
                && row.map(Member::state).equals(join.replaced().map(Member::state))
                && row.map(Member::orders).equals(join.replaced().map(Member::orders))
                && row.filter(current -> current.state() == MemberState.CLOSED)
                        .filter(closed -> closed.incarnation().equals(join.member().incarnation()))
                        .isEmpty();
    }

    private static Sql joining(Optional<Member> row) {
        return row.isPresent() ? LeaseSql.REPLACE_MEMBER : LeaseSql.INSERT_MEMBER;
    }

    private static Values values(Join join) {
        Member member = join.member();
        Values values =
                Values.of(join.group())
                        .by(member.incarnation())
                        .with("beat", member.beat())
                        .with("state", member.state().name())
                        .with("weight", member.share().weight())
                        .with("most_splits", member.share().mostSplits())
                        .with("balance", member.share().balance().name())
                        .orders(member.orders())
                        .with("duration", member.duration().toNanos())
                        .with("emits_for", member.emitsFor().toNanos())
                        .with("held_for", member.heldFor().toNanos())
                        .with("notice", member.notice())
                        .with("sink_prefixes", StoredText.lines(member.sinkPrefixes()))
                        .with("description", member.description());
        join.replaced()
                .ifPresent(
                        row ->
                                values.with("replaced_incarnation", row.incarnation().id())
                                        .with("replaced_beat", row.beat()));
        return values;
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        Values values =
                Values.of(beat.group()).by(beat.by()).with("beat", beat.beat()).seen(beat.seen());
        return requests.single(
                session -> {
                    Membership answer =
                            MemberRows.membership(
                                    session.query(
                                            session.dialect().beat(), values, MemberRows::group),
                                    session.dialect().schema(),
                                    beat.seen());
                    return answer.member(beat.by().memberId()).isPresent()
                            ? new Applied<>(answer)
                            : Refused.mayNotWrite(beat.by());
                });
    }

    @Override
    public LeaseOutcome<Membership> declare(Declare declare) {
        Values values =
                Values.of(declare.group())
                        .by(declare.by())
                        .with("state", declare.state().name())
                        .with("notice", declare.notice())
                        .with("beat", declare.beat())
                        .with("may_own", declare.state() != MemberState.DRAINED);
        return requests.changingAs(
                declare.by(),
                declare.group(),
                declare.seen(),
                (session, group) ->
                        ChangedMember.by(session, LeaseSql.DECLARE, values, declare.group()));
    }

    @Override
    public LeaseOutcome<Close.Closed> close(Close close) {
        Values values =
                Values.of(close.group())
                        .by(close.closed())
                        .with("beat", close.beat().orElse(0L))
                        .with("any_beat", close.beat().isEmpty())
                        .with("emits_for", close.emitsFor().toNanos())
                        .with("held_for", close.heldFor().toNanos());
        return requests.changing(
                close.group(),
                close.seen(),
                (session, group) -> {
                    boolean closed = session.update(LeaseSql.CLOSE_MEMBER, values) > 0;
                    Decisions decisions =
                            StoredDecisions.of(session, close.group(), close.closed().memberId());
                    return new Applied<>(
                            new Close.Closed(
                                    ChangedMember.after(session, close.group(), closed),
                                    decisions));
                });
    }

    @Override
    public LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget) {
        JdbcRequests.Changing<Set<String>> request =
                (session, group) -> new Applied<>(closedMembers.forget(session, forget));
        return forget.by().isPresent()
                ? requests.changingAs(forget.by().get(), forget.group(), 0, request)
                : requests.changing(forget.group(), 0, request);
    }
}
