package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * When one member asks for rows to be deleted that nobody needs any more, and which: those of
 * members that are closed and own nothing. How long they have been closed, the store judges.
 *
 * <p>It asks seldom, and only where there is such a row: so that one is gone when it has been there
 * for at most a tenth longer than the retention. All times are nanoseconds of this machine's
 * monotonic clock.
 */
final class Retention {

    /** How often it looks in one retention. */
    private static final int LOOKS = 10;

    /** After the start there is more to do; a job that fails again and again looks at nothing. */
    private static final Duration FIRST_LOOK = Duration.ofMinutes(10);

    private final String group;
    private final Incarnation me;
    private final LeaseTerms terms;
    private OptionalLong dueAt = OptionalLong.empty();

    Retention(String group, Incarnation me, LeaseTerms terms) {
        this.group = group;
        this.me = me;
        this.terms = terms;
    }

    /**
     * What to ask for now, if it is time and there is anything.
     *
     * @param leases as they are known, since the members were read
     */
    Optional<ForgetMembers> next(MemberWatch watch, KnownLeases leases, long now) {
        if (dueAt.isEmpty()) {
            dueAt = OptionalLong.of(now + shorter(interval(), FIRST_LOOK).toNanos());
        }
        if (now - dueAt.getAsLong() < 0) {
            return Optional.empty();
        }
        dueAt = OptionalLong.of(now + interval().toNanos());
        List<Incarnation> members = closed(watch, leases);
        return members.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ForgetMembers(group, Optional.of(me), members, terms.retention()));
    }

    private Duration interval() {
        Duration part = terms.retention().dividedBy(LOOKS);
        return part.compareTo(terms.duration()) < 0 ? terms.duration() : part;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static List<Incarnation> closed(MemberWatch watch, KnownLeases leases) {
        List<Incarnation> closed =
                watch.rows().stream()
                        .filter(row -> row.state() == MemberState.CLOSED)
                        .map(Member::incarnation)
                        .toList();
        if (closed.isEmpty()) {
            return closed;
        }
        Set<String> owners =
                leases.all().stream()
                        .flatMap(lease -> lease.ownerId().stream())
                        .collect(Collectors.toSet());
        return closed.stream()
                .filter(member -> !owners.contains(member.memberId()))
                .limit(LeaseRequest.MOST_MEMBERS)
                .toList();
    }
}
