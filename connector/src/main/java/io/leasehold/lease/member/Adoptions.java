package io.leasehold.lease.member;

import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds decided output of closed members that may not be committed yet, and closed members that are
 * sealed. Each closed incarnation is in one state:
 *
 * <pre>
 * state    what happens                                        next      told
 * -------  --------------------------------------------------  --------  -------------
 * (none)   its row is seen CLOSED                              Due
 * Due      its time has come: what it decided is read; it has
 *            output left                                       Due       Adopt
 *            none left                                         Done
 *            and it is sealed                                            Sealed, once
 * any      a split is acquired from it, which seals it         Due now
 * any      its row is not that any more                        (none)
 * </pre>
 *
 * <p>A closed incarnation decides nothing any more, and its next one has another row. So what is
 * Done stays so. Live members look one after the other, in order of their ids: the first at once,
 * each other a lease duration later. Adoption by two of them does no harm.
 */
final class Adoptions {

    /**
     * @param dueAt when it is read next
     * @param acquiredFrom whether this member has acquired a split from it
     */
    private record Look(
            Incarnation closed,
            long dueAt,
            boolean acquiredFrom,
            boolean toldSealed,
            boolean done) {}

    private final String group;
    private final Incarnation me;
    private final LeaseTerms terms;
    private final Consumer<OutputEvent> told;

    private boolean on;
    private final Map<String, Look> looks = new HashMap<>();

    /** Closed members that a split was acquired from, until the next look. */
    private final Set<String> acquiredFrom = new LinkedHashSet<>();

    private final Set<String> toldUnreadable = new LinkedHashSet<>();

    Adoptions(String group, Incarnation me, LeaseTerms terms, Consumer<OutputEvent> told) {
        this.group = group;
        this.me = me;
        this.terms = terms;
        this.told = told;
    }

    /** This member can commit output of others. */
    void on() {
        on = true;
    }

    /** A split was acquired from a member that had not released it. */
    void acquiredFrom(Incarnation owner) {
        if (on && !owner.memberId().equals(me.memberId())) {
            acquiredFrom.add(owner.memberId());
        }
    }

    /** This member has closed another, and was told what that has decided. */
    void closed(Incarnation other, Decisions decisions, MemberWatch watch, long now) {
        if (on && isClosed(watch, other)) {
            look(other, now + terms.duration().toNanos());
            adopt(decisions);
        }
    }

    // ------------------------------------------------------------------------------------------
    // Driving
    // ------------------------------------------------------------------------------------------

    Optional<LeaseStep<?>> next(MemberWatch watch, long now) {
        if (!on) {
            return Optional.empty();
        }
        notice(watch, now);
        return looks.values().stream()
                .filter(look -> !look.done() && now - look.dueAt() >= 0)
                .findFirst()
                .flatMap(
                        look ->
                                LeaseStep.of(
                                        new ReadDecisions(group, look.closed().memberId()),
                                        (decisions, sentAt, then) -> read(look, decisions, then)));
    }

    private void notice(MemberWatch watch, long now) {
        looks.values().removeIf(look -> !isClosed(watch, look.closed()));
        for (Member row : watch.rows()) {
            if (row.state() == MemberState.CLOSED
                    && !row.id().equals(me.memberId())
                    && !Membership.isUnreadable(row)) {
                look(row.incarnation(), now + after(watch));
            }
        }
        for (String memberId : acquiredFrom) {
            looks.computeIfPresent(
                    memberId,
                    (id, look) -> new Look(look.closed(), now, true, look.toldSealed(), false));
        }
        acquiredFrom.clear();
    }

    private void look(Incarnation closed, long at) {
        looks.putIfAbsent(closed.memberId(), new Look(closed, at, false, false, false));
    }

    private long after(MemberWatch watch) {
        long before =
                watch.rows().stream()
                        .map(Member::id)
                        .filter(id -> id.compareTo(me.memberId()) < 0 && watch.live(id))
                        .count();
        return before * terms.duration().toNanos();
    }

    private static boolean isClosed(MemberWatch watch, Incarnation incarnation) {
        return watch.hasRow(incarnation)
                && watch.row(incarnation.memberId())
                        .filter(row -> row.state() == MemberState.CLOSED)
                        .isPresent();
    }

    private void read(Look look, Decisions decisions, long now) {
        adopt(decisions);
        boolean sealed = decisions.isSealed(look.closed());
        boolean mayHaveMore = look.acquiredFrom() || decisions.last().isPresent();
        boolean tells = sealed && mayHaveMore && !look.toldSealed();
        if (tells) {
            told.accept(new OutputEvent.Sealed(look.closed()));
        }
        looks.put(
                look.closed().memberId(),
                new Look(
                        look.closed(),
                        now + terms.duration().toNanos(),
                        look.acquiredFrom(),
                        look.toldSealed() || tells,
                        decisions.output().isEmpty()));
    }

    private void adopt(Decisions decisions) {
        List<String> unreadable =
                decisions.unreadable().stream().filter(toldUnreadable::add).toList();
        if (!decisions.output().isEmpty() || !unreadable.isEmpty()) {
            told.accept(new OutputEvent.Adopt(decisions.output(), unreadable));
        }
    }
}
