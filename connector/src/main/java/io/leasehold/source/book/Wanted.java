package io.leasehold.source.book;

import io.leasehold.lease.model.Claim;

import java.util.Optional;

/**
 * Who wants a split from the reader that has it, and what that reader was asked for.
 *
 * <p>A claim goes first: a split that is to move and is claimed on the way goes to the claimant,
 * and if the claim is over it stays where it is. A reader that was asked for it either way stands
 * still under the same number.
 *
 * @param claim how another member has claimed it, if one has
 * @param moves whether another reader of this job is to have it
 * @param asked what its reader was asked for
 */
record Wanted(Optional<Claim.Kind> claim, boolean moves, Optional<Asked> asked) {

    static final Wanted BY_NOBODY = new Wanted(Optional.empty(), false, Optional.empty());

    Wanted claimed(Claim.Kind kind) {
        return new Wanted(Optional.of(kind), moves, asked);
    }

    Wanted toMove() {
        return new Wanted(claim, true, asked);
    }

    Wanted askedFor(Asked request) {
        return new Wanted(claim, moves, Optional.of(request));
    }

    boolean isForced() {
        return claim.filter(kind -> kind == Claim.Kind.FORCE).isPresent();
    }

    boolean byAnybody() {
        return claim.isPresent() || moves;
    }

    /** How its reader is to be asked now; empty if it was asked that way already. */
    Optional<Claim.Kind> due() {
        if (!byAnybody()) {
            return Optional.empty();
        }
        Claim.Kind kind = claim.orElse(Claim.Kind.ASK);
        return asked.filter(before -> before.kind() == kind).isPresent()
                ? Optional.empty()
                : Optional.of(kind);
    }
}
