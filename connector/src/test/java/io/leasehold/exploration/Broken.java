package io.leasehold.exploration;

import io.leasehold.exploration.Violation.Promise;
import io.leasehold.lease.member.KeeperVariants;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.testkit.BrokenTables;

import java.util.function.UnaryOperator;

import static io.leasehold.exploration.Allowance.NOTHING;
import static io.leasehold.exploration.Allowance.faults;
import static io.leasehold.exploration.Violation.Promise.L1_L2_COMES_TO_REST;
import static io.leasehold.exploration.Violation.Promise.S1_EXCLUSIVE;
import static io.leasehold.exploration.Violation.Promise.S2_FENCED;
import static io.leasehold.exploration.Violation.Promise.S5_STARTS_WHERE_THE_LAST_LET_GO;

/**
 * The protocol with one rule broken each, and the promise that this breaks.
 *
 * <table>
 *   <caption>How many choices it takes, and after how many states it is seen. What is seen after
 *       fewer choices than it takes is seen in how a state goes on when nothing goes wrong</caption>
 *   <tr><th>what is broken<th>choices<th>states
 *   <tr><td>a claimant forces without waiting<td>7<td>17
 *   <tr><td>a renewal counts before the leases are read<td>22<td>8,539
 *   <tr><td>who has forced a split and is silent is not heeded<td>38<td>68,648
 *   <tr><td>a reader with a forced split gets grants<td>7<td>17
 *   <tr><td>a reader goes on when the claim is over<td>15<td>14,831
 *   <tr><td>acquire whatever the version, one split<td>28<td>197,933
 *   <tr><td>release whoever owns<td>23<td>10,315
 *   <tr><td>close whatever the beat<td>20<td>5,632
 *   <tr><td>close forgets the readers<td>2<td>6
 *   <tr><td>a beat of the closed is answered<td>21<td>7,113
 *   <tr><td>nobody is closed by others<td>3<td>35
 * </table>
 */
enum Broken {
    CLAIMANT_FORCES_WITHOUT_WAITING(S1_EXCLUSIVE, keeper(KeeperVariants::impatient), NOTHING),
    RENEWAL_COUNTS_BEFORE_THE_LEASES_ARE_READ(
            S1_EXCLUSIVE, keeper(KeeperVariants::hasty), faults(1)),
    WHO_FORCES_AND_IS_SILENT_IS_NOT_HEEDED(S1_EXCLUSIVE, keeper(KeeperVariants::bold), faults(1)),
    FORCED_READER_GETS_GRANTS(
            S1_EXCLUSIVE,
            new Conduct() {
                @Override
                boolean grantsNothingToTheForced() {
                    return false;
                }
            },
            NOTHING),
    READER_GOES_ON_WHEN_THE_CLAIM_IS_OVER(
            S5_STARTS_WHERE_THE_LAST_LET_GO,
            new Conduct() {
                @Override
                boolean goesOnWhenTheClaimIsOver() {
                    return true;
                }
            },
            faults(1).withOrders(1)),
    ACQUIRE_WHATEVER_THE_VERSION(
            S1_EXCLUSIVE,
            table(BrokenTables::acquiresWhateverTheVersion),
            1,
            faults(1).withCloses(1).withRestarts(1)),
    RELEASE_WHOEVER_OWNS(S2_FENCED, table(BrokenTables::releasesWhoeverOwns), faults(1)),
    CLOSE_WHATEVER_THE_BEAT(S1_EXCLUSIVE, table(BrokenTables::closesWhateverTheBeat), faults(1)),
    CLOSE_FORGETS_THE_READERS(
            S1_EXCLUSIVE, table(BrokenTables::forgetsReadersOfTheClosed), NOTHING.withCloses(1)),
    BEAT_OF_THE_CLOSED_IS_ANSWERED(
            S1_EXCLUSIVE, table(BrokenTables::acceptsRenewalsOfTheClosed), faults(1)),
    NOBODY_IS_CLOSED_BY_OTHERS(
            L1_L2_COMES_TO_REST, table(BrokenTables::closesNobodyElse), faults(1));

    /** Each is seen within so many choices. */
    static final int DEEPEST = 40;

    private final Promise promise;
    private final Conduct conduct;
    private final int splits;
    private final Allowance allowance;

    Broken(Promise promise, Conduct conduct, Allowance allowance) {
        this(promise, conduct, 2, allowance);
    }

    Broken(Promise promise, Conduct conduct, int splits, Allowance allowance) {
        this.promise = promise;
        this.conduct = conduct;
        this.splits = splits;
        this.allowance = allowance;
    }

    /** The promise that must be seen to be broken. */
    Promise promise() {
        return promise;
    }

    /** Two members, as many splits and no more going wrong than it takes. */
    Setting setting() {
        return new Setting(conduct, 2, splits, allowance);
    }

    private interface Keepers {
        LeaseKeeper make(String group, Incarnation me, Share share, LeaseTerms terms, long now);
    }

    private static Conduct keeper(Keepers keepers) {
        return new Conduct() {
            @Override
            LeaseKeeper keeper(Incarnation me, long now) {
                return keepers.make(Table.GROUP, me, Share.of(1), TERMS, now);
            }
        };
    }

    private static Conduct table(UnaryOperator<LeaseStore> broken) {
        return new Conduct() {
            @Override
            LeaseStore table(LeaseStore table) {
                return broken.apply(table);
            }
        };
    }
}
