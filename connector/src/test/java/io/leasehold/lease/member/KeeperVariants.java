package io.leasehold.lease.member;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;

import java.time.Duration;
import java.util.Set;

/** Keepers that break a rule, for the simulation's negative controls. */
public final class KeeperVariants {

    private KeeperVariants() {}

    /** One that counts time in which it could not read the store as watching (T4). */
    public static LeaseKeeper neverBlind(
            String group, Incarnation me, Share share, LeaseTerms terms, long now) {
        MemberWatch watch =
                new MemberWatch(terms) {
                    @Override
                    boolean blind(long now) {
                        return false;
                    }
                };
        return keeper(group, me, share, terms, watch, new Renewals(terms, now));
    }

    /** One that does not wait until the owner of a split that it has forced must be silent. */
    public static LeaseKeeper impatient(
            String group, Incarnation me, Share share, LeaseTerms terms, long now) {
        MemberWatch watch =
                new MemberWatch(terms) {
                    @Override
                    Duration durationOf(Incarnation incarnation) {
                        return Duration.ofMillis(1);
                    }
                };
        return keeper(group, me, share, terms, watch, new Renewals(terms, now));
    }

    /** One that does not heed who has forced a split and was not heard of for long. */
    public static LeaseKeeper bold(
            String group, Incarnation me, Share share, LeaseTerms terms, long now) {
        MemberWatch watch =
                new MemberWatch(terms) {
                    @Override
                    boolean stands(Claim claim) {
                        return live(claim.claimant());
                    }
                };
        return keeper(group, me, share, terms, watch, new Renewals(terms, now));
    }

    /** One whose renewals count before it has read what became of its leases. */
    public static LeaseKeeper hasty(
            String group, Incarnation me, Share share, LeaseTerms terms, long now) {
        Renewals renewals =
                new Renewals(terms, now) {
                    @Override
                    void answered(long sentAt) {
                        super.answered(sentAt);
                        leasesKnown();
                    }
                };
        return keeper(group, me, share, terms, new MemberWatch(terms), renewals);
    }

    private static LeaseKeeper keeper(
            String group,
            Incarnation me,
            Share share,
            LeaseTerms terms,
            MemberWatch watch,
            Renewals renewals) {
        return new LeaseKeeper(
                new GroupView(group, me, terms, watch, renewals), share, Set.of(), "simulated");
    }
}
