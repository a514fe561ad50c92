package io.leasehold.lease.store;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseRequest.Acquire;
import io.leasehold.lease.store.LeaseRequest.Beat;
import io.leasehold.lease.store.LeaseRequest.Check;
import io.leasehold.lease.store.LeaseRequest.Claim;
import io.leasehold.lease.store.LeaseRequest.Close;
import io.leasehold.lease.store.LeaseRequest.Declare;
import io.leasehold.lease.store.LeaseRequest.Discover;
import io.leasehold.lease.store.LeaseRequest.Exclude;
import io.leasehold.lease.store.LeaseRequest.Finish;
import io.leasehold.lease.store.LeaseRequest.Forget;
import io.leasehold.lease.store.LeaseRequest.ForgetGroup;
import io.leasehold.lease.store.LeaseRequest.ForgetMembers;
import io.leasehold.lease.store.LeaseRequest.Free;
import io.leasehold.lease.store.LeaseRequest.Groups;
import io.leasehold.lease.store.LeaseRequest.Inspect;
import io.leasehold.lease.store.LeaseRequest.Join;
import io.leasehold.lease.store.LeaseRequest.Locate;
import io.leasehold.lease.store.LeaseRequest.Open;
import io.leasehold.lease.store.LeaseRequest.Order;
import io.leasehold.lease.store.LeaseRequest.Rate;
import io.leasehold.lease.store.LeaseRequest.Read;
import io.leasehold.lease.store.LeaseRequest.Record;
import io.leasehold.lease.store.LeaseRequest.Release;
import io.leasehold.lease.store.LeaseRequest.Reset;
import io.leasehold.lease.store.LeaseRequest.Withdraw;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the rows of groups, members and leases are: protocol section 5.
 *
 * <p><b>Atomic.</b> Each request takes effect as a whole, at one instant between being sent and
 * being answered, or not at all; for requests that name many splits the condition is checked split
 * by split, and the answer says for which it held. Requests of one group other than {@code beat}
 * and {@code record} take effect one after the other, and each that changes anything takes the
 * group's next {@link ChangeNumber} and stamps the leases it changed with it. {@code beat} and
 * {@code record} do neither.
 *
 * <p><b>One history.</b> A request that says which change number its sender saw last is answered
 * with {@link LeaseOutcome.WentBack} where the group should remember that number and does not: the
 * table lost changes that were answered before. Such a request changes nothing, except that a
 * {@code beat} may set its beat. This comes before every other condition. No change number comes a
 * second time, so a condition on the version of a row holds only for that row as it was read.
 *
 * <p><b>Fenced.</b> An incarnation <i>may write</i> while its member's row carries it and is not
 * CLOSED. CLOSED is final for an incarnation, whoever wrote it. A {@code beat} of an incarnation
 * that may not write is refused, also if it was sent before and arrives after; that alone is what
 * lets others take the leases of a closed incarnation.
 *
 * <p><b>Bounded.</b> Every call returns within the time-out the store was opened with, plus what it
 * takes to notice; if no answer came by then the outcome is {@link LeaseOutcome.Unknown}. No call
 * throws for what happens between here and the store. A row that cannot be decoded is reported by
 * {@link #read} and stops no other row. A member's row that cannot be decoded must look neither
 * gone nor dead, or others would take what it may still be reading: it is answered as {@link
 * Membership} says.
 *
 * <p><b>Cost.</b> {@code beat} is one round trip whatever the number of splits. Requests that name
 * many splits are set-based: a fixed number of statements, not one per split.
 *
 * <p>Calls come from one thread at a time, except {@link #close()}, which may come from another and
 * ends a call under way with {@code Unknown}.
 */
public interface LeaseStore extends AutoCloseable {

    /**
     * Creates the group's row if it is missing, and reads the members. Never refused. A group that
     * was not opened has change number 0 and no rows.
     */
    LeaseOutcome<Membership> open(Open open);

    /**
     * Writes a member's row. Condition: there is no row if {@code replaced} is empty; else it has
     * the incarnation, the beat, the state and the orders of {@code replaced}. Refused where that
     * does not hold, or where it would bring a CLOSED incarnation back. The answer to a repeated
     * request whose first answer was lost is Applied: the row is already as asked, and nothing
     * changes.
     */
    LeaseOutcome<Membership> join(Join join);

    /**
     * Sets the beat of a member and reads all members, its own row as it is after that. Refused if
     * the incarnation may not write. A beat lower than the stored one leaves it as it is.
     */
    LeaseOutcome<Membership> beat(Beat beat);

    /** Reads the leases whose version is beyond {@code since}. Never refused. */
    LeaseOutcome<LeaseChanges> read(Read read);

    /**
     * Reads where the next reader of a split would start; empty if it has no row. Never refused.
     */
    LeaseOutcome<Optional<Progress>> locate(Locate locate);

    /**
     * Inserts those splits that have no row: unowned, epoch 0, tenure 0, with that progress. A
     * split that has a row is left untouched, finished ones too. Refused if the incarnation may not
     * write.
     *
     * @return the splits that were inserted
     */
    LeaseOutcome<Set<String>> discover(Discover discover);

    /**
     * Makes the incarnation owner of those unfinished splits whose version is as read, in the epoch
     * after that of the row or, if that is greater, after the one it must be beyond, and in the
     * tenure wanted. Progress stays. A claim is gone then; but the claim of another member stays
     * where the split was the member's already. Refused if the incarnation may not write; one that
     * is DRAINED gets nothing.
     */
    LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire);

    /**
     * Records progress of those splits that the incarnation owns in the epoch named, where the
     * checkpoint is not older than the one last recorded in that same epoch (S3). Never refused: a
     * stale owner's condition holds for no split.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> record(Record record);

    /**
     * Records the last progress of splits and that they are finished, under the condition of {@link
     * #record}. A finished split has no owner, and no claim.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> finish(Finish finish);

    /**
     * Makes those splits unowned that the incarnation owns in the epoch named, and records the
     * progress where there is one, in the same instant. Claim, epoch and tenure stay. Progress
     * older than what is recorded in that epoch is not recorded (S3); the split is unowned all the
     * same.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> release(Release release);

    /**
     * Claims those unfinished splits for the member whose version is as read and whose owner is
     * another member; an earlier claim is replaced. Refused if the incarnation may not write.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> claim(Claim claim);

    /**
     * Removes the member's claims on those splits, whoever owns them. Refused if the incarnation
     * may not write.
     *
     * @return the splits that it had claimed
     */
    LeaseOutcome<Set<String>> withdraw(Withdraw withdraw);

    /**
     * Writes which members cannot read those splits whose version is as read. Refused if the
     * incarnation may not write. A split that is acquired at the same time is acquired by a
     * condition on its version, so either that or this changes nothing.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> exclude(Exclude exclude);

    /**
     * Writes how many records a second are read from those splits that the incarnation owns in the
     * epoch named. Never refused: a stale owner's condition holds for no split.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> rate(Rate rate);

    /**
     * Writes what a member says of itself, if its beat is the one named still; that it is DRAINED
     * only if it owns no split, in whatever incarnation, so that whoever reads DRAINED may rely on
     * it. Refused if the incarnation may not write; else the answer's members show what is written.
     */
    LeaseOutcome<Membership> declare(Declare declare);

    /**
     * Writes what a member is told to do, whatever its incarnation and state. Never refused: if
     * there is no such member, the answer's members show that.
     */
    LeaseOutcome<Membership> order(Order order);

    /**
     * Marks an incarnation CLOSED, with how long its readers may still emit, and how long others
     * leave its leases to its next incarnation. Condition: it may still write, and if a beat is
     * named, its beat is that one still. Its leases keep it as their owner. Never refused: the
     * answer's members show whether it is closed.
     */
    LeaseOutcome<Membership> close(Close close);

    /**
     * Lists the groups in order of their id, those of another schema version too. Never refused.
     */
    LeaseOutcome<List<GroupSummary>> groups(Groups groups);

    /**
     * Reads all there is of a group, for people: without a change, and at a cost that grows with
     * the number of splits. Empty if there is no such group. Never refused.
     */
    LeaseOutcome<Optional<Inspection>> inspect(Inspect inspect);

    /** Finds out what the store is and what this user may do there. Changes nothing. */
    LeaseOutcome<StoreCheck> check(Check check);

    /**
     * Makes those splits unowned whose version is as read and whose owner is over: its member's row
     * is gone, has another incarnation, or is CLOSED. Claim, epoch, tenure and progress stay. Never
     * refused. Whether the owner's readers are silent by now, the store does not know: as with
     * {@link #acquire}, who asks has waited for that.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> free(Free free);

    /**
     * Sets from where the next reader of those unowned, unfinished splits starts whose version is
     * as read: the progress as given, the tenure plus one, so that no restored state goes on
     * instead. Claim and epoch stay. Never refused.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> reset(Reset reset);

    /**
     * Deletes the rows of those unowned splits whose version is as read. A split that is not
     * finished is left while any member's row is not CLOSED: members do not learn of what is gone,
     * and would try for ever to acquire it. Never refused.
     *
     * @return the splits whose condition held
     */
    LeaseOutcome<Set<String>> forget(Forget forget);

    /**
     * Deletes the rows of those members that are CLOSED in the incarnation named, have been for so
     * long by the store's clock, and own no split in whatever incarnation. The time is counted anew
     * from an order that changed the row since. Refused if a member asks that may not write. What a
     * member asks is not done, without a failure, where the store gives its user no right to
     * delete.
     *
     * @return the ids of the members whose condition held
     */
    LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget);

    /**
     * Deletes a group with all its rows, if nothing has changed since it had that change number,
     * every member is CLOSED and no split has an owner. Never refused. Whoever is in that group
     * still finds that the table went back.
     *
     * @return whether it was deleted
     */
    LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget);

    /** Frees what the store holds. Callable more than once; requests after it are Unknown. */
    @Override
    void close();
}
