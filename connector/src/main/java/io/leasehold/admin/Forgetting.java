package io.leasehold.admin;

import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenMember;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Deletes rows of closed members, and of groups without live members, for an operator. */
final class Forgetting {

    private final Desk desk;

    Forgetting(Desk desk) {
        this.desk = desk;
    }

    List<Change> member(String memberId, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        for (int tries = 0; tries < Desk.TRIES; tries++) {
            Inspection seen = desk.inspect();
            Member row = desk.member(seen, memberId);
            requireClosed(row);
            List<Lease> held = Drains.heldBy(seen, memberId);
            if (!held.isEmpty()) {
                throw stillHeld(held.get(0));
            }
            requireCommitted(memberId);
            if (dryRun || forget(row.incarnation())) {
                return List.of(
                        new Change(
                                memberId,
                                "forgotten with its orders; it joins as a new member if its job starts again"));
            }
            requireAllReadable(seen);
        }
        throw new RefusedException(
                "The row of member '%s' changed %s times while it was being forgotten; try again."
                        .formatted(memberId, Desk.TRIES));
    }

    private boolean forget(Incarnation member) throws LeaseStoreException, RefusedException {
        return desk.ask(
                        new ForgetMembers(
                                desk.group(), Optional.empty(), List.of(member), Duration.ZERO))
                .contains(member.memberId());
    }

    List<Change> group(boolean dryRun) throws LeaseStoreException, RefusedException {
        for (int tries = 0; tries < Desk.TRIES; tries++) {
            Inspection seen = desk.inspect();
            for (SeenMember member : seen.members()) {
                requireClosed(desk.member(seen, member.row().id()));
                requireCommitted(member.row().id());
            }
            requireAllReadable(seen);
            for (SeenSplit split : seen.splits()) {
                if (split.lease().owner().isPresent()) {
                    throw stillHeld(split.lease());
                }
            }
            if (dryRun || desk.ask(new ForgetGroup(desk.group(), seen.changeNumber()))) {
                return List.of(
                        new Change(
                                desk.group(),
                                "forgotten with the rows of %s members and of %s splits, and how far these were read; jobs that start find them again, and read them from their start"
                                        .formatted(seen.members().size(), seen.splits().size())));
            }
        }
        throw new RefusedException(
                "Group '%s' changed %s times while it was being forgotten; try again."
                        .formatted(desk.group(), Desk.TRIES));
    }

    private static void requireClosed(Member row) throws RefusedException {
        if (row.state() != MemberState.CLOSED) {
            throw new RefusedException(
                    "Member '%s' is not closed (%s): stop its job, and evict it if it was stopped and could not say so."
                            .formatted(row.id(), row.description()));
        }
    }

    /** Decided output is committed from its row alone: without the row it would be lost. */
    private void requireCommitted(String memberId) throws LeaseStoreException, RefusedException {
        Decisions decisions = desk.ask(new ReadDecisions(desk.group(), memberId));
        if (!decisions.unreadable().isEmpty()) {
            throw new RefusedException(decisions.unreadable().get(0));
        }
        if (!decisions.output().isEmpty()) {
            throw new RefusedException(
                    "Member '%s' has decided output that may not be committed yet (%s): start its job, or another one of the group, which commits it."
                            .formatted(memberId, decisions.output().get(0).key()));
        }
    }

    /** What cannot be read may be owned by anybody. */
    private void requireAllReadable(Inspection seen) throws RefusedException {
        for (String splitId : seen.unreadable().keySet()) {
            desk.split(seen, splitId);
        }
    }

    private static RefusedException stillHeld(Lease lease) {
        return new RefusedException(
                "Split '%s' is still owned by '%s', which is closed: evict that member first."
                        .formatted(lease.splitId(), lease.owner().orElseThrow().memberId()));
    }
}
