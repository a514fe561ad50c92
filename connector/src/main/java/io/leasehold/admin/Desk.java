package io.leasehold.admin;

import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest.Inspect;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

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
        LeaseOutcome<A> outcome = store.ask(request);
        if (outcome instanceof Applied<A> done) {
            return done.answer();
        }
        if (outcome instanceof Unknown<A> unknown) {
            throw unknown.cause();
        }
        throw new RefusedException(((LeaseOutcome.Refused<A>) outcome).reason());
    }

    /**
     * Asks the same of any number of splits: of as many at once as a request may name, one request
     * after the other. What was answered before an exception is done.
     *
     * @param done told after each answer of the splits whose condition held
     * @throws LeaseStoreException if no answer came; that request's splits may be done all the
     *     same, and those that were left for later ones are not
     */
    <S> void askForAll(
            List<S> splits,
            Function<List<S>, LeaseRequest<Set<String>>> request,
            Consumer<Set<String>> done)
            throws LeaseStoreException, RefusedException {
        for (int from = 0; from < splits.size(); from += LeaseRequest.MOST_SPLITS) {
            int to = Math.min(splits.size(), from + LeaseRequest.MOST_SPLITS);
            done.accept(ask(request.apply(splits.subList(from, to))));
        }
    }

    /**
     * Tells of what had been done, if anything had, when no answer came any more.
     *
     * @param how what was done to them
     * @param again whether it may be repeated, in sentences for people
     */
    void tellCutShort(int done, int all, String how, String again) {
        if (done > 0) {
            notices.accept(
                    "%s of %s %s had been %s when the lease store ceased to answer%s. %s"
                            .formatted(
                                    done,
                                    all,
                                    all == 1 ? "split" : "splits",
                                    how,
                                    done < all ? "; some of the others may be, too" : "",
                                    again));
        }
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
