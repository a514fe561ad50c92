package io.leasehold.source.book;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Until when reader attempts may emit, those that are gone too. Times are nanoseconds of one
 * monotonic clock.
 */
final class RunningGrants {

    /**
     * @param until when it is over
     * @param closed whether the attempt is known to emit nothing any more all the same
     */
    record Grant(long until, boolean closed) {}

    private final Map<String, Grant> grants = new HashMap<>();

    /** An attempt may emit until then; an earlier end than it had changes nothing. */
    void granted(String readerId, long until) {
        grants.merge(
                readerId,
                new Grant(until, false),
                (known, next) -> next.until() - known.until() <= 0 ? known : next);
    }

    /** These attempts emit nothing any more. */
    void closed(Set<String> readerIds) {
        readerIds.forEach(
                id -> grants.computeIfPresent(id, (same, grant) -> new Grant(grant.until(), true)));
    }

    void forgetThoseOver(long now) {
        grants.values().removeIf(grant -> grant.until() - now <= 0);
    }

    Optional<Grant> of(String readerId) {
        return Optional.ofNullable(grants.get(readerId));
    }

    boolean isClosed(String readerId) {
        return of(readerId).filter(Grant::closed).isPresent();
    }

    /** When the last one is over of those whose attempts may still emit. */
    OptionalLong last() {
        return grants.values().stream()
                .filter(grant -> !grant.closed())
                .mapToLong(Grant::until)
                .reduce((a, b) -> a - b < 0 ? b : a);
    }
}
