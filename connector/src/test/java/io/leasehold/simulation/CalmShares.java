package io.leasehold.simulation;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.simulation.Fact.Acquired;
import io.leasehold.simulation.Fact.Declared;
import io.leasehold.simulation.Fact.Discovered;
import io.leasehold.simulation.Fact.Ended;
import io.leasehold.simulation.Fact.Joined;
import io.leasehold.simulation.Fact.Lives;
import io.leasehold.simulation.Fact.Ordered;
import io.leasehold.simulation.Fact.Released;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Whether what members have, when nothing has gone wrong for long, is what they should have. */
final class CalmShares {

    private final Map<String, Share> shares = new TreeMap<>();
    private final Map<String, Orders> orders = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, MemberState> states = new HashMap<>();
    private final Map<String, Set<String>> cannotRead = new HashMap<>();
    private final Map<String, String> ownerOf = new TreeMap<>();
    private int splits;
    private boolean restricted;

    CalmShares(List<Fact> history, long until, Collection<Lives> alive) {
        Set<String> members = new HashSet<>();
        for (Lives lives : alive) {
            members.add(lives.incarnation().memberId());
            cannotRead.put(lives.incarnation().memberId(), lives.cannotRead());
        }
        Map<String, Incarnation> owners = new HashMap<>();
        Map<String, Discovered> unfinished = new TreeMap<>();
        Set<String> ended = new HashSet<>();
        for (Fact fact : history) {
            if (fact.at() >= until) {
                break;
            } else if (fact instanceof Joined joined) {
                states.put(joined.by().memberId(), MemberState.ACTIVE);
                shares.put(joined.by().memberId(), joined.share());
            } else if (fact instanceof Declared declared) {
                states.put(declared.by().memberId(), declared.state());
            } else if (fact instanceof Ordered ordered) {
                orders.put(ordered.memberId(), ordered.orders());
            } else if (fact instanceof Discovered discovered) {
                unfinished.put(discovered.splitId(), discovered);
            } else if (fact instanceof Acquired acquired) {
                owners.put(acquired.splitId(), acquired.by());
            } else if (fact instanceof Released released) {
                owners.remove(released.splitId());
            } else if (fact instanceof Ended end) {
                unfinished.remove(end.splitId());
                ended.add(end.splitId());
            }
        }
        shares.keySet().retainAll(members);
        for (Discovered split : unfinished.values()) {
            if (ended.containsAll(split.parents())) {
                splits++;
                restricted |=
                        cannotRead.values().stream().anyMatch(s -> s.contains(split.splitId()));
                Optional.ofNullable(owners.get(split.splitId()))
                        .ifPresent(
                                owner -> {
                                    ownerOf.put(split.splitId(), owner.memberId());
                                    counts.merge(owner.memberId(), 1, Integer::sum);
                                });
            }
        }
    }

    /** What is not as it should be, if anything. */
    Optional<String> unfair() {
        Map<String, Integer> weights = new TreeMap<>();
        shares.forEach((member, share) -> weights.put(member, weight(member, share)));
        int total = weights.values().stream().mapToInt(weight -> weight).sum();
        if (total == 0) {
            return Optional.empty();
        }
        boolean byNumber =
                shares.values().stream().anyMatch(share -> share.balance() == Balance.COUNT)
                        && shares.values().stream()
                                .allMatch(share -> share.mostSplits() == Share.ANY_NUMBER);
        if (restricted) {
            boolean equal = Set.copyOf(weights.values()).size() == 1;
            return equal && byNumber ? mayPassOn() : Optional.empty();
        }
        return weights.entrySet().stream()
                .map(member -> judge(member.getKey(), member.getValue(), total, byNumber))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** A split that would be better off with a member that can read it and has two fewer. */
    private Optional<String> mayPassOn() {
        for (Map.Entry<String, String> owned : ownerOf.entrySet()) {
            int has = counts.getOrDefault(owned.getValue(), 0);
            for (String member : shares.keySet()) {
                if (counts.getOrDefault(member, 0) + 2 <= has && canRead(member, owned.getKey())) {
                    return Optional.of(
                            "%s has %d splits, %s among them, long after calm; %s has %d, and can read it"
                                    .formatted(
                                            owned.getValue(),
                                            has,
                                            owned.getKey(),
                                            member,
                                            counts.getOrDefault(member, 0)));
                }
            }
        }
        return Optional.empty();
    }

    private boolean canRead(String member, String splitId) {
        return !cannotRead.getOrDefault(member, Set.of()).contains(splitId);
    }

    private Optional<String> judge(String member, int weight, int total, boolean byNumber) {
        int count = counts.getOrDefault(member, 0);
        int most = shares.get(member).mostSplits();
        double fair = (double) splits * weight / total;
        boolean off = byNumber && Math.abs(count - fair) >= 1;
        boolean tooMany = count > most && anotherHasRoom(member);
        return off || tooMany || (weight == 0 && count > 0 && capsLeaveRoom())
                ? Optional.of(
                        "%s has %d of %d splits, long after calm; with weight %d of %d and at most %d splits"
                                .formatted(member, count, splits, weight, total, most))
                : Optional.empty();
    }

    /**
     * What a member had before it restarted it keeps until somebody else claims it, even beyond the
     * most it takes: nobody else would read it.
     */
    private boolean anotherHasRoom(String but) {
        return shares.entrySet().stream()
                .filter(member -> !member.getKey().equals(but))
                .filter(member -> !leaves(member.getKey()))
                .anyMatch(
                        member ->
                                counts.getOrDefault(member.getKey(), 0)
                                        < member.getValue().mostSplits());
    }

    /** Whether anybody but this member takes this split, whatever it has. */
    boolean someoneTakes(String but, String splitId) {
        return shares.entrySet().stream()
                .filter(member -> !member.getKey().equals(but))
                .filter(member -> !leaves(member.getKey()))
                .filter(member -> canRead(member.getKey(), splitId))
                .anyMatch(member -> member.getValue().mostSplits() == Share.ANY_NUMBER);
    }

    /** A standby keeps nothing then. */
    private boolean capsLeaveRoom() {
        return shares.values().stream().allMatch(s -> s.mostSplits() == Share.ANY_NUMBER);
    }

    private boolean leaves(String member) {
        return orders.getOrDefault(member, Orders.NONE).drain()
                || states.get(member) == MemberState.AWAY;
    }

    private int weight(String member, Share share) {
        Orders ordered = orders.getOrDefault(member, Orders.NONE);
        return leaves(member) ? 0 : ordered.weight().orElse(share.weight());
    }
}
