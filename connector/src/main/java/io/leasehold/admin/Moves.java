package io.leasehold.admin;

import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest.Order;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Splits that go from one live member to another: claimed on the other's behalf, and handed over,
 * or forced, as if that member had claimed them itself. A claim that the plan has no room for would
 * be withdrawn again, so it is not laid.
 */
final class Moves {

    /** How many splits a sentence names. */
    private static final int NAMED = 5;

    private final Desk desk;
    private final Claims claims;

    Moves(Desk desk) {
        this.desk = desk;
        this.claims = new Claims(desk);
    }

    /**
     * @param inReturn a split that goes the other way, for when both have their share
     * @param forced whether not to wait for the owner to hand over
     */
    List<Change> move(
            String splitId, String to, Optional<String> inReturn, boolean forced, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Inspection seen = desk.inspect();
        Lease lease = desk.split(seen, splitId).lease();
        Member claimant = desk.member(seen, to);
        Incarnation owner = ownerOf(lease, seen);
        if (owner.memberId().equals(to)) {
            throw new RefusedException(
                    "Split '%s' is owned by '%s' already.".formatted(splitId, to));
        }
        requireAble(claimant);
        Map<String, String> moves = new TreeMap<>(Map.of(splitId, to));
        if (inReturn.isPresent()) {
            Lease back = desk.split(seen, inReturn.get()).lease();
            if (!back.ownerId().equals(Optional.of(to))) {
                throw new RefusedException(
                        "Split '%s' is not owned by '%s', so it cannot be had in return."
                                .formatted(inReturn.get(), to));
            }
            requireAble(desk.member(seen, owner.memberId()));
            moves.put(inReturn.get(), owner.memberId());
        }
        requireRoom(seen, moves, to);
        requireAlive(Set.copyOf(moves.values()));
        return lay(seen, moves, forced ? Kind.FORCE : Kind.ASK, dryRun);
    }

    /** From its live owner to whom the plan has room at. */
    List<Change> force(Inspection seen, Lease lease, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        String owner = lease.ownerId().orElseThrow();
        Map<String, Long> targets = Sharing.of(seen).targets();
        List<String> others =
                seen.members().stream()
                        .map(member -> member.row().id())
                        .filter(id -> !id.equals(owner))
                        .sorted(Comparator.comparing(id -> targets.getOrDefault(id, 0L)))
                        .toList();
        for (String other : others) {
            Map<String, String> move = Map.of(lease.splitId(), other);
            if (hasRoom(seen, move)) {
                requireAlive(Set.of(other));
                return lay(seen, move, Kind.FORCE, dryRun);
            }
        }
        throw new RefusedException(
                "By the plan '%s' is to own split '%s', and would get it back: move another split in return (move --in-return), change weights, or evict the member."
                        .formatted(owner, lease.splitId()));
    }

    /**
     * Everything that a live member holds, to whom the plan gives it. What leaves it meanwhile is
     * where it should be; what cannot be forced does not keep the rest from it.
     */
    List<Change> forceAll(Inspection seen, Member row, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Map<String, String> moves = away(seen, row.id());
        if (moves.isEmpty()) {
            throw new RefusedException(
                    "Nobody else is there to take splits of '%s'; stop its job, or start another."
                            .formatted(row.id()));
        }
        Set<String> alive = Set.copyOf(moves.values());
        requireAlive(alive);
        List<Change> changes = new ArrayList<>();
        changes.add(new Change(row.id(), "ordered to hand all its splits over, until undrain"));
        if (dryRun) {
            moves.forEach((splitId, to) -> changes.add(said(splitId, row.id(), to, Kind.FORCE)));
            return changes;
        }
        desk.ask(new Order(desk.group(), row.id(), new Orders(true, row.orders().weight())));
        Map<String, String> laid = new TreeMap<>();
        Inspection now = seen;
        try {
            for (int tries = 0; tries < Desk.TRIES && !moves.isEmpty(); tries++) {
                claims.lay(now, moves, Kind.FORCE, laid);
                now = desk.inspect();
                moves = away(now, row.id());
                moves.keySet().removeAll(laid.keySet());
                moves.values().retainAll(alive);
            }
        } catch (LeaseStoreException e) {
            Set<String> all = new HashSet<>(moves.keySet());
            all.addAll(laid.keySet());
            desk.tellCutShort(
                    laid.size(),
                    all.size(),
                    "forced",
                    "It is safe to repeat: the order to drain stands, and what is forced already stays so.");
            throw e;
        }
        if (!moves.isEmpty()) {
            throw new RefusedException(
                    "%s splits of '%s' are forced, but not %s (%s): their rows change too often. The order to drain stands; evict it again."
                            .formatted(
                                    laid.size(),
                                    row.id(),
                                    moves.size(),
                                    moves.keySet().stream()
                                            .limit(NAMED)
                                            .collect(Collectors.joining(", "))));
        }
        laid.forEach((splitId, to) -> changes.add(said(splitId, row.id(), to, Kind.FORCE)));
        return changes;
    }

