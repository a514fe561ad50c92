package io.leasehold.lease.model;

import java.time.Duration;
import java.util.Optional;

/** What somebody says of the times; {@link #build} derives the rest, and checks them all. */
public final class LeaseTermsBuilder {

    private static final Duration LONGEST_DEFAULT_GRANT = Duration.ofSeconds(3);

    private final Duration duration;
    private Optional<Duration> renewInterval = Optional.empty();
    private Optional<Duration> storeTimeout = Optional.empty();
    private Optional<Duration> readerGrant = Optional.empty();
    private Optional<Duration> extendInterval = Optional.empty();
    private Optional<Duration> handoffTimeout = Optional.empty();
    private int initialMembers = 1;
    private Duration initialWait = LeaseTerms.DEFAULT_INITIAL_WAIT;
    private Optional<Duration> readersTimeout = Optional.empty();
    private Optional<Duration> restartHold = Optional.empty();
    private Duration retention = LeaseTerms.DEFAULT_RETENTION;

    LeaseTermsBuilder(Duration duration) {
        this.duration = duration;
    }

    /** Default: a fifth of the duration. */
    public LeaseTermsBuilder renewInterval(Duration renewInterval) {
        this.renewInterval = Optional.of(renewInterval);
        return this;
    }

    /** Default: three quarters of the renew interval. */
    public LeaseTermsBuilder storeTimeout(Duration storeTimeout) {
        this.storeTimeout = Optional.of(storeTimeout);
        return this;
    }

    /** Default: 3 s, or half of the duration if that is less. */
    public LeaseTermsBuilder readerGrant(Duration readerGrant) {
        this.readerGrant = Optional.of(readerGrant);
        return this;
    }

    /** Default: a third of the reader grant. */
    public LeaseTermsBuilder extendInterval(Duration extendInterval) {
        this.extendInterval = Optional.of(extendInterval);
        return this;
    }

    /** Default: 10 min, or the duration if that is more. */
    public LeaseTermsBuilder handoffTimeout(Duration handoffTimeout) {
        this.handoffTimeout = Optional.of(handoffTimeout);
        return this;
    }

    /** Default: 1, which waits for nobody. */
    public LeaseTermsBuilder initialMembers(int initialMembers) {
        this.initialMembers = initialMembers;
        return this;
    }

    /** Default: 30 s. */
    public LeaseTermsBuilder initialWait(Duration initialWait) {
        this.initialWait = initialWait;
        return this;
    }

    /** Default: 1 min, or the reader grant if that is more. */
    public LeaseTermsBuilder readersTimeout(Duration readersTimeout) {
        this.readersTimeout = Optional.of(readersTimeout);
        return this;
    }

    /** Default: the reader grant. */
    public LeaseTermsBuilder restartHold(Duration restartHold) {
        this.restartHold = Optional.of(restartHold);
        return this;
    }

    /** Default: 7 days. */
    public LeaseTermsBuilder retention(Duration retention) {
        this.retention = retention;
        return this;
    }

    /**
     * @throws IllegalArgumentException if a relation does not hold; it names both options and both
     *     values
     */
    public LeaseTerms build() {
        Duration renew = renewInterval.orElse(duration.dividedBy(5));
        Duration half = duration.dividedBy(2);
        Duration grant =
                readerGrant.orElse(
                        half.compareTo(LONGEST_DEFAULT_GRANT) < 0 ? half : LONGEST_DEFAULT_GRANT);
        return new LeaseTerms(
                duration,
                renew,
                storeTimeout.orElse(renew.multipliedBy(3).dividedBy(4)),
                grant,
                extendInterval.orElse(grant.dividedBy(3)),
                handoffTimeout.orElse(
                        duration.compareTo(LeaseTerms.DEFAULT_HANDOFF_TIMEOUT) > 0
                                ? duration
                                : LeaseTerms.DEFAULT_HANDOFF_TIMEOUT),
                initialMembers,
                initialWait,
                readersTimeout.orElse(
                        grant.compareTo(LeaseTerms.DEFAULT_READERS_TIMEOUT) > 0
                                ? grant
                                : LeaseTerms.DEFAULT_READERS_TIMEOUT),
                restartHold.orElse(grant),
                retention);
    }
}
