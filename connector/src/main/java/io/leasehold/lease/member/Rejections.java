package io.leasehold.lease.member;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Requests of one member whose condition did not hold, though by what it knows it should. They are
 * repeated once a tick, unless what it knows has changed: a store would be asked as fast as it
 * answers. A renewal that is sent sooner, to read the members again, does not count.
 */
final class Rejections {

    private final LeaseTerms terms;

    /** By split, the version under which a request for it was rejected. */
    private final Map<String, Long> versions = new HashMap<>();

    private boolean declaration;

    /** Whether a rejected request was wanted again. */
    private boolean wantedAgain;

    /** When the renewal was sent after which rejected requests may be repeated, if any may. */
    private OptionalLong repeatedFrom = OptionalLong.empty();

    Rejections(LeaseTerms terms) {
        this.terms = terms;
    }

    void rejected(String splitId, long version) {
        versions.put(splitId, version);
    }

    void declarationRejected() {
        declaration = true;
    }

    /** Whether a request for a lease that is known like that has to wait. */
    boolean mustWait(Lease lease) {
        Long rejected = versions.get(lease.splitId());
        boolean again = rejected != null && rejected == lease.version();
        wantedAgain |= again;
        return again;
    }

    boolean declarationMustWait() {
        wantedAgain |= declaration;
        return declaration;
    }

    /**
     * A renewal was answered: all may be tried once more, if a tick has passed since the last time.
     *
     * @param sentAt when the renewal was sent
     * @return whether something had to wait: what is known of the leases cannot be all there is
     */
    boolean renewed(long sentAt) {
        if (repeatedFrom.isPresent()
                && sentAt - repeatedFrom.getAsLong() < terms.renewInterval().toNanos()) {
            return false;
        }
        boolean rejected = declaration || !versions.isEmpty();
        repeatedFrom = rejected ? OptionalLong.of(sentAt) : OptionalLong.empty();
        boolean waited = wantedAgain;
        versions.clear();
        declaration = false;
        wantedAgain = false;
        return waited;
    }
}
