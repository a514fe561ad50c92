package io.leasehold.admin;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest.Order;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** What members are told to do, and whether they have done it. */
final class Drains {

    private static final int NAMED = 5;

    private final Desk desk;

    Drains(Desk desk) {
        this.desk = desk;
    }

    List<Change> weight(String memberId, OptionalInt weight)
            throws LeaseStoreException, RefusedException {
        Inspection seen = desk.inspect();
        Member row = desk.member(seen, memberId);
        Member told = order(row, orders -> new Orders(orders.drain(), weight));
        return List.of(
                new Change(
                        memberId,
                        "weight %s%s; it was %s"
                                .formatted(
                                        told.weight(),
                                        weight.isPresent() ? "" : ", its own",
                                        row.weight())));
    }

    List<Change> drain(String memberId) throws LeaseStoreException, RefusedException {
        Inspection seen = desk.inspect();
        Member row = desk.member(seen, memberId);
        int held = heldBy(seen, memberId).size();
        if (row.state() == MemberState.CLOSED) {
            desk.notices()
                    .accept(
                            "Member '%s' is closed; it will find the order when it starts again."
                                    .formatted(memberId));
        } else if (held > 0 && Sharing.of(seen).without(memberId).plan().containsValue(memberId)) {
            desk.notices()
                    .accept(
                            "Nobody else is there to take splits of '%s'; it keeps them until somebody is."
                                    .formatted(memberId));
        }
        order(row, orders -> new Orders(true, orders.weight()));
        return List.of(
                new Change(
                        memberId,
                        "ordered to hand all its splits over, each at its next checkpoint, until undrain; it owns %s"
                                .formatted(held)));
    }

    List<Change> undrain(String memberId) throws LeaseStoreException, RefusedException {
        Member row = desk.member(desk.inspect(), memberId);
        order(row, orders -> new Orders(false, orders.weight()));
        return List.of(new Change(memberId, "takes part again"));
    }

    private Member order(Member row, UnaryOperator<Orders> orders)
            throws LeaseStoreException, RefusedException {
        return desk.member(
                desk.ask(new Order(desk.group(), row.id(), orders.apply(row.orders()))), row.id());
    }

    /**
     * Waits until a member has given all away and its last checkpoint is complete, and tells of
     * what is left of that.
     *
     * @throws RefusedException if it will not: it is closed or dead, the order was withdrawn, or it
     *     took too long
     */
    List<Change> untilDrained(String memberId, Duration timeout)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Vigil vigil = new Vigil(desk);
        Remaining remaining = new Remaining(desk, memberId);
        long begun = desk.pace().nanoTime();
        while (true) {
            Membership seen = vigil.look();
            Member row = desk.member(seen, memberId);
            if (row.state() == MemberState.DRAINED) {
                return List.of(
                        new Change(
                                memberId,
                                "drained: it owns nothing, and what it emitted is committed; it may be stopped"));
            }
            if (!row.orders().drain()) {
                throw new RefusedException(
                        "Member '%s' is not to be drained any more: somebody else withdrew that."
                                .formatted(memberId));
            }
            if (row.state() == MemberState.CLOSED) {
                throw new RefusedException(
                        "Member '%s' was closed, or found dead by others, before it was drained; %s."
                                .formatted(memberId, takenOver(memberId)));
            }
            if (vigil.dead(memberId)) {
                throw new RefusedException(
                        "Member '%s' has not renewed for more than its lease duration of %s ms: it is frozen, cut off or dead, and cannot hand over; %s."
                                .formatted(
                                        memberId, row.duration().toMillis(), takenOver(memberId)));
            }
            if (desk.pace().nanoTime() - begun >= timeout.toNanos()) {
                throw new RefusedException(
                        "Member '%s' is not drained after %s s; %s. The order stands: drain --wait waits on, undrain withdraws it."
                                .formatted(memberId, timeout.toSeconds(), left(memberId)));
            }
            remaining.look(seen);
            vigil.pause();
        }
    }

    private String takenOver(String memberId) throws LeaseStoreException, RefusedException {
        Inspection seen = desk.inspect();
        List<Lease> held = heldBy(seen, memberId);
        if (held.isEmpty()) {
            return "it owns nothing any more";
        }
        boolean others =
                seen.members().stream()
                        .anyMatch(
                                other ->
                                        !other.row().id().equals(memberId)
                                                && other.row().state() != MemberState.CLOSED);
        return "%s, which %s"
                .formatted(
                        named(held),
                        others
                                ? "the others take over as from a crashed job"
                                : "nobody is there to take over");
    }

    private String left(String memberId) throws LeaseStoreException, RefusedException {
        List<Lease> held = heldBy(desk.inspect(), memberId);
        return held.isEmpty()
                ? "it owns nothing, but no checkpoint has completed since"
                : named(held);
    }

    private static String named(List<Lease> held) {
        String names =
                held.stream()
                        .limit(NAMED)
                        .map(Lease::splitId)
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("");
        return "it still owns %s (%s%s)"
                .formatted(held.size(), names, held.size() > NAMED ? ", ..." : "");
    }

    static List<Lease> heldBy(Inspection seen, String memberId) {
        return seen.splits().stream()
                .map(SeenSplit::lease)
                .filter(lease -> lease.ownerId().filter(memberId::equals).isPresent())
                .toList();
    }
}
