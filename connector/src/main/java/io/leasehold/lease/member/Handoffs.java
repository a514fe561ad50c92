package io.leasehold.lease.member;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The owner's side of handoffs: which of its splits others have claimed, and which it lets go.
 *
 * <p>A split that is frozen is released, whatever becomes of the claim: a release that was sent may
 * be carried out at any later time, so that the split must not be emitted in that epoch any more.
 */
final class Handoffs {

    private final Incarnation me;
    private final MemberWatch watch;

    /** The claims that the job was told of, on splits that it holds. */
    private final Map<String, Claim> told = new TreeMap<>();

    /** Epochs of the splits that are to be released. */
    private final Map<String, Long> leaving = new HashMap<>();

    Handoffs(Incarnation me, MemberWatch watch) {
        this.me = me;
        this.watch = watch;
    }

    /**
     * What the job is to be told of claims since the last time.
     *
     * @param held epochs of the splits that may be granted to readers
     */
    List<LeaseEvent> news(KnownLeases leases, Map<String, Long> held) {
        Set<String> concerned = new TreeSet<>(told.keySet());
        leases.claimed().forEach(lease -> concerned.add(lease.splitId()));
        concerned.retainAll(held.keySet());
        List<LeaseEvent> news = new ArrayList<>();
        for (String splitId : concerned) {
            Optional<Claim> claim = leases.of(splitId).flatMap(Lease::claim).filter(this::counts);
            Optional<Claim> before = Optional.ofNullable(told.get(splitId));
            if (claim.equals(before)) {
                continue;
            }
            told.remove(splitId);
            if (before.isPresent() && (claim.isEmpty() || isForced(before))) {
                news.add(new LeaseEvent.ClaimOver(splitId, held.get(splitId)));
            }
            claim.ifPresent(
                    now -> {
                        told.put(splitId, now);
                        news.add(new LeaseEvent.Claimed(splitId, held.get(splitId), now));
                    });
        }
        return news;
    }

    private boolean counts(Claim claim) {
        return !claim.claimant().equals(me.memberId()) && watch.stands(claim);
    }

    private static boolean isForced(Optional<Claim> claim) {
        return claim.map(Claim::kind).equals(Optional.of(Claim.Kind.FORCE));
    }

    /** Nobody emits this split any more, and it is to be released. */
    void frozen(String splitId, long epoch) {
        told.remove(splitId);
        leaving.put(splitId, epoch);
    }

    /** A split is not held any more; if it is being released, that goes on. */
    void notHeld(String splitId) {
        told.remove(splitId);
    }

    void forget(String splitId) {
        told.remove(splitId);
        leaving.remove(splitId);
    }

    /** How many splits the job was told others have claimed. */
    int claimedCount() {
        return told.size();
    }

    boolean isLeaving(String splitId) {
        return leaving.containsKey(splitId);
    }

    /** The splits that are being released. */
    Set<String> leaving() {
        return Set.copyOf(leaving.keySet());
    }

    /**
     * Whether the row shows that a split has been let go, or was taken after it was forced.
     *
     * @param held the epoch it is held in, if it is
     */
    boolean isOver(Lease lease, Optional<Long> held) {
        String splitId = lease.splitId();
        Optional<Long> epoch =
                leaving.containsKey(splitId)
                        ? Optional.of(leaving.get(splitId))
                        : held.filter(any -> isForced(Optional.ofNullable(told.get(splitId))));
        return epoch.filter(mine -> !(lease.ownedBy(me) && lease.epoch() == mine)).isPresent();
    }
}
