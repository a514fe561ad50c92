package io.leasehold.lease.store;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.SplitRequest.Read;

/**
 * Where the rows of groups, members and leases are: protocol section 5.
 *
 * <p><b>Atomic.</b> Each request takes effect as a whole, at one instant between being sent and
 * being answered, or not at all; for requests that name many splits the condition is checked split
 * by split, and the answer says for which it held. Requests of one group other than {@link Beat}
 * and {@link Record} take effect one after the other, and each that changes anything takes the
 * group's next {@link ChangeNumber} and stamps the leases it changed with it. Those two do neither.
 * A {@link Decide} takes a number only if it releases or finishes splits, and a {@link DropOutput}
 * takes none: members decide at every checkpoint, and the others need not hear of it.
 *
 * <p><b>One history.</b> A request that says which change number its sender saw last is answered
 * with {@link LeaseOutcome.WentBack} where the group should remember that number and does not: the
 * table lost changes that were answered before. Such a request changes nothing, except that a
 * {@link Beat} may set its beat. This comes before every other condition. No change number comes a
 * second time, so a condition on the version of a row holds only for that row as it was read.
 *
 * <p><b>Fenced.</b> An incarnation <i>may write</i> while its member's row carries it and is not
 * CLOSED. CLOSED is final for an incarnation, whoever wrote it. A {@link Beat} of an incarnation
 * that may not write is refused, also if it was sent before and arrives after; that alone is what
 * lets others take the leases of a closed incarnation.
 *
 * <p><b>Bounded.</b> Every call returns within the time-out the store was opened with, plus what it
 * takes to notice; if no answer came by then the outcome is {@link LeaseOutcome.Unknown}. No call
 * throws for what happens between here and the store. A row that cannot be decoded is reported by
 * {@link Read} and stops no other row. A member's row that cannot be decoded must look neither gone
 * nor dead, or others would take what it may still be reading: it is answered as {@link Membership}
 * says.
 *
 * <p><b>Cost.</b> {@link Beat} is one round trip whatever the number of splits. Requests that name
 * many splits are set-based: a fixed number of statements, not one per split.
 *
 * <p>Calls come from one thread at a time, except {@link #close()}, which may come from another and
 * ends a call under way with {@code Unknown}.
 */
public interface LeaseStore extends AutoCloseable {

    /**
     * Carries out a request and waits for the outcome, at most for the store's time-out. What the
     * request does is said by its own documentation.
     */
    <A> LeaseOutcome<A> ask(LeaseRequest<A> request);

    /** Frees what the store holds. Callable more than once; requests after it are Unknown. */
    @Override
    void close();
}
