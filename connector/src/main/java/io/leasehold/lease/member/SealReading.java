package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.MembershipRequest.Open;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads whether members are closed in an incarnation and sealed, by requests that are sent after
 * that was asked.
 *
 * <pre>
 * state   what happens                               next    told
 * ------  -----------------------------------------  ------  ------------------------
 * Asked   its decisions are read: it is sealed       Sealed
 * Asked   its decisions are read: it is not          (none)  SealRead: no
 * Sealed  the members are read                       (none)  SealRead: closed or not
 * any     it is asked again                          Asked
 * </pre>
 *
 * <p>A closed incarnation that is sealed stays sealed, but its member may come back. So the members
 * are read last.
 */
final class SealReading {

    /** One question; compared by identity. */
    private static final class Question {
        private boolean isSealed;
    }

    private final GroupView view;
    private final Map<Incarnation, Question> asked = new LinkedHashMap<>();

    SealReading(GroupView view) {
        this.view = view;
    }

    void ask(Incarnation closed) {
        asked.put(closed, new Question());
    }

    Optional<LeaseStep<?>> next() {
        return asked.entrySet().stream()
                .findFirst()
                .flatMap(first -> next(first.getKey(), first.getValue()));
    }

    private Optional<LeaseStep<?>> next(Incarnation closed, Question question) {
        if (question.isSealed) {
            return LeaseStep.of(
                    new Open(view.group, view.history.seen()),
                    (members, sentAt, now) -> read(closed, question, members, sentAt, now));
        }
        return LeaseStep.of(
                new ReadDecisions(view.group, closed.memberId()),
                (decisions, sentAt, now) -> {
                    question.isSealed = decisions.isSealed(closed);
                    if (!question.isSealed) {
                        answer(closed, question, false);
                    }
                });
    }

    private void read(
            Incarnation closed, Question question, Membership members, long sentAt, long now) {
        view.saw(members, sentAt, now);
        answer(
                closed,
                question,
                members.member(closed.memberId())
                        .filter(row -> row.incarnation().equals(closed))
                        .filter(row -> row.state() == MemberState.CLOSED)
                        .isPresent());
    }

    private void answer(Incarnation closed, Question question, boolean is) {
        // If it was asked again since, what was read may be older than that.
        if (asked.remove(closed, question)) {
            view.news.add(new LeaseEvent.OfOutput(new OutputEvent.SealRead(closed, is)));
        }
    }
}
