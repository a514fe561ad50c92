package io.leasehold.admin;

import io.leasehold.lease.Inspection;
import io.leasehold.lease.Inspection.SeenSplit;
import io.leasehold.lease.LeaseOutcome;
import io.leasehold.lease.LeaseOutcome.Applied;
import io.leasehold.lease.LeaseOutcome.Unknown;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseRequest.Inspect;
import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.Member;
import io.leasehold.lease.Membership;
import io.leasehold.lease.Names;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where an operator of one group stands.
 *
 * @param notices told of what takes time, in a sentence for people
 */
record Desk(LeaseStore store, String group, Pace pace, Consumer<String> notices) {

    /**
     * How often a row is read again that has changed between being read and being written, though
     * not in what matters. It changes that often only if something is wrong.
     */
    static final int TRIES = 5;

    Desk {
        Names.require("group", group);
    }

    /**
     * @throws LeaseStoreException if no answer came; a change may have been made all the same
     */
    <A> A ask(LeaseRequest<A> request) throws LeaseStoreException, RefusedException {
        LeaseOutcome<A> outcome = request.sendTo(store);
        if (outcome instanceof Applied<A> done) {
            return done.answer();
        }
        if (outcome instanceof Unknown<A> unknown) {
            throw unknown.cause();
        }
        throw new RefusedException(((LeaseOutcome.Refused<A>) outcome).reason());
    }

    Inspection inspect() throws LeaseStoreException, RefusedException {
        return ask(new Inspect(group))
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        "There is no group '%s' in this lease store."
                                                .formatted(group)));
    }

    Member member(Inspection seen, String memberId) throws RefusedException {
        return member(seen.membership(), memberId);
    }

    /** A member whose row can be read. */
    Member member(Membership seen, String memberId) throws RefusedException {
        Member row =
                seen.member(memberId)
                        .orElseThrow(
                                () ->
                                        new RefusedException(
                                                "Group '%s' has no member '%s'."
                                                        .formatted(group, memberId)));
        if (Membership.isUnreadable(row)) {
            throw new RefusedException(
                    "The row of member '%s' was changed by hand and cannot be used; mend it. %s"
                            .formatted(memberId, row.description()));
        }
        return row;
    }

    SeenSplit split(Inspection seen, String splitId) throws RefusedException {
        Optional<String> why = Optional.ofNullable(seen.unreadable().get(splitId));
        if (why.isPresent()) {
            throw new RefusedException(
                    "The row of split '%s' was changed by hand and cannot be used; mend it. %s"
                            .formatted(splitId, why.get()));
        }
        return seen.split(splitId)
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        "Group '%s' has no split '%s'.".formatted(group, splitId)));
    }
}
