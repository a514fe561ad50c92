package io.leasehold.lease;

import java.util.HashMap;
import java.util.Map;

/**
 * Requests of one member whose condition did not hold, though by what it knows it should. They are
 * not repeated before the next renewal, unless what it knows has changed: a store would be asked as
 * fast as it answers.
 */
final class Rejections {

    /** By split, the version under which a request for it was rejected. */
    private final Map<String, Long> versions = new HashMap<>();

    private boolean declaration;

    /** Whether a rejected request was wanted again. */
    private boolean wantedAgain;

    void rejected(String splitId, long version) {
        versions.put(splitId, version);
    }

    void declarationRejected() {
        declaration = true;
    }

    /** Whether a request for a lease that is known like that has to wait. */
    boolean holdBack(Lease lease) {
        Long rejected = versions.get(lease.splitId());
        boolean again = rejected != null && rejected == lease.version();
        wantedAgain |= again;
        return again;
    }

    boolean holdBackDeclaration() {
        wantedAgain |= declaration;
        return declaration;
    }

    /**
     * A renewal was answered: all may be tried once more.
     *
     * @return whether something had to wait: what is known of the leases cannot be all there is
     */
    boolean renewed() {
        boolean waited = wantedAgain;
        versions.clear();
        declaration = false;
        wantedAgain = false;
        return waited;
    }
}
