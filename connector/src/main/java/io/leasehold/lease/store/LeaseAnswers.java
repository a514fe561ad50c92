package io.leasehold.lease.store;

/**
 * How a store answers each kind of request, one part for each family of them. A new request is a
 * new method of its family, so a store that does not answer it does not compile.
 */
public record LeaseAnswers(
        MembershipRequest.Answers membership,
        SplitRequest.Answers splits,
        OwnershipRequest.Answers ownership,
        DecisionRequest.Answers decisions,
        OperatorRequest.Answers operators) {}
