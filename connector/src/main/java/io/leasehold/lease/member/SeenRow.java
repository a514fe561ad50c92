package io.leasehold.lease.member;

import io.leasehold.lease.member.OwnSplit.Move;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;

import java.util.Optional;

/**
 * The row of a split as one member read it, and what it may say of a split that this member has.
 *
 * @param me the incarnation that read it
 * @param otherOwner another member that owns it, and is live
 */
record SeenRow(Lease lease, Incarnation me, Optional<Incarnation> otherOwner) {

    static SeenRow of(Lease lease, Incarnation me, MemberWatch watch) {
        return new SeenRow(
                lease,
                me,
                lease.owner()
                        .filter(owner -> !owner.memberId().equals(me.memberId()))
                        .filter(owner -> watch.live(owner.memberId())));
    }

    boolean isMine(long epoch) {
        return lease.ownedBy(me) && lease.epoch() == epoch;
    }

    Move dropped(boolean released) {
        return OwnSplit.over(new LeaseEvent.Dropped(lease.splitId(), released));
    }

    Move finished() {
        return OwnSplit.over(new LeaseEvent.Finished(lease.splitId()));
    }

    Move lost() {
        return OwnSplit.over(
                new LeaseEvent.Lost(
                        lease.splitId(),
                        lease.owner()
                                .map(owner -> "it is owned by " + owner)
                                .orElse(
                                        lease.finished()
                                                ? "someone else has read it to its end"
                                                : "it was released by someone else")));
    }
}
