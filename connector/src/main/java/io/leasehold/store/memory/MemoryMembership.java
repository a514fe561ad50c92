package io.leasehold.store.memory;

import io.leasehold.lease.model.Incarnation;
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

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** What a table in memory answers about members. */
record MemoryMembership(MemoryLeaseTable table) implements MembershipRequest.Answers {

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return table.inLine(
                open.seen(),
                open.group(),
                group -> {
                    group.create();
                    return new Applied<>(group.membership());
                });
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        Member joining = join.member();
        return table.inLine(
                join.seen(),
                join.group(),
                group -> {
                    Optional<Member> current = group.member(joining.id());
                    if (current.equals(Optional.of(joining))) {
                        return new Applied<>(group.membership());
                    }
                    if (!replaces(join, current)) {
                        return new Refused<>(
                                joining.incarnation()
                                        + " cannot join: the row is not the one it replaces.");
                    }
                    group.joined(joining);
                    return new Applied<>(group.membership());
                });
    }

    private static boolean replaces(Join join, Optional<Member> row) {
        boolean returns =
                row.filter(current -> current.state() == MemberState.CLOSED)
                        .filter(over -> over.incarnation().equals(join.member().incarnation()))
                        .isPresent();
        return !returns
                && row.map(MemoryMembership::key)
                        .equals(join.replaced().map(MemoryMembership::key));
    }

    /** What the row must still be for another to replace it. */
    private static List<Object> key(Member member) {
        return List.of(member.incarnation(), member.beat(), member.state(), member.orders());
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        return ifWriter(
                beat.group(),
                beat.seen(),
                beat.by(),
                (group, row) -> group.beaten(row.beaten(Math.max(row.beat(), beat.beat()))));
    }

    @Override
    public LeaseOutcome<Membership> declare(Declare declare) {
        return ifWriter(
                declare.group(),
                declare.seen(),
                declare.by(),
                (group, row) -> {
                    boolean holds =
                            declare.state() != MemberState.DRAINED || group.ownsNothing(row.id());
                    if (row.beat() == declare.beat() && holds) {
                        group.change(row.in(declare.state(), declare.notice()));
                    }
                });
    }

    @Override
    public LeaseOutcome<Close.Closed> close(Close close) {
        return table.inLine(
                close.seen(),
                close.group(),
                group -> {
                    group.member(close.closed().memberId())
                            .filter(row -> group.mayWrite(close.closed()))
                            .filter(row -> close.beat().filter(b -> b != row.beat()).isEmpty())
                            .map(row -> row.closed(close.emitsFor(), close.heldFor()))
                            .ifPresent(group::closed);
                    return new Applied<>(
                            new Close.Closed(
                                    group.membership(),
                                    group.decided().of(close.closed().memberId())));
                });
    }

    @Override
    public LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget) {
        return forget.by().isPresent()
                ? table.inAs(forget.by().get(), forget.group(), group -> forget(group, forget))
                : table.in(forget.group(), group -> forget(group, forget));
    }

    private static Set<String> forget(MemoryGroup group, ForgetMembers forget) {
        Set<String> forgotten =
                forget.members().stream()
                        .filter(
                                named ->
                                        group.member(named.memberId())
                                                .filter(row -> row.incarnation().equals(named))
                                                .filter(
                                                        row ->
                                                                group.isClosedFor(
                                                                        row, forget.closedFor()))
                                                .isPresent())
                        .map(Incarnation::memberId)
                        .filter(group::ownsNothing)
                        .filter(memberId -> !group.decided().hasOutput(memberId))
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        group.forgetMembers(forgotten);
        return Collections.unmodifiableSet(forgotten);
    }

    /** Changes the row of a member that may write. */
    private LeaseOutcome<Membership> ifWriter(
            String name, long seen, Incarnation by, BiConsumer<MemoryGroup, Member> change) {
        return table.inLine(
                seen,
                name,
                group ->
                        group.ifWriter(
                                by,
                                writer -> {
                                    change.accept(writer, writer.member(by.memberId()).get());
                                    return writer.membership();
                                }));
    }
}
