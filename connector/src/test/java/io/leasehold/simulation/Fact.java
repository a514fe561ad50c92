package io.leasehold.simulation;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that happened, as an onlooker with one true clock (nanoseconds) wrote it down. A
 * history is a list of these in order of time; nothing in it tells how the protocol works inside.
 *
 * <p>A <i>line</i> is one unbroken line of Flink state: a job, through all its restarts. An
 * <i>attempt</i> is one life of one of its readers.
 */
public sealed interface Fact {

    long at();

    // ------------------------------------------------------------------------ done to the table

    /** It is lost where the table goes back. */
    sealed interface ToTheTable extends Fact {}

    record Joined(long at, Incarnation by, Duration duration, Share share) implements ToTheTable {}

    /**
     * @param byItself whether it said so itself
     * @param sentAt when whoever closed it asked for that
     * @param heldFor how long others are to leave its splits to its next incarnation
     */
    record Closed(long at, Incarnation closed, boolean byItself, long sentAt, Duration heldFor)
            implements ToTheTable {}

    record Discovered(long at, String splitId, Set<String> parents, long position)
            implements ToTheTable {}

    record Acquired(long at, String splitId, Incarnation by, long epoch) implements ToTheTable {}

    record Progressed(long at, String splitId, Incarnation by, long epoch, long position)
            implements ToTheTable {}

    record Ended(long at, String splitId, Incarnation by, long epoch) implements ToTheTable {}

    /**
     * @param position the first record that the next owner is to read, if it was read at all
     */
    record Released(long at, String splitId, Incarnation by, long epoch, Optional<Long> position)
            implements ToTheTable {}

    /**
     * @param onBehalf whether an operator laid it for that member
     */
    record Claimed(long at, String splitId, Incarnation by, Claim.Kind kind, boolean onBehalf)
            implements ToTheTable {}

    record Withdrawn(long at, String splitId, Incarnation by) implements ToTheTable {}

    record Rated(long at, String splitId, Incarnation by, long epoch) implements ToTheTable {}

    record Declared(long at, Incarnation by, MemberState state) implements ToTheTable {}

    record Ordered(long at, String memberId, Orders orders) implements ToTheTable {}

    /**
     * A completed checkpoint is decided, and all before it of the same incarnation.
     *
     * @param of the incarnation that took the checkpoint, of the member that decides
     * @param positions the first records of splits that its output does not hold
     */
    record Decided(
            long at, Incarnation by, Incarnation of, long checkpointId, Map<String, Long> positions)
            implements ToTheTable {}

    /** A member asked for the decision of a completed checkpoint, and never will have it. */
    record Void(long at, Incarnation by, Incarnation of, long checkpointId, String why)
            implements ToTheTable {}

    // --------------------------------------------------------------------------- done by readers

    /** A reader attempt was given a split, and will emit from this position on. */
    record Started(long at, String splitId, String line, String attempt, long epoch, long position)
            implements Fact {}

    record Emitted(long at, String splitId, String attempt, long epoch, long position)
            implements Fact {}

    // ------------------------------------------------------------------------------- done by jobs

    /**
     * A line goes on as that incarnation, from its last completed checkpoint if it has one.
     *
     * @param cannotRead splits that the line's source does not find, or that it cannot decode
     */
    record Lives(long at, String line, Incarnation incarnation, Set<String> cannotRead)
            implements Fact {}

    /** A line is over: it is not started again. */
    record Stopped(long at, String line, String why) implements Fact {}

    /**
     * @param epoch under which the position was reached
     */
    record At(long position, long epoch) {}

    /**
     * A checkpoint of a line is complete. It covers every record before these positions; splits
     * that came to their end are named with where that is.
     */
    record Checkpointed(long at, String line, Map<String, At> positions) implements Fact {}

    /** A line goes on from positions that its operators' state does not know, as it may. */
    record StateForgotten(long at, String line, String why) implements Fact {}

    // ----------------------------------------------------------------------------- done by sinks

    /** A record as a sink writes it. */
    record Output(String splitId, long position) {}

    /** A sink has written the first record of a transaction. */
    record Opened(long at, String transaction, Incarnation by) implements Fact {}

    /** Readers of committed output see these records. */
    record Committed(long at, String transaction, List<Output> records) implements Fact {}

    /** Nobody will ever see the records of a transaction. */
    record Aborted(long at, String transaction, String why, List<Output> records) implements Fact {}

    /** A job says that decided output cannot be committed any more, or may not be. */
    record LossTold(long at, Incarnation by, String transaction) implements Fact {}

    // ----------------------------------------------------------------------------- done by fate

    /** The store is down for everybody. */
    record Outage(long at, long until) implements Fact {}

    /** The table was copied: it will go back to this. */
    record Copied(long at) implements Fact {}

    /** The table is as it was when it was copied: what was done to it since is lost. */
    record WentBack(long at) implements Fact {}

    /**
     * Whoever was there when the table went back has had an answer of it since, or its validity is
     * over, and the grants to its readers are over too.
     */
    record Noticed(long at) implements Fact {}

    /** An incarnation cannot reach the store, or is not there, for a while. */
    record Trouble(long at, String who, String what, long until) implements Fact {}

    /** One request or answer of an incarnation is lost, or so late that nobody waits for it. */
    record LostOnTheWay(long at, String who) implements Fact {}

    /** From now on nothing goes wrong any more, and nobody comes or goes. */
    record Calm(long at) implements Fact {}

    /** The calm is over: this line is killed for good, and it is all that happens from now on. */
    record Killed(long at, String line, Incarnation incarnation, Duration mayTake)
            implements Fact {}

    /** Nothing was written down after this. */
    record Over(long at) implements Fact {}
}
