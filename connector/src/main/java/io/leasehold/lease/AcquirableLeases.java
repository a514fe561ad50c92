package io.leasehold.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which leases a member should have and may take: those that the plan gives it, and those that are
 * held under its id already, as far as they are free.
 *
 * @param leases in order of split id; those it holds itself are among them
 * @param readAgainAt when the members are to be read again, since time will have made more of them
 *     free by then
 */
record AcquirableLeases(List<Lease> leases, OptionalLong readAgainAt) {

    /**
     * @param ownersMayBeNew whether the leases were read after the members: then an owner in them
     *     may be younger
     */
    static AcquirableLeases of(
            Incarnation me,
            KnownLeases known,
            MemberWatch watch,
            boolean ownersMayBeNew,
            long now) {
        List<Lease> toBeHad = known.toBeHad();
        Map<String, String> plan = plan(toBeHad, watch.balance(me), watch.takers(me));
        Search search = new Search(me, watch, ownersMayBeNew, now);
        for (Lease lease : toBeHad) {
            if (me.memberId().equals(plan.get(lease.splitId())) || search.heldUnderMyId(lease)) {
                search.look(lease);
            }
        }
        return new AcquirableLeases(search.free, search.readAgainAt);
    }

    /** An owner that restarts under its id keeps its place in the plan. */
    private static Map<String, String> plan(
            List<Lease> leases, Balance balance, List<LeasePlanner.Taker> members) {
        Set<String> live = new HashSet<>();
        members.forEach(member -> live.add(member.memberId()));
        return LeasePlanner.plan(
                balance,
                members,
                leases.stream()
                        .map(
                                lease ->
                                        new LeasePlanner.Placed(
                                                lease.splitId(),
                                                lease.ownerId().filter(live::contains),
                                                lease.rate()))
                        .toList());
    }

    private static final class Search {

        private final Incarnation me;
        private final MemberWatch watch;
        private final boolean ownersMayBeNew;
        private final long now;
        private final List<Lease> free = new ArrayList<>();
        private OptionalLong readAgainAt = OptionalLong.empty();

        Search(Incarnation me, MemberWatch watch, boolean ownersMayBeNew, long now) {
            this.me = me;
            this.watch = watch;
            this.ownersMayBeNew = ownersMayBeNew;
            this.now = now;
        }

        /**
         * A member that restarts keeps what it had, whatever the plan says: its state goes on from
         * there. Others may claim it, as from any live owner.
         */
        boolean heldUnderMyId(Lease lease) {
            return lease.ownerId().filter(me.memberId()::equals).isPresent();
        }

        void look(Lease lease) {
            if (lease.owner().isEmpty() || lease.ownedBy(me)) {
                free.add(lease);
                return;
            }
            Incarnation owner = lease.owner().get();
            if (!heldUnderMyId(lease) && watch.live(owner.memberId())) {
                return;
            }
            if (ownersMayBeNew && !watch.hasRow(owner)) {
                // Read the members again before it is taken for one that is over.
                readAgain(now);
                return;
            }
            switch (watch.standing(owner, now)) {
                case SILENT -> free.add(lease);
                case EMITTING -> readAgain(now + watch.silentIn(owner, now).toNanos());
                case LIVE, DEAD -> {
                    // Not before it is closed.
                }
            }
        }

        private void readAgain(long at) {
            if (readAgainAt.isEmpty() || at - readAgainAt.getAsLong() < 0) {
                readAgainAt = OptionalLong.of(at);
            }
        }
    }
}
