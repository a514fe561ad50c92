package io.leasehold.admin;

import io.leasehold.lease.Claim.Kind;
import io.leasehold.lease.Incarnation;
import io.leasehold.lease.Inspection;
import io.leasehold.lease.Lease;
import io.leasehold.lease.LeaseRequest;
import io.leasehold.lease.LeaseRequest.Claim.Claimed;
import io.leasehold.lease.LeaseRequest.Order;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.Member;
import io.leasehold.lease.MemberState;
import io.leasehold.lease.Orders;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Splits that go from one live member to another: claimed on the other's behalf, and handed over,
 * or forced, as if that member had claimed them itself. A claim that the plan has no room for would
 * be withdrawn again, so it is not laid.
 */
final class Moves {

    private final Desk desk;

    Moves(Desk desk) {
        this.desk = desk;
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
        Member taker = desk.member(seen, to);
        Incarnation owner = ownerOf(lease, seen);
        if (owner.memberId().equals(to)) {
            throw new RefusedException(
                    "Split '%s' is held by '%s' already.".formatted(splitId, to));
        }
        requireAble(taker);
        Map<String, String> moves = new TreeMap<>(Map.of(splitId, to));
        if (inReturn.isPresent()) {
            Lease back = desk.split(seen, inReturn.get()).lease();
            if (!back.ownerId().equals(Optional.of(to))) {
                throw new RefusedException(
                        "Split '%s' is not held by '%s', so it cannot be had in return."
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
                "By the plan '%s' is to hold split '%s', and would get it back: move another split in return (move --in-return), change weights, or evict the member."
                        .formatted(owner, lease.splitId()));
    }

    /** Everything that a live member holds, to whom the plan gives it. */
    List<Change> forceAll(Inspection seen, Member row, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Map<String, String> plan = Sharing.of(seen).without(row.id()).plan();
        Map<String, String> moves = new TreeMap<>();
        for (Lease lease : Drains.heldBy(seen, row.id())) {
            Optional.ofNullable(plan.get(lease.splitId()))
                    .filter(to -> !to.equals(row.id()))
                    .ifPresent(to -> moves.put(lease.splitId(), to));
        }
        if (moves.isEmpty()) {
            throw new RefusedException(
                    "Nobody else is there to take splits of '%s'; stop its job, or start another."
                            .formatted(row.id()));
        }
        requireAlive(Set.copyOf(moves.values()));
        List<Change> changes = new ArrayList<>();
        changes.add(new Change(row.id(), "to give all its splits away"));
        if (!dryRun) {
            desk.ask(new Order(desk.group(), row.id(), new Orders(true, row.orders().weight())));
        }
        changes.addAll(lay(seen, moves, Kind.FORCE, dryRun));
        return changes;
    }

    private List<Change> lay(Inspection seen, Map<String, String> moves, Kind kind, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        List<Change> changes = new ArrayList<>();
        for (String claimant : Set.copyOf(moves.values()).stream().sorted().toList()) {
            List<Claimed> claims = new ArrayList<>();
            moves.forEach(
                    (splitId, to) -> {
                        if (to.equals(claimant)) {
                            claims.add(
                                    new Claimed(
                                            splitId,
                                            seen.split(splitId).orElseThrow().lease().version(),
                                            kind));
                        }
                    });
            Set<String> laid =
                    dryRun
                            ? Set.copyOf(claims.stream().map(Claimed::splitId).toList())
                            : desk.ask(
                                    new LeaseRequest.Claim(
                                            desk.group(),
                                            desk.member(seen, claimant).incarnation(),
                                            claims));
            for (Claimed claim : claims) {
                if (!laid.contains(claim.splitId())) {
                    throw new RefusedException(
                            "Split '%s' has just changed hands; look again.%s"
                                    .formatted(
                                            claim.splitId(),
                                            changes.isEmpty()
                                                    ? ""
                                                    : " Others were claimed before it."));
                }
                changes.add(new Change(claim.splitId(), said(seen, claim, claimant)));
            }
        }
        return changes;
    }

    private static String said(Inspection seen, Claimed claim, String claimant) {
        String owner = seen.split(claim.splitId()).orElseThrow().lease().ownerId().orElse("nobody");
        return switch (claim.kind()) {
            case ASK ->
                    "claimed for '%s'; '%s' hands it over when its next checkpoint completes"
                            .formatted(claimant, owner);
            case FORCE ->
                    "forced for '%s'; it is taken from '%s' when that one's lease is over, and what was emitted since its last checkpoint is read again"
                            .formatted(claimant, owner);
        };
    }

    private static Incarnation ownerOf(Lease lease, Inspection seen) throws RefusedException {
        if (lease.finished()) {
            throw new RefusedException(
                    "Split '%s' has come to its end; nobody reads it any more."
                            .formatted(lease.splitId()));
        }
        Incarnation owner =
                lease.owner()
                        .orElseThrow(
                                () ->
                                        new RefusedException(
                                                "Nobody holds split '%s'; who is to have it by the plan takes it by itself."
                                                        .formatted(lease.splitId())));
        if (seen.membership()
                .member(owner.memberId())
                .filter(row -> row.incarnation().equals(owner))
                .filter(row -> row.state() != MemberState.CLOSED)
                .isEmpty()) {
            throw new RefusedException(
                    "Split '%s' is held by '%s', which has ended; who is to have it by the plan takes it by itself."
                            .formatted(lease.splitId(), owner.memberId()));
        }
        return owner;
    }

    private static void requireAble(Member taker) throws RefusedException {
        if (taker.state() == MemberState.CLOSED) {
            throw new RefusedException("Member '%s' has ended.".formatted(taker.id()));
        }
        if (taker.orders().drain()) {
            throw new RefusedException(
                    "Member '%s' is being drained and takes nothing; undrain it first."
                            .formatted(taker.id()));
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
                    "By the plan '%s' is to hold %d, so another split would go back: name one in return (--in-return), or give it more weight first."
                            .formatted(to, Sharing.of(seen).targets().getOrDefault(to, 0L)));
        }
    }
}
