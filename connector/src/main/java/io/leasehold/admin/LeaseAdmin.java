package io.leasehold.admin;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.lease.store.OperatorRequest.Groups;
import io.leasehold.lease.store.StoreCheck;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What an operator does with one group. For one thread.
 *
 * <p>Nothing is done against the rules of the members: a change is a conditional write to rows as
 * they were read, what another holds is claimed or taken over as a member would, and whether a
 * member lives is found out by watching it. So methods that must know it take up to the member's
 * lease duration and a margin.
 *
 * <p>All throw {@link RefusedException} if the group, a member or a split is not there, or the
 * rules are against it; and {@link LeaseStoreException} if the store did not answer: a change may
 * have been made all the same then, and a repetition shows. What is done to more splits than one
 * request may name is done in parts; of parts that were done when no answer came any more, a notice
 * tells.
 *
 * <p>Where there is a parameter {@code dryRun}, nothing is changed if it is true: the answer says
 * what would be.
 */
public final class LeaseAdmin {

    /** Says from where splits start next. */
    public interface Repositioning {

        /**
         * @param splits free splits with their recorded positions
         * @return the new position by split id, for each of them
         * @throws RefusedException if there is none
         */
        Map<String, Progress> of(List<SeenSplit> splits) throws RefusedException;

        /** Whether twice is the same as once: not if it counts from where a split is. */
        default boolean repeatable() {
            return true;
        }
    }

    private final Desk desk;
    private final Drains drains;
    private final Moves moves;
    private final Takeovers takeovers;
    private final Positions positions;
    private final Forgetting forgetting;

    /**
     * @param store open; not closed here
     * @param notices told of what takes time, in a sentence for people
     * @throws IllegalArgumentException if the group's name is none
     */
    public LeaseAdmin(LeaseStore store, String group, Pace pace, Consumer<String> notices) {
        desk = new Desk(store, group, pace, notices);
        drains = new Drains(desk);
        moves = new Moves(desk);
        takeovers = new Takeovers(desk);
        positions = new Positions(desk);
        forgetting = new Forgetting(desk);
    }

    /** The groups of a store. */
    public static List<GroupSummary> groups(LeaseStore store) throws LeaseStoreException {
        return answer(store.ask(new Groups()));
    }

    /** What a store is, and what its user may do there. */
    public static StoreCheck check(LeaseStore store) throws LeaseStoreException {
        return answer(store.ask(new Check()));
    }

    /** Of a request that is never refused. */
    private static <A> A answer(LeaseOutcome<A> outcome) throws LeaseStoreException {
        if (outcome instanceof LeaseOutcome.Unknown<A> unknown) {
            throw unknown.cause();
        }
        return ((LeaseOutcome.Applied<A>) outcome).answer();
    }

    /** The group as it is. */
    public Inspection inspect() throws LeaseStoreException, RefusedException {
        return desk.inspect();
    }

    /**
     * How many splits each member is to have by the plan, by member id, if all that are not CLOSED
     * are alive; a member that is to have none may be missing.
     */
    public static Map<String, Long> targets(Inspection seen) {
        return Sharing.of(seen).targets();
    }

    /** Tells a member a weight, or to go by its own again. */
    public List<Change> weight(String memberId, OptionalInt weight)
            throws LeaseStoreException, RefusedException {
        return drains.weight(memberId, weight);
    }

    /** Tells a member to give all its splits away by handoff. Does not wait for that. */
    public List<Change> drain(String memberId) throws LeaseStoreException, RefusedException {
        return drains.drain(memberId);
    }

    /** Withdraws that. */
    public List<Change> undrain(String memberId) throws LeaseStoreException, RefusedException {
        return drains.undrain(memberId);
    }

    /**
     * Waits until a member that was told to drain has: it holds nothing, and one more checkpoint is
     * complete, so that it may be stopped. A notice tells how many splits are left, and again when
     * that has changed.
     *
     * @throws RefusedException also if it is dead, closed, or not drained in that time; the message
     *     says what it still owns
     */
    public List<Change> untilDrained(String memberId, Duration timeout)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return drains.untilDrained(memberId, timeout);
    }

    /**
     * Claims a split on a live member's behalf. Refused if the plan has no room for it there: the
     * claim would be withdrawn, or the split come back.
     *
     * @param inReturn a split of that member that goes to the owner
     * @param forced whether the owner is not waited for: what it emitted since its last checkpoint
     *     is read again
     */
    public List<Change> move(
            String splitId, String to, Optional<String> inReturn, boolean forced, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return moves.move(splitId, to, inReturn, forced, dryRun);
    }

    /**
     * Frees a split whose owner is closed or found dead, as a takeover would.
     *
     * @param forced whether it is taken from a live owner, too: forced for the member that the plan
     *     has room at
     */
    public List<Change> release(String splitId, boolean forced, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return takeovers.release(splitId, forced, dryRun);
    }

    /**
     * Closes a member that is found dead, as a takeover would, and makes all unowned that it holds.
     *
     * @param forced whether a live member is told to drain, and all it holds is forced for the
     *     others
     */
    public List<Change> evict(String memberId, boolean forced, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return takeovers.evict(memberId, forced, dryRun);
    }

    /**
     * Sets from where unowned splits are read next, whatever state a job restores.
     *
     * @param splitId one split; or all that are not finished
     */
    public List<Change> reset(Optional<String> splitId, Repositioning repositioning, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        return positions.reset(splitId, repositioning, dryRun);
    }

    /** Deletes the row of an unowned split: a source that still has it finds it again. */
    public List<Change> forget(String splitId, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        return positions.forget(splitId, dryRun);
    }

    /** Deletes the row of a closed member that owns nothing, with its orders. */
    public List<Change> forgetMember(String memberId, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        return forgetting.member(memberId, dryRun);
    }

    /** Deletes the group with all its rows, if every member is closed and owns nothing. */
    public List<Change> forgetGroup(boolean dryRun) throws LeaseStoreException, RefusedException {
        return forgetting.group(dryRun);
    }
}
