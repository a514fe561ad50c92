package io.leasehold.testkit;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A store that hands each request on to another, unless a test answers requests of its kind. */
public class ForwardingStore implements LeaseStore {

    protected final LeaseStore store;
    private final Map<Class<?>, Function<?, ?>> answers = new HashMap<>();

    public ForwardingStore(LeaseStore store) {
        this.store = store;
    }

    /** Answers requests of one kind by this function from now on. */
    public final <A, R extends LeaseRequest<A>> ForwardingStore on(
            Class<R> kind, Function<R, LeaseOutcome<A>> answer) {
        answers.put(kind, answer);
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // The types of on(...) say that the function answers this kind.
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        Function<LeaseRequest<A>, LeaseOutcome<A>> answer =
                (Function<LeaseRequest<A>, LeaseOutcome<A>>) answers.get(request.getClass());
        return answer == null ? store.ask(request) : answer.apply(request);
    }

    /** The outcome with another answer, if there was one. */
    public static <A> LeaseOutcome<A> changed(LeaseOutcome<A> outcome, UnaryOperator<A> change) {
        return outcome.match(done -> new Applied<>(change.apply(done)), Refused::new, Unknown::new);
    }

    @Override
    public void close() {
        store.close();
    }
}
