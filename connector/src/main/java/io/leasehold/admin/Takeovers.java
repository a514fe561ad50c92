package io.leasehold.admin;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.OperatorRequest.AsRead;
import io.leasehold.lease.store.OperatorRequest.ReleaseAbandoned;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Splits whose owner is over, or is found dead: taken from it as a member would that takes over.
 * One that lives keeps them, unless they are forced.
 */
final class Takeovers {

    private static final String RELEASED = "released: any member may acquire it";

    private final Desk desk;
    private final Moves moves;

    Takeovers(Desk desk) {
        this.desk = desk;
        this.moves = new Moves(desk);
    }

    /** Makes a split unowned. */
    List<Change> release(String splitId, boolean forced, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Inspection seen = desk.inspect();
        Lease lease = desk.split(seen, splitId).lease();
        Incarnation owner =
                lease.owner()
                        .orElseThrow(
                                () ->
                                        new RefusedException(
                                                "Split '%s' has no owner; any member may acquire it."
                                                        .formatted(splitId)));
        Optional<Member> living = living(seen, owner);
        if (living.isPresent()) {
            if (forced) {
                return moves.force(seen, lease, dryRun);
            }
            throw alive(
                    living.get(),
                    "move the split to another member; or release --force takes it without waiting for a checkpoint, and what was emitted since the last one is read again");
        }
        List<Change> changes = new ArrayList<>();
        end(seen, owner, dryRun).ifPresent(changes::add);
        changes.addAll(releaseAll(Set.of(splitId), Set.of(owner), dryRun));
        return changes;
    }

    /** Ends a member that is dead, and makes all unowned that it holds. */
    List<Change> evict(String memberId, boolean forced, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Inspection seen = desk.inspect();
        Member row = desk.member(seen, memberId);
        Optional<Member> living = living(seen, row.incarnation());
        if (living.isPresent()) {
            if (forced) {
                return moves.forceAll(seen, row, dryRun);
            }
            throw alive(
                    living.get(),
                    "drain it; or evict --force takes its splits without waiting for a checkpoint, and what was emitted since the last one is read again");
        }
        List<Change> changes = new ArrayList<>();
        end(seen, row.incarnation(), dryRun).ifPresent(changes::add);
        List<Lease> held = Drains.heldBy(seen, memberId);
        changes.addAll(
                releaseAll(
                        held.stream().map(Lease::splitId).collect(Collectors.toSet()),
                        held.stream()
                                .map(lease -> lease.owner().orElseThrow())
                                .collect(Collectors.toSet()),
                        dryRun));
        if (changes.isEmpty()) {
            throw new RefusedException(
                    "Member '%s' is closed already, and owns nothing.".formatted(memberId));
        }
        return changes;
    }

    private static RefusedException alive(Member row, String remedy) {
        return new RefusedException(
                "Member '%s' is alive, it has just renewed (%s): %s."
                        .formatted(row.id(), row.description(), remedy));
    }

    /** Watches an owner, if it may still live: it is there if it does. */
    private Optional<Member> living(Inspection seen, Incarnation owner)
            throws LeaseStoreException, RefusedException, InterruptedException {
        if (row(seen.membership(), owner).isEmpty()) {
            return Optional.empty();
        }
        desk.member(seen, owner.memberId());
        Vigil vigil = new Vigil(desk);
        Member row = vigil.settled(owner.memberId());
        if (!row.incarnation().equals(owner)) {
            throw new RefusedException(
                    "Member '%s' has just restarted; look again.".formatted(owner.memberId()));
        }
        return vigil.lives(row) ? Optional.of(row) : Optional.empty();
    }

    /** The row of an incarnation that may still write. */
    private static Optional<Member> row(Membership members, Incarnation incarnation) {
        return members.member(incarnation.memberId())
                .filter(row -> row.incarnation().equals(incarnation))
                .filter(row -> row.state() != MemberState.CLOSED);
    }

    /** Closes an incarnation that was found dead, by the beat it was found dead with. */
    private Optional<Change> end(Inspection seen, Incarnation dead, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Optional<Member> row = row(desk.inspect().membership(), dead);
        Optional<Member> found = row(seen.membership(), dead);
        if (row.isEmpty() || found.isEmpty()) {
            return Optional.empty();
        }
        if (row.get().beat() != found.get().beat()) {
            throw new RefusedException(
                    "Member '%s' has just renewed; it is alive.".formatted(dead.memberId()));
        }
        Change change =
                new Change(
                        dead.memberId(),
                        "found dead and closed: it has not renewed for more than %s ms"
                                .formatted(row.get().duration().toMillis()));
        if (!dryRun) {
            Membership after =
                    desk.ask(
                                    new Close(
                                            desk.group(),
                                            dead,
                                            Optional.of(found.get().beat()),
                                            // Those of the one it replaced may outlast it.
                                            row.get().emitsFor()))
                            .members();
            if (row(after, dead).isPresent()) {
                throw new RefusedException(
                        "Member '%s' has just renewed; it is alive.".formatted(dead.memberId()));
            }
        }
        return Optional.of(change);
    }

    /**
     * Releases those that are still owned by owners that are over, when their readers are silent.
     */
    private List<Change> releaseAll(Set<String> splitIds, Set<Incarnation> owners, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        List<Change> changes = new ArrayList<>();
        if (dryRun) {
            splitIds.stream()
                    .sorted()
                    .forEach(splitId -> changes.add(new Change(splitId, RELEASED)));
            return changes;
        }
        Vigil vigil = new Vigil(desk);
        for (Incarnation owner : owners) {
            vigil.untilSilent(owner);
        }
        Set<String> released = new HashSet<>();
        Inspection now = desk.inspect();
        List<AsRead> held = held(now, splitIds, owners);
        try {
            // A row changes without a new owner too: when another member claims it, or withdraws.
            for (int tries = 0; tries < Desk.TRIES && !held.isEmpty(); tries++) {
                desk.askForAll(
                        held, some -> new ReleaseAbandoned(desk.group(), some), released::addAll);
                now = desk.inspect();
                held = held(now, splitIds, owners);
            }
        } catch (LeaseStoreException e) {
            desk.tellCutShort(
                    released.size(),
                    splitIds.size(),
                    "released",
                    "It is safe to repeat: what is free already stays so.");
            throw e;
        }
        if (!held.isEmpty()) {
            throw new RefusedException(
                    "The row of split '%s' changed %s times while it was being released, and it is not (%s others are); try again."
                            .formatted(held.get(0).splitId(), Desk.TRIES, released.size()));
        }
        for (String splitId : splitIds.stream().sorted().toList()) {
            changes.add(
                    new Change(
                            splitId,
                            released.contains(splitId)
                                    ? RELEASED
                                    : now.split(splitId)
                                            .flatMap(split -> split.lease().ownerId())
                                            .map("taken over by '%s' meanwhile"::formatted)
                                            .orElse("free already")));
        }
        return changes;
    }

    /** Those of the splits that these owners, which are over, have still. */
    private static List<AsRead> held(
            Inspection seen, Set<String> splitIds, Set<Incarnation> owners) {
        return seen.splits().stream()
                .map(SeenSplit::lease)
                .filter(lease -> splitIds.contains(lease.splitId()))
                .filter(lease -> lease.owner().filter(owners::contains).isPresent())
                .map(lease -> new AsRead(lease.splitId(), lease.version()))
                .toList();
    }
}
