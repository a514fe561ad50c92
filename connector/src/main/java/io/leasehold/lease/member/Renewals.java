package io.leasehold.lease.member;

import io.leasehold.lease.model.LeaseTerms;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * When one member renews, and until when its leases are valid by that: from when its last answered
 * renewal was sent, for the duration it lives by (T2).
 *
 * <p>A renewal whose answer shows that leases have changed counts only when they have been read:
 * one of them may have been claimed by FORCE, and its claimant waits for no longer than the
 * validity that this member had before it could know.
 *
 * <p>All times are nanoseconds of this machine's monotonic clock.
 */
class Renewals {

    private final LeaseTerms terms;

    /** The last one sent: none is sent twice, since observers count from when they first saw it. */
    private long beat;

    private long dueAt;
    private OptionalLong validUntil = OptionalLong.empty();

    /** What a renewal gave that does not count before the leases have been read. */
    private OptionalLong renewedUntil = OptionalLong.empty();

    /** Renewals that were sent earlier are not trusted: the machine was suspended since. */
    private OptionalLong trustedFrom = OptionalLong.empty();

    /**
     * @param now when the first request is due
     */
    Renewals(LeaseTerms terms, long now) {
        this.terms = terms;
        this.dueAt = now;
    }

    /**
     * The machine was suspended at some time before now, and the clock may have stood still: what
     * was renewed earlier may be over. Whatever is renewed by a request sent from now on counts.
     */
    void suspendedBefore(long now) {
        trustedFrom = OptionalLong.of(now);
        renewedUntil = OptionalLong.empty();
        if (validUntil.isPresent() && validUntil.getAsLong() - now > 0) {
            validUntil = OptionalLong.of(now);
        }
        if (dueAt - now > 0) {
            dueAt = now;
        }
    }

    /** A beat that was not sent yet. */
    long next() {
        return ++beat;
    }

    /** The last beat sent; zero if none was. */
    long last() {
        return beat;
    }

    long dueAt() {
        return dueAt;
    }

    void dueAt(long at) {
        dueAt = at;
    }

    /** A renewal was answered. One that was sent before a suspension counts for nothing. */
    void answered(long sentAt) {
        if (trustedFrom.isPresent() && sentAt - trustedFrom.getAsLong() < 0) {
            return;
        }
        renewedUntil = OptionalLong.of(sentAt + terms.duration().toNanos());
        dueAt = sentAt + terms.renewInterval().toNanos();
    }

    /** A store that does not answer is asked again four times a tick. */
    void unanswered(long sentAt, long now) {
        long again = sentAt + terms.renewInterval().toNanos() / 4;
        dueAt = again - now < 0 ? now : again;
    }

    /** All that had been done to the leases when the last renewal was carried out is known. */
    final void leasesKnown() {
        if (renewedUntil.isPresent()) {
            validUntil = renewedUntil;
            renewedUntil = OptionalLong.empty();
        }
    }

    /** Until when the leases are valid; empty if they never were. */
    OptionalLong validUntil() {
        return validUntil;
    }

    /** For how long from now the leases are valid; zero if they are not. */
    Duration validFor(long now) {
        return validUntil.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, validUntil.getAsLong() - now));
    }
}
