package io.leasehold.lease.member;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;

import java.util.Optional;

/**
 * One request that a {@link LeaseKeeper} wants sent, and what it makes of the outcome.
 *
 * @param <A> what the store answers
 */
public final class LeaseStep<A> {

    /** What is made of the answer to a request that was carried out. */
    interface Applied<A> {
        void take(A answer, long sentAt, long now);
    }

    /** What is made of any request that was not, as far as is known. */
    interface Failures {
        void refused(LeaseRequest<?> request, String why, long sentAt, long now);

        void unanswered(long sentAt, long now);

        void wentBack(String why, long now);
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

        void reach(Failures failures, long sentAt, long now) {
            if (outcome instanceof LeaseOutcome.WentBack<A> back) {
                failures.wentBack(back.reason(), now);
                return;
            }
            outcome.react(
                    answer -> step.applied.take(answer, sentAt, now),
                    why -> failures.refused(step.request, why, sentAt, now),
                    cause -> failures.unanswered(sentAt, now));
        }
    }

    private final LeaseRequest<A> request;
    private final Applied<A> applied;

    private LeaseStep(LeaseRequest<A> request, Applied<A> applied) {
        this.request = request;
        this.applied = applied;
    }

    static <A> Optional<LeaseStep<?>> of(LeaseRequest<A> request, Applied<A> applied) {
        return Optional.of(new LeaseStep<>(request, applied));
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
