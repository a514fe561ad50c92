package io.leasehold.lease.member;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;

/**
 * One request that a {@link LeaseKeeper} wants sent, and what it makes of the outcome.
 *
 * @param <A> what the store answers
 */
public final class LeaseStep<A> {

    /** What the keeper makes of an outcome. */
    interface Reaction<A> {
        void to(LeaseOutcome<A> outcome, long sentAt, long now);
    }

    /** The outcome of a step, to be brought back to the keeper that wanted it. */
    public static final class Answer<A> {
        private final LeaseStep<A> step;
        private final LeaseOutcome<A> outcome;

        private Answer(LeaseStep<A> step, LeaseOutcome<A> outcome) {
            this.step = step;
            this.outcome = outcome;
        }

        public LeaseRequest<A> request() {
            return step.request;
        }

        public LeaseOutcome<A> outcome() {
            return outcome;
        }

        void reachKeeper(long sentAt, long now) {
            step.reaction.to(outcome, sentAt, now);
        }
    }

    private final LeaseRequest<A> request;
    private final Reaction<A> reaction;

    LeaseStep(LeaseRequest<A> request, Reaction<A> reaction) {
        this.request = request;
        this.reaction = reaction;
    }

    public LeaseRequest<A> request() {
        return request;
    }

    /** Sends the request and waits for the store; on any thread that may wait. */
    public Answer<A> sendTo(LeaseStore store) {
        return new Answer<>(this, store.ask(request));
    }

    /** The answer where the request got this outcome. */
    public Answer<A> answeredBy(LeaseOutcome<A> outcome) {
        return new Answer<>(this, outcome);
    }

    @Override
    public String toString() {
        return request.getClass().getSimpleName();
    }
}
