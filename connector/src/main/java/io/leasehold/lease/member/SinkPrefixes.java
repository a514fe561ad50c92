package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether another member's sinks write under a name that this member's sinks have: a Kafka sink
 * knows its transactions by a prefix, and two jobs with one prefix end each other's for ever.
 *
 * <p>A member that left its row behind must hinder nobody, so one counts only once it is seen to
 * renew; until then it is not known. Prefixes that members did not say are not known here.
 */
final class SinkPrefixes {

    /** What the rows say. */
    sealed interface Verdict {

        /** No other member that may be alive has one of the prefixes. */
        record Own() implements Verdict {}

        /** A member has one of them that may be dead. */
        record Unclear() implements Verdict {}

        /** A member that renews has that prefix too. */
        record Shared(Member other, String prefix) implements Verdict {}
    }

    private final String memberId;
    private final Set<String> mine;
    private final MemberWatch watch;

    /** Of each incarnation with one of the prefixes, the beat that was read first. */
    private final Map<Incarnation, Long> firstBeats = new HashMap<>();

    /**
     * @param mine what this member's sinks have, as far as that was said
     * @param watch what has been seen of the members so far
     */
    SinkPrefixes(String memberId, Set<String> mine, MemberWatch watch) {
        this.memberId = memberId;
        this.mine = Set.copyOf(mine);
        this.watch = watch;
    }

    Set<String> mine() {
        return mine;
    }

    /**
     * @param members all rows, as they were just read, and watched
     */
    Verdict of(Collection<Member> members) {
        Verdict verdict = new Verdict.Own();
        if (mine.isEmpty()) {
            return verdict;
        }
        for (Member other : members) {
            Optional<String> shared = sharedWith(other);
            if (shared.isEmpty() || !watch.live(other.id())) {
                continue;
            }
            Long first = firstBeats.putIfAbsent(other.incarnation(), other.beat());
            if (first != null && first != other.beat()) {
                return new Verdict.Shared(other, shared.get());
            }
            verdict = new Verdict.Unclear();
        }
        return verdict;
    }

    private Optional<String> sharedWith(Member other) {
        return other.id().equals(memberId)
                ? Optional.empty()
                : other.sinkPrefixes().stream().filter(mine::contains).sorted().findFirst();
    }

    /**
     * Whether this member is the one to give way, of two that have joined: both read each other's
     * row, and come to the same.
     */
    boolean givesWayTo(Member other) {
        return memberId.compareTo(other.id()) > 0;
    }
}
