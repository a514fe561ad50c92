package io.leasehold.lease.model;

import java.io.Serializable;
import java.time.Duration;

/**
 * The times a member lives by, checked against each other once (rule T6): whoever holds an instance
 * may rely on the relations.
 *
 * @param duration how long a lease is valid after the renewal it is dated from
 * @param renewInterval how often the member renews: its tick
 * @param storeTimeout within which every request to the store is answered or given up
 * @param readerGrant the longest a reader may emit after it asked
 * @param extendInterval how often a reader asks for more
 * @param handoffTimeout how long a split that is claimed from a live member is waited for, before
 *     it is taken as from a dead one
 * @param initialMembers how many live members a group that nobody has ever read waits for before
 *     the first split is taken, so that the first to start does not take everything
 * @param initialWait how long a member waits for that at most
 * @param readersTimeout how long a member keeps its splits while its job has no readers for them
 * @param restartHold how long others leave the splits of a member that closed to its next
 *     incarnation
 * @param retention how long the row of a member stays that is closed and owns nothing; decides only
 *     what is kept for people, and when orders to a member that is gone are forgotten
 */
public record LeaseTerms(
        Duration duration,
        Duration renewInterval,
        Duration storeTimeout,
        Duration readerGrant,
        Duration extendInterval,
        Duration handoffTimeout,
        int initialMembers,
        Duration initialWait,
        Duration readersTimeout,
        Duration restartHold,
        Duration retention)
        implements Serializable {

    /** Option names, for errors and for whoever reads options. */
    public static final String DURATION = "lease.duration";

    public static final String RENEW_INTERVAL = "lease.renew.interval";
    public static final String STORE_TIMEOUT = "lease.store.timeout";
    public static final String READER_GRANT = "lease.reader.grant";
    public static final String EXTEND_INTERVAL = "lease.reader.extend.interval";
    public static final String HANDOFF_TIMEOUT = "lease.handoff.timeout";
    public static final String INITIAL_MEMBERS = "lease.initial.members";
    public static final String INITIAL_WAIT = "lease.initial.wait";

    public static final String READERS_TIMEOUT = "lease.readers.timeout";
    public static final String RESTART_HOLD = "lease.restart.hold";
    public static final String RETENTION = "lease.retention";

    public static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);
    public static final Duration DEFAULT_HANDOFF_TIMEOUT = Duration.ofMinutes(10);
    public static final Duration DEFAULT_INITIAL_WAIT = Duration.ofSeconds(30);
    public static final Duration DEFAULT_READERS_TIMEOUT = Duration.ofMinutes(1);
    public static final Duration DEFAULT_RETENTION = Duration.ofDays(7);

    private static final long serialVersionUID = 1L;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration SHORTEST_LOOK_INTERVAL = Duration.ofMillis(50);
    private static final Duration LONGEST_LOOK_INTERVAL = Duration.ofMillis(200);

    public LeaseTerms {
        between(DURATION, duration);
        between(RENEW_INTERVAL, renewInterval);
        between(STORE_TIMEOUT, storeTimeout);
        between(READER_GRANT, readerGrant);
        between(EXTEND_INTERVAL, extendInterval);
        between(HANDOFF_TIMEOUT, handoffTimeout);
        if (initialWait.isNegative() || initialWait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s; it must be between 0 and %s."
                            .formatted(INITIAL_WAIT, text(initialWait), text(LONGEST)));
        }
        between(READERS_TIMEOUT, readersTimeout);
        if (restartHold.isNegative() || restartHold.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s; it must be between 0 and %s."
                            .formatted(RESTART_HOLD, text(restartHold), text(LONGEST)));
        }
        if (initialMembers < 1) {
            throw new IllegalArgumentException(
                    "%s is %s; it must be at least 1.".formatted(INITIAL_MEMBERS, initialMembers));
        }
        // Two renewals may fail in a row before the lease is in danger.
        atMost(RENEW_INTERVAL, renewInterval, "a third of", DURATION, duration, 3);
        // The outcome of a renewal is known, or given up, before the next one is due.
        if (storeTimeout.compareTo(renewInterval) >= 0) {
            throw relation(STORE_TIMEOUT, storeTimeout, "below", RENEW_INTERVAL, renewInterval);
        }
        // A reader falls silent well before its member's lease is over.
        atMost(READER_GRANT, readerGrant, "half of", DURATION, duration, 2);
        // An owner hears of a claim with its next renewal: before that it cannot have released.
        if (handoffTimeout.compareTo(duration) < 0) {
            throw relation(HANDOFF_TIMEOUT, handoffTimeout, "at least", DURATION, duration);
        }
        // A reader that was lost is started again within a grant.
        if (readersTimeout.compareTo(readerGrant) < 0) {
            throw relation(READERS_TIMEOUT, readersTimeout, "at least", READER_GRANT, readerGrant);
        }
        // A job that restarts finds its row, with the orders it was given.
        if (retention.compareTo(duration) < 0) {
            throw relation(RETENTION, retention, "at least", DURATION, duration);
        }
        if (retention.compareTo(restartHold) < 0) {
            throw relation(RETENTION, retention, "at least", RESTART_HOLD, restartHold);
        }
        // One extension may be lost without a pause.
        atMost(EXTEND_INTERVAL, extendInterval, "half of", READER_GRANT, readerGrant, 2);
    }

    /** With the default times for readers that are missing and members that end. */
    public LeaseTerms(
            Duration duration,
            Duration renewInterval,
            Duration storeTimeout,
            Duration readerGrant,
            Duration extendInterval,
            Duration handoffTimeout,
            int initialMembers,
            Duration initialWait) {
        this(
                duration,
                renewInterval,
                storeTimeout,
                readerGrant,
                extendInterval,
                handoffTimeout,
                initialMembers,
                initialWait,
                DEFAULT_READERS_TIMEOUT.compareTo(readerGrant) < 0
                        ? readerGrant
                        : DEFAULT_READERS_TIMEOUT,
                readerGrant,
                DEFAULT_RETENTION);
    }

    /** Terms with everything else derived from the duration, so that the relations hold. */
    public static LeaseTerms of(Duration duration) {
        return lasting(duration).build();
    }

    /** Begins terms in which what is not said is derived from what is. */
    public static LeaseTermsBuilder lasting(Duration duration) {
        between(DURATION, duration);
        return new LeaseTermsBuilder(duration);
    }

    /**
     * How often a member that waits for a claimed split looks whether its owner has released it:
     * the split stands still in between. A tenth of a tick, but from 5 to 20 times a second.
     */
    public Duration lookInterval() {
        Duration tenth = renewInterval.dividedBy(10);
        if (tenth.compareTo(SHORTEST_LOOK_INTERVAL) < 0) {
            return SHORTEST_LOOK_INTERVAL;
        }
        return tenth.compareTo(LONGEST_LOOK_INTERVAL) < 0 ? tenth : LONGEST_LOOK_INTERVAL;
    }

    /**
     * How long an observer must have seen the same beat of a member that lives by this duration
     * before it may call it dead (rule T3): 5 % more, and at least one tick of the observer's.
     */
    public Duration deadAfter(Duration ownersDuration) {
        Duration allowance = clockAllowance(ownersDuration);
        return ownersDuration.plus(
                allowance.compareTo(renewInterval) < 0 ? renewInterval : allowance);
    }

    /**
     * How long to wait on this machine's clock for something that lasts so long on another's (rule
     * T1): 5 % more, since rates may differ by 2 % either way.
     */
    public static Duration byAnotherClock(Duration there) {
        return there.plus(clockAllowance(there));
    }

    private static Duration clockAllowance(Duration duration) {
        // Duration divides by way of big decimals, and this is asked at every step.
        return Duration.ofNanos(duration.toNanos() / 20);
    }

    private static void between(String option, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s; it must be between %s and %s."
                            .formatted(option, text(value), text(SHORTEST), text(LONGEST)));
        }
    }

    private static void atMost(
            String option, Duration value, String part, String whole, Duration of, int parts) {
        if (value.multipliedBy(parts).compareTo(of) > 0) {
            throw relation(option, value, "at most " + part, whole, of);
        }
    }

    private static IllegalArgumentException relation(
            String option, Duration value, String relation, String other, Duration otherValue) {
        return new IllegalArgumentException(
                "%s is %s, but must be %s %s, which is %s."
                        .formatted(option, text(value), relation, other, text(otherValue)));
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }
}
