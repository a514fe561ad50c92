package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.LeaseRequest;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Output that is certainly committed, of any member, and whose rows are still there: they go with
 * the next decision, or by a request of their own if there is none for a lease duration.
 */
final class CommittedOutput {

    private final GroupView view;
    private final Set<DecidedOutput.Key> keys = new LinkedHashSet<>();

    /** When one of them was first seen to wait. */
    private OptionalLong since = OptionalLong.empty();

    CommittedOutput(GroupView view) {
        this.view = view;
    }

    void add(DecidedOutput.Key output) {
        keys.add(output);
    }

    /** The committed output that the next decision names. */
    Set<DecidedOutput.Key> all() {
        return Set.copyOf(keys);
    }

    /** These rows are gone. */
    void wrote(Collection<DecidedOutput.Key> gone) {
        keys.removeAll(gone);
        since = OptionalLong.empty();
    }

    Optional<LeaseStep<?>> next(long now) {
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        if (since.isEmpty()) {
            since = OptionalLong.of(now);
        }
        if (now - since.getAsLong() < view.terms.duration().toNanos()) {
            return Optional.empty();
        }
        List<DecidedOutput.Key> some = keys.stream().limit(LeaseRequest.MOST_MEMBERS).toList();
        return LeaseStep.of(
                new DropOutput(view.group, view.me, some), (dropped, sentAt, then) -> wrote(some));
    }
}
