package io.leasehold.exploration;

import io.leasehold.lease.Incarnation;
import io.leasehold.lease.LeaseKeeper;
import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.Share;

import java.time.Duration;

/** How the explored members keep the rules. A control overrides one of these, and so breaks one. */
class Conduct {

    /** The protocol as it is. */
    static final Conduct KEPT = new Conduct();

    /** As few ticks as may be to the end of each wait. */
    static final LeaseTerms TERMS =
            LeaseTerms.lasting(Duration.ofSeconds(6))
                    .renewInterval(Duration.ofSeconds(2))
                    .handoffTimeout(Duration.ofSeconds(6))
                    .initialWait(Duration.ZERO)
                    .build();

    LeaseKeeper keeper(Incarnation me, long now) {
        return new LeaseKeeper(Table.GROUP, me, Share.of(1), "explored", TERMS, now);
    }

    LeaseStore table(LeaseStore table) {
        return table;
    }

    /**
     * Whether a reader may go on with a split that it has let go when nobody claims it any more.
     */
    boolean goesOnWhenTheClaimIsOver() {
        return false;
    }

    /** Whether a reader with a split that is forced gets no grant any more. */
    boolean grantsNothingToTheForced() {
        return true;
    }
}
