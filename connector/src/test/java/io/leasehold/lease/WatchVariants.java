package io.leasehold.lease;

/** Keepers whose watch of the others breaks a rule, for the simulation's negative controls. */
public final class WatchVariants {

    private WatchVariants() {}

    /** One that counts time in which it could not read the store as watching (T4). */
    public static LeaseKeeper neverBlind(
            String group, Incarnation me, String description, LeaseTerms terms, long now) {
        MemberWatch watch =
                new MemberWatch(terms) {
                    @Override
                    boolean blind(long now) {
                        return false;
                    }
                };
        return new LeaseKeeper(group, me, Share.of(1), description, terms, watch, now);
    }
}
