package io.leasehold.lease.member;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.plan.LeasePlanner;
import io.leasehold.lease.store.OwnershipRequest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a member does to come to the plan: the leases that are free and its own by the plan, or held
 * under its id already, it acquires; what the plan gives it and another live member holds, it
 * claims; and what it has claimed and the plan does not give it any more, it leaves.
 *
 * @param acquire in order of split id
 * @param claim with the kind of claim to lay
 * @param withdraw splits whose claim is to be withdrawn
 * @param readAgainAt when the members are to be read again, since time will have made more possible
 *     by then
 * @param planned how many splits the plan gives it
 * @param unassigned how many splits nobody holds and no member can read, or has room for
 */
record PlannedMoves(
        List<Lease> acquire,
        List<OwnershipRequest.Claim.Claimed> claim,
        List<String> withdraw,
        OptionalLong readAgainAt,
        int planned,
        int unassigned) {

    /**
     * What a member knows when it plans.
     *
     * @param ownersMayBeNew whether the leases were read after the members: then an owner in them
     *     may be younger
     * @param readable which splits it can read
     * @param keeps splits that it holds, or is about to release: they are not to be acquired
     * @param patience for claims that are not answered in time
     */
    record View(
            Incarnation me,
            LeaseTerms terms,
            KnownLeases leases,
            MemberWatch watch,
            boolean ownersMayBeNew,
            ReadableSplits readable,
            Set<String> keeps,
            HandoffPatience patience,
            long now) {

        private LeasePlanner.Placed placed(Lease lease) {
            return LeasePlanner.Placed.of(
                    lease, lease.claim().map(Claim::claimant).filter(watch::live), watch::live);
        }

        /**
         * Another member lives again that had the split in an earlier life. It takes it back as
         * soon as its readers are there, and is asked for it like any owner: what the table knows
         * is behind what it has committed.
         */
        private boolean isBack(Incarnation owner) {
            return !owner.memberId().equals(me.memberId())
                    && watch.live(owner.memberId())
                    && !watch.away(owner.memberId());
        }

        private boolean isMine(Optional<String> memberId) {
            return memberId.equals(Optional.of(me.memberId()));
        }

        /** Somebody else is about to have it, or will leave it; who has no readers is not. */
        private boolean isClaimedByAnother(Lease lease) {
            return standingClaim(lease).filter(claim -> !watch.away(claim.claimant())).isPresent();
        }

        private Optional<Claim> standingClaim(Lease lease) {
            return lease.claim()
                    .filter(claim -> !claim.claimant().equals(me.memberId()))
                    .filter(watch::stands);
        }

        /** It may have come after the members were read. */
        private boolean claimantMayBeNew(Lease lease) {
            return ownersMayBeNew
                    && lease.claim().filter(claim -> !watch.stands(claim)).isPresent()
                    && !isMine(lease.claim().map(Claim::claimant));
        }

        private boolean isForcedByAnother(Lease lease) {
            return standingClaim(lease)
                    .filter(claim -> claim.kind() == Claim.Kind.FORCE)
                    .isPresent();
        }
    }

    static PlannedMoves of(View view) {
        List<Lease> toBeHad = view.leases().toBeHad();
        List<LeasePlanner.Placed> placed = toBeHad.stream().map(view::placed).toList();
        Map<String, String> plan =
                LeasePlanner.plan(
                        view.watch().balance(view.me()),
                        view.watch().candidates(view.me()),
                        placed);
        Search search = new Search(view);
        for (Lease lease : toBeHad) {
            boolean mine = view.isMine(Optional.ofNullable(plan.get(lease.splitId())));
            search.look(lease, mine && view.readable().canRead(lease.splitId()));
        }
        return search.found(
                Collections.frequency(plan.values(), view.me().memberId()),
                unassigned(plan, placed));
    }

    /** What a live member holds is read, though nobody is to have it. */
    private static int unassigned(Map<String, String> plan, List<LeasePlanner.Placed> placed) {
        return plan.size() == placed.size()
                ? 0
                : (int)
                        placed.stream()
                                .filter(split -> split.member().isEmpty())
                                .filter(split -> !plan.containsKey(split.splitId()))
                                .count();
    }

    private static final class Search {

        private final View view;
        private final List<Lease> acquire = new ArrayList<>();
        private final List<OwnershipRequest.Claim.Claimed> claim = new ArrayList<>();
        private final List<String> withdraw = new ArrayList<>();
        private OptionalLong readAgainAt = OptionalLong.empty();

        Search(View view) {
            this.view = view;
        }

        PlannedMoves found(int planned, int unassigned) {
            return new PlannedMoves(acquire, claim, withdraw, readAgainAt, planned, unassigned);
        }

        void look(Lease lease, boolean planned) {
            if (!planned && view.isMine(lease.claim().map(Claim::claimant))) {
                withdraw.add(lease.splitId());
            } else if (view.isMine(lease.ownerId())) {
                // A member that restarts keeps what it had, whatever the plan says: its state goes
                // on from there. Others claim it, as from any live owner.
                heldUnderMyId(lease);
            } else if (planned && view.claimantMayBeNew(lease)) {
                readAgain(view.now());
            } else if (planned && !view.isClaimedByAnother(lease)) {
                if (lease.owner().isEmpty()) {
                    whenSettled(() -> acquire.add(lease));
                } else {
                    ownedBy(lease.owner().get(), lease);
                }
            }
        }

        private void heldUnderMyId(Lease lease) {
            // One that it cannot read it acquires to give it back, once that is certain.
            boolean mayBeFound =
                    !view.readable().canRead(lease.splitId()) && !view.readable().searched();
            if (view.keeps().contains(lease.splitId())
                    || mayBeFound
                    || view.isForcedByAnother(lease)) {
                return;
            }
            if (lease.ownedBy(view.me())) {
                acquire.add(lease);
            } else {
                ownedBy(lease.owner().get(), lease);
            }
        }

        private void ownedBy(Incarnation owner, Lease lease) {
            if (view.ownersMayBeNew() && !view.watch().hasRow(owner)) {
                // Read the members again before it is taken for one that is over.
                readAgain(view.now());
                return;
            }
            switch (view.watch().standing(owner, view.me().memberId(), view.now())) {
                case SILENT -> {
                    if (view.isBack(owner)) {
                        whenSettled(() -> claim(lease, owner));
                    } else {
                        acquire.add(lease);
                    }
                }
                case HELD ->
                        readAgain(
                                view.now()
                                        + view.watch()
                                                .freeIn(owner, view.me().memberId(), view.now())
                                                .toNanos());
                case LIVE -> whenSettled(() -> claim(lease, owner));
                case DEAD -> {
                    // Not before it is closed.
                }
            }
        }

        /**
         * Who has just come sees itself alone, though others may have come in the same instant;
         * what it took now it would have to give away again.
         */
        private void whenSettled(Runnable move) {
            if (view.watch().settled()) {
                move.run();
            } else {
                readAgain(view.watch().settlesAt());
            }
        }

        /**
         * From a live owner: it is asked. When it has been asked for long enough it is forced, or
         * left alone for a while if this member forces no claim.
         */
        private void claim(Lease lease, Incarnation owner) {
            Optional<Claim.Kind> mine =
                    lease.claim()
                            .filter(claim -> claim.claimant().equals(view.me().memberId()))
                            .map(Claim::kind);
            if (mine.isEmpty()) {
                view.patience()
                        .pausesUntil(lease.splitId(), view.now())
                        .ifPresentOrElse(this::readAgain, () -> lay(lease, Claim.Kind.ASK));
                return;
            }
            boolean forced = mine.get() == Claim.Kind.FORCE;
            Duration patience =
                    forced
                            ? LeaseTerms.byAnotherClock(view.watch().durationOf(owner))
                            : view.terms().handoffTimeout();
            long until = view.leases().claimedSince(lease).orElse(view.now()) + patience.toNanos();
            if (view.now() - until < 0) {
                readAgain(until);
            } else if (forced) {
                acquire.add(lease);
            } else if (view.patience().isEndless()) {
                view.patience().gaveUp(lease.splitId(), patience, view.now());
                withdraw.add(lease.splitId());
            } else {
                lay(lease, Claim.Kind.FORCE);
            }
        }

        private void lay(Lease lease, Claim.Kind kind) {
            claim.add(new OwnershipRequest.Claim.Claimed(lease.splitId(), lease.version(), kind));
        }

        private void readAgain(long at) {
            if (readAgainAt.isEmpty() || at - readAgainAt.getAsLong() < 0) {
                readAgainAt = OptionalLong.of(at);
            }
        }
    }
}
