package io.leasehold.lease.store;

/**
 * One thing a member or an operator asks of a {@link LeaseStore}, as a value: it can be sent, lost,
 * repeated and written down. Each says in its own documentation what it does, under which condition
 * and when it is refused. A request that names many splits names each of them once.
 *
 * @param <A> what the store answers
 */
public sealed interface LeaseRequest<A>
        permits MembershipRequest,
                SplitRequest,
                OwnershipRequest,
                DecisionRequest,
                OperatorRequest {

    /** The most splits one request may name, so that it fits into one store time-out. */
    int MOST_SPLITS = 10_000;

    /** The most members one request may name. */
    int MOST_MEMBERS = 1_000;

    /** Returns what the one of these answers says that is for this kind of request. */
    LeaseOutcome<A> answeredBy(LeaseAnswers answers);
}
