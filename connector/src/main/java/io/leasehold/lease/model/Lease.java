package io.leasehold.lease.model;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The row of one split, without its {@link Progress}: that is long, changes at every checkpoint,
 * and matters only to who acquires the split, who gets it with the answer.
 *
 * @param splitId id of the split, the same in every job
 * @param owner the incarnation that may read it, if one may
 * @param epoch fencing number; grows by one at every grant to a new incarnation or reader attempt
 * @param tenure stays while the split is consumed from one unbroken line of Flink state
 * @param claim who wants it from its live owner, if anyone does
 * @param finished whether the split has come to its end
 * @param parents splits that must be finished before this one is given out
 * @param excluded members that cannot read it, and why; they write that themselves
 * @param rate records per second, as the last owner measured; 0 if unknown
 * @param version the group's change number at this row's last change of anything but its position:
 *     what conditional writes are conditional on
 */
public record Lease(
        String splitId,
        Optional<Incarnation> owner,
        long epoch,
        long tenure,
        Optional<Claim> claim,
        boolean finished,
        Set<String> parents,
        Map<String, Exclusion> excluded,
        double rate,
        long version) {

    public Lease {
        Names.require("split id", splitId);
        Objects.requireNonNull(owner);
        Objects.requireNonNull(claim);
        parents = Set.copyOf(parents);
        excluded = Map.copyOf(excluded);
    }

    /** A lease of a split that every member can read. */
    public Lease(
            String splitId,
            Optional<Incarnation> owner,
            long epoch,
            long tenure,
            Optional<Claim> claim,
            boolean finished,
            Set<String> parents,
            double rate,
            long version) {
        this(splitId, owner, epoch, tenure, claim, finished, parents, Map.of(), rate, version);
    }

    /** Why this member cannot read it, if it cannot. */
    public Optional<Exclusion> exclusionOf(String memberId) {
        return Optional.ofNullable(excluded.get(memberId));
    }

    /** The member that may read it, whatever its incarnation. */
    public Optional<String> ownerId() {
        return owner.map(Incarnation::memberId);
    }

    public boolean ownedBy(Incarnation incarnation) {
        return owner.isPresent() && owner.get().equals(incarnation);
    }

    public boolean isClaimedBy(String memberId) {
        return claim.filter(one -> one.claimant().equals(memberId)).isPresent();
    }
}
