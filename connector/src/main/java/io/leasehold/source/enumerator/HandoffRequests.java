package io.leasehold.source.enumerator;

import io.leasehold.lease.Claim;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of readers for splits that other members have claimed, or that another reader of
 * this job is to have, until the split is let go.
 *
 * <p>A claim goes first: a split that is to move and is claimed on the way goes to the claimant,
 * and if the claim is over it stays where it is. Who was asked for it either way stands still under
 * the same number.
 *
 * <p>Every request has a number of its own. A reader may freeze a split, go on with it, and be
 * asked again while the checkpoint in which it first stood still is completing: only a position
 * reported under the number last asked with, and not withdrawn since, is one that the split stands
 * at.
 */
final class HandoffRequests {

    /**
     * A split that a reader is to be asked for.
     *
     * @param kind how: at the next barrier, or at once
     */
    record Due(int subtask, String splitId, long number, Claim.Kind kind) {}

    /** A request that was sent. */
    record Asked(int subtask, long number, Claim.Kind kind) {}

    /** The claims that stand, by split. */
    private final Map<String, Claim.Kind> claims = new TreeMap<>();

    /** Splits that another reader of this job is to have. */
    private final Set<String> moves = new TreeSet<>();

    private final Map<String, Asked> asked = new HashMap<>();

    /** Epochs of the splits that stand still for good, and are being released. */
    private final Map<String, Long> leaving = new HashMap<>();

    private long lastNumber;

    /** Somebody has claimed a split that this member holds. */
    void claimed(String splitId, Claim.Kind kind) {
        claims.put(splitId, kind);
    }

    /** Another reader of this job is to have a split that a reader has. */
    void moves(String splitId) {
        moves.add(splitId);
    }

    /** Whether nobody is to lose a split to whomsoever. */
    boolean isAtRest() {
        return claims.isEmpty() && moves.isEmpty() && leaving.isEmpty();
    }

    /** Whether another member has claimed the split. */
    boolean isClaimed(String splitId) {
        return claims.containsKey(splitId);
    }

    /**
     * A claim is over, and the split stays.
     *
     * @return the request that is to be withdrawn from its reader, if there was one
     */
    Optional<Asked> over(String splitId) {
        claims.remove(splitId);
        moves.remove(splitId);
        return Optional.ofNullable(asked.remove(splitId));
    }

    /**
     * What is to be asked now that was not yet; it counts as asked from now on.
     *
     * @param holder the subtask that has a split, if one has
     */
    Set<Due> due(Function<String, OptionalInt> holder) {
        return Stream.concat(claims.keySet().stream(), moves.stream())
                .distinct()
                .flatMap(splitId -> due(splitId, holder.apply(splitId)).stream())
                .collect(Collectors.toSet());
    }

    private Optional<Due> due(String splitId, OptionalInt holder) {
        Claim.Kind kind = claims.getOrDefault(splitId, Claim.Kind.ASK);
        Asked before = asked.get(splitId);
        if (holder.isEmpty() || (before != null && before.kind() == kind)) {
            return Optional.empty();
        }
        // Who has been asked already may stand still under that number.
        long number = before == null ? nextNumber() : before.number();
        asked.put(splitId, new Asked(holder.getAsInt(), number, kind));
        return Optional.of(new Due(holder.getAsInt(), splitId, number, kind));
    }

    /** A number that no request has had. */
    long nextNumber() {
        return ++lastNumber;
    }

    /** The splits that must not go to any reader. */
    Set<String> forced() {
        return claims.entrySet().stream()
                .filter(claim -> claim.getValue() == Claim.Kind.FORCE)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** The attempt of this subtask is gone, and what it was asked for with it. */
    void attemptGone(int subtask) {
        moves.removeIf(splitId -> isAskedOf(subtask, splitId));
        asked.values().removeIf(request -> request.subtask() == subtask);
    }

    private boolean isAskedOf(int subtask, String splitId) {
        Asked request = asked.get(splitId);
        return request != null && request.subtask() == subtask;
    }

    /** Whether a reader that stands still under that number was last asked with it. */
    boolean isLast(String splitId, long number) {
        Asked request = asked.get(splitId);
        return request != null && request.number() == number;
    }

    /** A split stands still in a completed checkpoint: it never goes on in this epoch. */
    void leaves(String splitId, long epoch) {
        notHeld(splitId);
        leaving.put(splitId, epoch);
    }

    boolean isLeaving(String splitId, long epoch) {
        return Long.valueOf(epoch).equals(leaving.get(splitId));
    }

    /** The split is to be acquired anew; if the claim stands then, it is told again. */
    void notHeld(String splitId) {
        claims.remove(splitId);
        moves.remove(splitId);
        asked.remove(splitId);
    }

    void forget(String splitId) {
        notHeld(splitId);
        leaving.remove(splitId);
    }
}
