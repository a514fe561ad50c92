package io.leasehold.exploration;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStore;

import java.time.Duration;

/** How the explored members keep the rules. A control overrides one of these, and so breaks one. */
class Conduct {

    /** The protocol as it is. */
    static final Conduct KEPT = new Conduct();

    /** As few ticks as may be to the end of each wait, and too short for a look in between. */
    static final LeaseTerms TERMS = terms(Duration.ofMillis(50));

    /** As it is where a member that waits for a split looks between two ticks. */
    static final Conduct LOOKING =
            new Conduct() {
                private final LeaseTerms terms = terms(Duration.ofMillis(60));

                @Override
                LeaseKeeper keeper(Incarnation me, long now) {
                    return new LeaseKeeper(Table.GROUP, me, Share.of(1), "explored", terms, now);
                }
            };

    private static LeaseTerms terms(Duration tick) {
        return LeaseTerms.lasting(tick.multipliedBy(3))
                .renewInterval(tick)
                .handoffTimeout(tick.multipliedBy(3))
                .initialWait(Duration.ZERO)
                .build();
    }

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
