package io.leasehold.admin;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.plan.LeasePlanner;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenMember;
import io.leasehold.lease.store.Inspection.SeenSplit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the members of a group share it by their plan, and would if something were otherwise. Who is
 * not CLOSED takes part, as if it were alive.
 */
final class Sharing {

    private final List<Member> members;
    private final List<Lease> leases;
    private final Map<String, String> moved = new HashMap<>();
    private final Set<String> draining;

    private Sharing(List<Member> members, List<Lease> leases, Set<String> draining) {
        this.members = members;
        this.leases = leases;
        this.draining = draining;
    }

    static Sharing of(Inspection seen) {
        Set<String> finished =
                seen.splits().stream()
                        .map(SeenSplit::lease)
                        .filter(Lease::finished)
                        .map(Lease::splitId)
                        .collect(Collectors.toSet());
        List<Member> live =
                seen.members().stream()
                        .map(SeenMember::row)
                        .filter(row -> row.state() != MemberState.CLOSED)
                        .toList();
        return new Sharing(
                live,
                seen.splits().stream()
                        .map(SeenSplit::lease)
                        .filter(lease -> !lease.finished())
                        .filter(lease -> finished.containsAll(lease.parents()))
                        .toList(),
                live.stream()
                        .filter(row -> row.orders().drain())
                        .map(Member::id)
                        .collect(Collectors.toSet()));
    }

    /** The same if these splits were on their way to these members. */
    Sharing moving(Map<String, String> moves) {
        Sharing other = new Sharing(members, leases, draining);
        other.moved.putAll(moved);
        other.moved.putAll(moves);
        return other;
    }

    /** The same if that member were to give all its splits away. */
    Sharing without(String memberId) {
        Set<String> more = new HashSet<>(draining);
        more.add(memberId);
        Sharing other = new Sharing(members, leases, more);
        other.moved.putAll(moved);
        return other;
    }

    /** Member ids by split id; a split is left out where no member has room for it. */
    Map<String, String> plan() {
        boolean byLoad = members.stream().allMatch(row -> row.share().balance() == Balance.LOAD);
        return LeasePlanner.plan(
                byLoad ? Balance.LOAD : Balance.COUNT,
                members.stream()
                        .map(
                                row ->
                                        new LeasePlanner.Candidate(
                                                row.id(),
                                                row.weight(),
                                                row.share().mostSplits(),
                                                draining.contains(row.id())))
                        .toList(),
                leases.stream().map(this::placed).toList());
    }

    /** How many splits each member is to have, by the plan. */
    Map<String, Long> targets() {
        return plan().values().stream()
                .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    }

    private LeasePlanner.Placed placed(Lease lease) {
        Optional<String> claimant =
                Optional.ofNullable(moved.get(lease.splitId()))
                        .or(() -> lease.claim().map(Claim::claimant).filter(this::takesPart));
        return LeasePlanner.Placed.of(lease, claimant, this::takesPart);
    }

    private boolean takesPart(String memberId) {
        return members.stream().anyMatch(row -> row.id().equals(memberId));
    }
}
