package io.leasehold.admin;

import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Claim.Claimed;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Claims that are laid on members' behalf, on rows as they were read. A row also changes where the
 * split does not change hands: its owner gives it to another of its readers, measures its rate, or
 * starts again. That is no reason to refuse: it is read again.
 */
final class Claims {

    private final Desk desk;

    Claims(Desk desk) {
        this.desk = desk;
    }

    /**
     * Lays all of them, or none. What was laid already when another cannot be is withdrawn.
     *
     * @param seen the rows as the moves were judged by
     * @param moves claimants by split id
     * @throws RefusedException if one is not as it was judged any more, or does not stand still;
     *     the message says what is left of the others
     * @throws LeaseStoreException also after some of them were laid, of which a notice tells
     */
    void layAll(Inspection seen, Map<String, String> moves, Kind kind)
            throws LeaseStoreException, RefusedException {
        Map<String, String> open = new TreeMap<>(moves);
        Map<String, String> laid = new TreeMap<>();
        Inspection now = seen;
        for (int tries = 0; tries < Desk.TRIES; tries++) {
            try {
                lay(now, open, kind, laid);
                open.keySet().removeAll(laid.keySet());
                if (open.isEmpty()) {
                    return;
                }
                now = desk.inspect();
            } catch (LeaseStoreException e) {
                if (!laid.isEmpty()) {
                    desk.notices()
                            .accept(
                                    "%s when the lease store ceased to answer."
                                            .formatted(are(laid)));
                }
                throw e;
            }
            for (Map.Entry<String, String> move : open.entrySet()) {
                Optional<String> why = against(seen, now, move.getKey(), move.getValue());
                if (why.isPresent()) {
                    throw new RefusedException(why.get() + " " + undo(laid));
                }
            }
        }
        throw new RefusedException(
                "The row of split '%s' changed %s times while it was being claimed; try again. %s"
                        .formatted(open.keySet().iterator().next(), Desk.TRIES, undo(laid)));
    }

    /**
     * Lays those whose rows are as they were read, claimant by claimant.
     *
     * @param laid gets those that were, also before an exception
     */
    void lay(Inspection seen, Map<String, String> moves, Kind kind, Map<String, String> laid)
            throws LeaseStoreException, RefusedException {
        // To search for each would take time by the square of their number.
        Map<String, Long> versions =
                seen.splits().stream()
                        .map(SeenSplit::lease)
                        .collect(Collectors.toMap(Lease::splitId, Lease::version));
        for (String claimant : new TreeSet<>(moves.values())) {
            List<Claimed> claims = new ArrayList<>();
            moves.forEach(
                    (splitId, to) -> {
                        if (to.equals(claimant)) {
                            claims.add(new Claimed(splitId, versions.get(splitId), kind));
                        }
                    });
            Member by = desk.member(seen, claimant);
            try {
                desk.askForAll(
                        claims,
                        some -> new Claim(desk.group(), by.incarnation(), some),
                        done -> done.forEach(splitId -> laid.put(splitId, claimant)));
            } catch (RefusedException e) {
                // That life of the claimant is over. The next look tells whether another has begun.
            }
        }
    }

    /** Why a claim is not to be laid that was right when the rows were as they were seen. */
    private Optional<String> against(
            Inspection seen, Inspection now, String splitId, String claimant)
            throws RefusedException {
        Optional<Lease> row = now.split(splitId).map(SeenSplit::lease);
        if (row.isEmpty()) {
            return Optional.of("The row of split '%s' is gone, or unreadable.".formatted(splitId));
        }
        Lease lease = row.get();
        Lease before = seen.split(splitId).orElseThrow().lease();
        if (lease.finished()) {
            return Optional.of("Split '%s' has just come to its end.".formatted(splitId));
        }
        if (!lease.ownerId().equals(before.ownerId())) {
            return Optional.of(
                    "Split '%s' has just changed hands: it is owned by %s now."
                            .formatted(
                                    splitId,
                                    lease.ownerId().map("'%s'"::formatted).orElse("nobody")));
        }
        Optional<String> other =
                lease.claim()
                        .filter(claim -> !claim.claimant().equals(claimant))
                        .filter(claim -> !before.claim().equals(Optional.of(claim)))
                        .map(io.leasehold.lease.model.Claim::claimant);
        if (other.isPresent()) {
            return Optional.of(
                    "Split '%s' has just been claimed by '%s'.".formatted(splitId, other.get()));
        }
        return desk.member(now, claimant).state() == MemberState.CLOSED
                ? Optional.of("Member '%s' was just closed.".formatted(claimant))
                : Optional.empty();
    }

    /** Withdraws what was laid, and says what is left of it. */
    private String undo(Map<String, String> laid) throws LeaseStoreException {
        if (laid.isEmpty()) {
            return "Nothing is claimed.";
        }
        try {
            Inspection seen = desk.inspect();
            for (String claimant : new TreeSet<>(laid.values())) {
                withdraw(seen, laid, claimant);
            }
            return left(desk.inspect(), laid);
        } catch (RefusedException e) {
            return "%s; %s".formatted(are(laid), e.getMessage());
        } catch (LeaseStoreException e) {
            desk.notices()
                    .accept(
                            "%s when the lease store ceased to answer; whether that was withdrawn is not known."
                                    .formatted(are(laid)));
            throw e;
        }
    }

    private void withdraw(Inspection seen, Map<String, String> laid, String claimant)
            throws LeaseStoreException, RefusedException {
        List<String> splitIds =
                laid.keySet().stream().filter(id -> laid.get(id).equals(claimant)).toList();
        Member by = desk.member(seen, claimant);
        try {
            desk.askForAll(
                    splitIds,
                    some -> new Withdraw(desk.group(), by.incarnation(), some),
                    done -> {});
        } catch (RefusedException e) {
            // Its claims stand until the next life of the member, or the others, judge them.
        }
    }

    private static String left(Inspection now, Map<String, String> laid) {
        List<String> sentences = new ArrayList<>();
        laid.forEach(
                (splitId, claimant) -> {
                    Optional<Lease> lease = now.split(splitId).map(SeenSplit::lease);
                    if (lease.flatMap(Lease::ownerId).equals(Optional.of(claimant))) {
                        sentences.add(
                                "Split '%s' has gone to '%s' already."
                                        .formatted(splitId, claimant));
                    } else if (lease.flatMap(Lease::claim)
                            .filter(claim -> claim.claimant().equals(claimant))
                            .isPresent()) {
                        sentences.add(
                                "Split '%s' is claimed for '%s' still: that could not be withdrawn."
                                        .formatted(splitId, claimant));
                    }
                });
        return sentences.isEmpty() ? "Nothing is claimed." : String.join(" ", sentences);
    }

    /** What of it was claimed. */
    private static String are(Map<String, String> laid) {
        List<String> claimed = new ArrayList<>();
        laid.forEach(
                (splitId, claimant) -> claimed.add("'%s' for '%s'".formatted(splitId, claimant)));
        return "Claimed had been " + String.join(", ", claimed);
    }
}
