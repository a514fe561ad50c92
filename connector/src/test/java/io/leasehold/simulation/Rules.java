package io.leasehold.simulation;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LostHistory;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.source.book.BookVariant;

import java.util.Set;

/**
 * How the simulated world keeps the rules of the protocol, where they are kept outside of the
 * keeper. A negative control overrides one of these and so breaks one rule.
 */
class Rules {

    /** The protocol as it is. */
    static final Rules KEPT = new Rules();

    /** Makes the rules of one run; those that remember something are made anew for each. */
    interface Maker {
        Rules make();
    }

    /** The table, before it is written down what was done to it. */
    LeaseStore table(LeaseStore table) {
        return table;
    }

    /** The table as one incarnation sees it, behind the writing down. */
    LeaseStore seenBy(Incarnation incarnation, LeaseTerms terms, LeaseStore table) {
        return table;
    }

    /** What an incarnation makes of a request that was not answered. */
    LeaseStore unanswered(Incarnation incarnation, LeaseStore silent) {
        return silent;
    }

    /** An incarnation got an answer. */
    void answered(Incarnation incarnation, LeaseRequest<?> request) {}

    /** T2: from when a renewal is dated, by the member's clock. */
    long dated(long sentAt, long answeredAt) {
        return sentAt;
    }

    /** T3: from when on something seen was so, by the member's clock. */
    long seen(long sentAt, long answeredAt) {
        return answeredAt;
    }

    LeaseKeeper keeper(Incarnation incarnation, Share share, LeaseTerms terms, long now) {
        return new LeaseKeeper(World.GROUP, incarnation, share, "simulated", terms, now);
    }

    /** What an enumerator decides with. */
    BookVariant book() {
        return BookVariant.KEPT;
    }

    /** What a member takes for found by its source, as of its last checkpoint. */
    Set<String> found(Set<String> soFar, Scenario scenario) {
        return soFar;
    }

    /** What an incarnation starts with that the one before knew of a lost history. */
    LostHistory afterwards(LostHistory lost) {
        return lost;
    }

    /** How fast a clock runs that was to run so fast, in parts per million. */
    int partsPerMillion(int drawn) {
        return drawn;
    }

    /** T6: within which time a member knows what became of a request. */
    long storeTimeout(LeaseTerms terms) {
        return terms.storeTimeout().toNanos();
    }

    /** T6: what a member takes the time for when it looks whether its renewal is due. */
    long due(LeaseTerms terms, long lastRenewal, long now) {
        return now;
    }

    /** Until when a reader emits, by its own clock. */
    long grantedUntil(Grant grant, long receivedAt) {
        return grant.askedAt() + grant.nanos();
    }

    /**
     * A grant as the enumerator sent it.
     *
     * @param membersClock what that showed when it was given
     */
    record Grant(long askedAt, long nanos, long membersClock) {}

    /** T7: whether a time is before a deadline. */
    boolean before(long now, long deadline) {
        return now - deadline < 0;
    }

    /** Whether a reader stands still, in a split that is asked for, at the barrier. */
    boolean readerFreezesAtTheBarrier() {
        return true;
    }

    /** Whether a frozen split is released when its checkpoint is complete, not when it begins. */
    boolean awaitsTheCheckpoint() {
        return true;
    }

    /** Whether a job's state holds a frozen split until it is let go. */
    boolean stateHoldsWhatIsFrozen() {
        return true;
    }

    /** Whether a job is drained only when one more checkpoint is complete. */
    boolean drainedIsCommitted() {
        return true;
    }

    /** Whether a job's state drops a split that came to its end before that is in the table. */
    boolean forgetsEndedSplits() {
        return false;
    }
}