    /** What is to leave a member, and to whom. */
    private static Map<String, String> away(Inspection seen, String memberId) {
        Map<String, String> plan = Sharing.of(seen).without(memberId).plan();
        Map<String, String> moves = new TreeMap<>();
        for (Lease lease : Drains.heldBy(seen, memberId)) {
            Optional.ofNullable(plan.get(lease.splitId()))
                    .filter(to -> !to.equals(memberId))
                    .ifPresent(to -> moves.put(lease.splitId(), to));
        }
        return moves;
    }

    /** All of them, or none. */
    private List<Change> lay(Inspection seen, Map<String, String> moves, Kind kind, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        if (!dryRun) {
            claims.layAll(seen, moves, kind);
        }
        List<Change> changes = new ArrayList<>();
        moves.forEach(
                (splitId, to) -> {
                    Lease lease = seen.split(splitId).orElseThrow().lease();
                    changes.add(said(splitId, lease.ownerId().orElseThrow(), to, kind));
                });
        return changes;
    }

    private static Change said(String splitId, String owner, String claimant, Kind kind) {
        return new Change(
                splitId,
                switch (kind) {
                    case ASK ->
                            "claimed for '%s'; '%s' hands it over when its next checkpoint completes"
                                    .formatted(claimant, owner);
                    case FORCE ->
                            "forced for '%s'; it is taken from '%s' when that one's lease expires, and what was emitted since its last checkpoint is read again"
                                    .formatted(claimant, owner);
                });
    }

    private static Incarnation ownerOf(Lease lease, Inspection seen) throws RefusedException {
        if (lease.finished()) {
            throw new RefusedException(
                    "Split '%s' is finished; it is not read any more.".formatted(lease.splitId()));
        }
        Incarnation owner =
                lease.owner()
                        .orElseThrow(
                                () ->
                                        new RefusedException(
                                                "Split '%s' has no owner; the member that the plan gives it to acquires it by itself."
                                                        .formatted(lease.splitId())));
        if (seen.membership()
                .member(owner.memberId())
                .filter(row -> row.incarnation().equals(owner))
                .filter(row -> row.state() != MemberState.CLOSED)
                .isEmpty()) {
            throw new RefusedException(
                    "Split '%s' is owned by '%s', which is closed; the member that the plan gives it to acquires it by itself."
                            .formatted(lease.splitId(), owner.memberId()));
        }
        return owner;
    }

    private static void requireAble(Member claimant) throws RefusedException {
        if (claimant.state() == MemberState.CLOSED) {
            throw new RefusedException("Member '%s' is closed.".formatted(claimant.id()));
        }
        if (claimant.orders().drain()) {
            throw new RefusedException(
                    "Member '%s' is being drained and takes nothing; undrain it first."
                            .formatted(claimant.id()));
        }
    }

    private void requireAlive(Set<String> memberIds)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Vigil vigil = new Vigil(desk);
        for (String memberId : memberIds.stream().sorted().toList()) {
            if (!vigil.lives(vigil.settled(memberId))) {
                throw new RefusedException(
                        "Member '%s' does not renew: it is frozen, cut off or dead, and can take nothing."
                                .formatted(memberId));
            }
        }
    }

    /** Whether nothing else would move: what goes too far is evened out by the next plan. */
    private static boolean hasRoom(Inspection seen, Map<String, String> moves) {
        Map<String, String> wanted = new TreeMap<>(Sharing.of(seen).plan());
        wanted.putAll(moves);
        return Sharing.of(seen).moving(moves).plan().equals(wanted);
    }

    private static void requireRoom(Inspection seen, Map<String, String> moves, String to)
            throws RefusedException {
        if (!hasRoom(seen, moves)) {
            throw new RefusedException(
                    "By the plan '%s' is to own %s splits, so another would go back: name one in return (--in-return), or give it more weight first."
                            .formatted(to, Sharing.of(seen).targets().getOrDefault(to, 0L)));
        }
    }
}
