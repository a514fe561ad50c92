package io.leasehold.source.enumerator;

import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which requests to the lease store are unanswered, since when, and what follows: what people are
 * told, and when the job fails. It hears of every request's outcome.
 *
 * <p>One unanswered request is kept for each type of request: a user who lacks one right is denied
 * one type, while others are answered. Any answer shows that the store can be reached.
 *
 * <p>All times are nanoseconds of this machine's monotonic clock. Not thread-safe.
 */
final class StoreOutage {

    /** What is to be done about an outcome. */
    sealed interface News {}

    /** An outage begins, or is of another kind than before. */
    record Begins(LeaseStoreException cause) implements News {}

    /** Every request that was unanswered has been answered since. */
    record Ends() implements News {}

    /**
     * The job must fail.
     *
     * @param forGood whether another start would find the same
     */
    record Fails(LeaseStoreException cause, boolean forGood) implements News {}

    private record Unanswered(LeaseStoreException cause, long since) {
        Kind kind() {
            return cause.kind();
        }
    }

    private final Duration startupTimeout;
    private final Duration deniedTimeout;
    private final boolean resumes;
    private final Map<Class<?>, Unanswered> unanswered = new HashMap<>();
    private boolean joined;

    /**
     * @param startupTimeout how long a start tries for what may heal
     * @param deniedTimeout how long a member runs without access before its job fails
     * @param resumes whether the job starts from state. If not, nothing is lost where it fails at
     *     once for what a person has to mend
     */
    StoreOutage(Duration startupTimeout, Duration deniedTimeout, boolean resumes) {
        this.startupTimeout = startupTimeout;
        this.deniedTimeout = deniedTimeout;
        this.resumes = resumes;
    }

    /** The start is over: the member is in the table. */
    void joined() {
        joined = true;
    }

    /** Since when the store has denied access, if it does. */
    Optional<Long> deniedSince() {
        return unanswered.values().stream()
                .filter(one -> one.kind() != Kind.UNREACHABLE)
                .map(Unanswered::since)
                // Times may wrap around; their differences do not.
                .reduce((one, other) -> one - other < 0 ? one : other);
    }

    /** Takes in what became of a request. */
    Optional<News> heard(LeaseRequest<?> request, LeaseOutcome<?> outcome, long now) {
        return outcome instanceof LeaseOutcome.Unknown<?> unknown
                ? unanswered(request.getClass(), unknown.cause(), now)
                : answered(request.getClass());
    }

    private Optional<News> answered(Class<?> type) {
        boolean had = !unanswered.isEmpty();
        unanswered.remove(type);
        unanswered.values().removeIf(one -> one.kind() == Kind.UNREACHABLE);
        return had && unanswered.isEmpty() ? Optional.of(new Ends()) : Optional.empty();
    }

    private Optional<News> unanswered(Class<?> type, LeaseStoreException cause, long now) {
        boolean known =
                unanswered.values().stream()
                        .anyMatch(
                                one ->
                                        one.kind() == cause.kind()
                                                && (cause.kind() == Kind.UNREACHABLE
                                                        || isSame(one.cause(), cause)));
        Unanswered first =
                unanswered.merge(
                        type,
                        new Unanswered(cause, now),
                        (before, later) -> before.kind() == later.kind() ? before : later);
        Optional<Duration> patience = patience(cause.kind());
        if (patience.isPresent() && now - first.since() >= patience.get().toNanos()) {
            return Optional.of(new Fails(cause, cause.kind() != Kind.UNREACHABLE));
        }
        return known ? Optional.empty() : Optional.of(new Begins(cause));
    }

    private static boolean isSame(LeaseStoreException one, LeaseStoreException other) {
        return Objects.equals(one.getMessage(), other.getMessage());
    }

    /** How long this may last before the job fails; empty if for ever. */
    private Optional<Duration> patience(Kind kind) {
        if (joined) {
            return kind == Kind.UNREACHABLE ? Optional.empty() : Optional.of(deniedTimeout);
        }
        return Optional.of(
                switch (kind) {
                    case UNREACHABLE, LOGIN_REFUSED -> startupTimeout;
                    case DENIED -> resumes ? startupTimeout : Duration.ZERO;
                    case MISCONFIGURED -> Duration.ZERO;
                });
    }
}
