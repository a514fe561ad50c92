package io.leasehold.lease.member;

import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Live members that have no split in common with this one, though each of the two finds some: their
 * jobs share the group by mistake, or one was given another queue.
 */
final class Strangers {

    /** Which splits of a pair of members are an example of what. */
    private static final class Pair {
        private boolean common;
        private Optional<String> mine = Optional.empty();
        private Optional<String> theirs = Optional.empty();

        void saw(Lease lease, boolean iFind, boolean theyFind) {
            common |= iFind && theyFind;
            if (iFind && mine.isEmpty()) {
                mine = Optional.of(lease.splitId());
            }
            if (theyFind && theirs.isEmpty()) {
                theirs = Optional.of(lease.splitId());
            }
        }

        boolean isStrange() {
            return !common && mine.isPresent() && theirs.isPresent();
        }
    }

    private final String memberId;
    private final Set<String> told = new HashSet<>();

    Strangers(String memberId) {
        this.memberId = memberId;
    }

    /**
     * Those that are news.
     *
     * @param others ids of the other live members
     * @param leases of unfinished splits
     */
    List<LeaseEvent> news(Collection<String> others, Collection<Lease> leases) {
        told.retainAll(others);
        if (others.isEmpty() || leases.stream().allMatch(lease -> lease.excluded().isEmpty())) {
            told.clear();
            return List.of();
        }
        Map<String, Pair> pairs = new LinkedHashMap<>();
        others.stream().sorted().forEach(other -> pairs.put(other, new Pair()));
        for (Lease lease : leases) {
            boolean iFind = finds(memberId, lease);
            pairs.forEach((other, pair) -> pair.saw(lease, iFind, finds(other, lease)));
        }
        List<LeaseEvent> news = new ArrayList<>();
        pairs.forEach(
                (other, pair) -> {
                    if (!pair.isStrange()) {
                        told.remove(other);
                    } else if (told.add(other)) {
                        news.add(
                                new LeaseEvent.NothingInCommon(
                                        memberId,
                                        other,
                                        pair.mine.orElseThrow(),
                                        pair.theirs.orElseThrow()));
                    }
                });
        return news;
    }

    private static boolean finds(String memberId, Lease lease) {
        return !lease.exclusionOf(memberId).equals(Optional.of(Exclusion.NOT_FOUND));
    }
}
