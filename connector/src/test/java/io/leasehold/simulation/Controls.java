package io.leasehold.simulation;

import io.leasehold.lease.member.KeeperVariants;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.simulation.Violation.Promise;
import io.leasehold.source.book.BookVariant;
import io.leasehold.testkit.BrokenTables;

import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import static io.leasehold.simulation.Violation.Promise.DRAINED_IS_COMMITTED;
import static io.leasehold.simulation.Violation.Promise.L1_TAKEN_OVER;
import static io.leasehold.simulation.Violation.Promise.L2_CLAIMS_END;
import static io.leasehold.simulation.Violation.Promise.L3_SETTLED;
import static io.leasehold.simulation.Violation.Promise.NO_CLOSE_WITHOUT_CAUSE;
import static io.leasehold.simulation.Violation.Promise.OUTAGE_MOVES_NOTHING;
import static io.leasehold.simulation.Violation.Promise.READS_ITS_OWN;
import static io.leasehold.simulation.Violation.Promise.RESTART_IS_AWAITED;
import static io.leasehold.simulation.Violation.Promise.S1_EXCLUSIVE;
import static io.leasehold.simulation.Violation.Promise.S2_FENCED;
import static io.leasehold.simulation.Violation.Promise.S3_FORWARD;
import static io.leasehold.simulation.Violation.Promise.S4_NOTHING_LOST;
import static io.leasehold.simulation.Violation.Promise.S5_PLANNED_MOVES_REPLAY_NOTHING;
import static io.leasehold.simulation.Violation.Promise.S6_STATE_AND_SOURCE_AGREE;

/** The protocol with one rule broken each, and the promise that this breaks. */
enum Controls {

    // ------------------------------------------------------------------------------------- time
    READER_GOES_BY_THE_MEMBERS_CLOCK(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        long grantedUntil(Grant grant, long receivedAt) {
                            return grant.membersClock() + grant.nanos();
                        }
                    }),
    CLOCKS_ARE_OFF_BY_MORE_THAN_ALLOWED(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        int partsPerMillion(int drawn) {
                            return drawn * 8;
                        }
                    }),
    READER_DATES_ITS_GRANT_FROM_THE_ANSWER(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        long grantedUntil(Grant grant, long receivedAt) {
                            return receivedAt + grant.nanos();
                        }
                    }),
    MEMBER_DATES_ITS_RENEWAL_FROM_THE_ANSWER(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        long dated(long sentAt, long answeredAt) {
                            return answeredAt;
                        }
                    }),
    OBSERVER_JUDGES_BY_A_DURATION_OF_ITS_OWN(
            S1_EXCLUSIVE,
            () -> new BrokenSights.OtherDurations((own, published) -> Duration.ofSeconds(6))),
    OBSERVER_ALLOWS_NO_MARGIN(
            S1_EXCLUSIVE,
            () ->
                    new BrokenSights.OtherDurations(
                            (own, published) -> {
                                // What is left when the observer adds its margin.
                                Duration margin = own.deadAfter(published).minus(published);
                                return published.minus(margin);
                            })),
    OBSERVER_COUNTS_FROM_BEFORE_THE_READ(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        long seen(long sentAt, long answeredAt) {
                            return sentAt;
                        }
                    }),
    OBSERVER_COUNTS_WHAT_IT_COULD_NOT_WATCH(
            OUTAGE_MOVES_NOTHING, keeper(KeeperVariants::neverBlind)),
    SILENCE_IS_TAKEN_FOR_YES(S1_EXCLUSIVE, BrokenSights.TakesSilenceForYes::new),
    RENEWS_AGAIN_UNDER_THE_SAME_NUMBER(
            S1_EXCLUSIVE, BrokenSights.RenewsAgainUnderTheSameNumber::new),
    DOES_NOT_KNOW_ITS_OWN_LEASE(L3_SETTLED, BrokenSights.DoesNotKnowItsOwn::new),
    STORE_TIMEOUT_IS_BEYOND_THE_LEASE(
            NO_CLOSE_WITHOUT_CAUSE,
            () ->
                    new Rules() {
                        @Override
                        long storeTimeout(LeaseTerms terms) {
                            return 2 * terms.duration().toNanos();
                        }
                    }),
    TICK_IS_AS_LONG_AS_THE_LEASE(
            NO_CLOSE_WITHOUT_CAUSE,
            () ->
                    new Rules() {
                        @Override
                        long due(LeaseTerms terms, long lastRenewal, long now) {
                            return now - lastRenewal < terms.duration().toNanos()
                                    ? lastRenewal
                                    : now;
                        }
                    }),
    GRANT_IS_BEYOND_THE_LEASE(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        long grantedUntil(Grant grant, long receivedAt) {
                            return grant.askedAt() + 5 * grant.nanos();
                        }
                    }),
    TIMES_ARE_COMPARED_AS_NUMBERS(
            S1_EXCLUSIVE,
            () ->
                    new Rules() {
                        @Override
                        boolean before(long now, long deadline) {
                            return now < deadline;
                        }
                    }),

    // ---------------------------------------------------------------------------------- handoff
    READER_GOES_ON_AFTER_THE_BARRIER(
            S5_PLANNED_MOVES_REPLAY_NOTHING,
            () ->
                    new Rules() {
                        @Override
                        boolean readerFreezesAtTheBarrier() {
                            return false;
                        }
                    }),
    RELEASE_DOES_NOT_AWAIT_THE_CHECKPOINT(
            S4_NOTHING_LOST,
            () ->
                    new Rules() {
                        @Override
                        boolean awaitsTheCheckpoint() {
                            return false;
                        }
                    }),
    STATE_FORGETS_WHAT_IS_FROZEN(
            S6_STATE_AND_SOURCE_AGREE,
            () ->
                    new Rules() {
                        @Override
                        boolean stateHoldsWhatIsFrozen() {
                            return false;
                        }
                    }),
    A_FREEZE_OF_BEFORE_IS_TAKEN_FOR_THIS_ONE(
            S5_PLANNED_MOVES_REPLAY_NOTHING, book(BookVariant.TAKES_ANY_FREEZE_FOR_THIS_ONE)),
    DRAINED_IS_SAID_BEFORE_A_CHECKPOINT(
            DRAINED_IS_COMMITTED,
            () ->
                    new Rules() {
                        @Override
                        boolean drainedIsCommitted() {
                            return false;
                        }
                    }),
    FORCED_READER_GETS_GRANTS(S1_EXCLUSIVE, book(BookVariant.GRANTS_TO_FORCED_READERS)),
    CLAIMANT_FORCES_WITHOUT_WAITING(S1_EXCLUSIVE, keeper(KeeperVariants::impatient)),
    RENEWAL_COUNTS_BEFORE_THE_LEASES_ARE_READ(S1_EXCLUSIVE, keeper(KeeperVariants::hasty)),
    WHO_FORCES_AND_IS_SILENT_IS_NOT_HEEDED(S1_EXCLUSIVE, keeper(KeeperVariants::bold)),

    // ------------------------------------------------------------------------------------ grants
    CLOSING_MEMBER_FORGETS_ITS_READERS(
            S1_EXCLUSIVE, book(BookVariant.FORGETS_ITS_READERS_AT_THE_END)),
    NEXT_ATTEMPT_DOES_NOT_WAIT_FOR_THE_LAST(
            S1_EXCLUSIVE, book(BookVariant.WAITS_FOR_NO_FORMER_ATTEMPT)),
    STATE_FORGETS_A_SPLIT_AT_ITS_END(
            S6_STATE_AND_SOURCE_AGREE,
            () ->
                    new Rules() {
                        @Override
                        boolean forgetsEndedSplits() {
                            return true;
                        }
                    }),

    // ------------------------------------------------------------------------------------- book
    RELEASES_WHAT_IS_NOT_FROZEN(
            S5_PLANNED_MOVES_REPLAY_NOTHING, book(BookVariant.RELEASES_WHAT_IS_NOT_FROZEN)),
    TAKES_BACK_WHAT_A_READER_HAS(S1_EXCLUSIVE, book(BookVariant.TAKES_BACK_WHAT_A_READER_HAS)),

    // ------------------------------------------------------------------------------- exclusions
    MEMBER_TAKES_WHAT_IT_DOES_NOT_FIND(
            READS_ITS_OWN,
            () ->
                    new Rules() {
                        @Override
                        Set<String> found(Set<String> soFar, Scenario scenario) {
                            return scenario.splits().stream()
                                    .map(Scenario.Split::id)
                                    .collect(Collectors.toSet());
                        }
                    }),
    PLANNER_IGNORES_EXCLUSIONS(L3_SETTLED, table(BrokenTables::hidesExclusions)),
    EXCLUSIONS_ARE_NOT_WRITTEN(L3_SETTLED, table(BrokenTables::excludesNobody)),

    // ------------------------------------------------------------------------ readers, restarts
    MEMBER_WITHOUT_READERS_KEEPS_ITS_SPLITS(L3_SETTLED, book(BookVariant.MISSES_NO_READER)),
    NOBODY_AWAITS_A_RESTART(RESTART_IS_AWAITED, table(BrokenTables::closesWithoutHold)),

    // ----------------------------------------------------------------------- conditional writes
    JOIN_REPLACES_ANY_ROW(NO_CLOSE_WITHOUT_CAUSE, table(BrokenTables::joinsUnconditionally)),
    BEAT_OF_A_CLOSED_INCARNATION_IS_ANSWERED(
            S1_EXCLUSIVE, table(BrokenTables::acceptsRenewalsOfTheClosed)),
    CLOSE_WHATEVER_THE_BEAT(S1_EXCLUSIVE, table(BrokenTables::closesWhateverTheBeat)),
    ACQUIRE_WHATEVER_THE_VERSION(S1_EXCLUSIVE, table(BrokenTables::acquiresWhateverTheVersion)),
    NOBODY_IS_CLOSED_BY_OTHERS(L1_TAKEN_OVER, table(BrokenTables::closesNobodyElse)),
    RECORD_WHOEVER_OWNS(S2_FENCED, table(BrokenTables::recordsWhoeverOwns)),
    RECORD_WHATEVER_THE_CHECKPOINT(S3_FORWARD, table(BrokenTables::recordsWhateverTheCheckpoint)),
    CLAIM_WHATEVER_THE_VERSION(L2_CLAIMS_END, table(BrokenTables::claimsWhateverTheVersion)),
    WITHDRAW_WHOEVER_CLAIMED(L2_CLAIMS_END, table(BrokenTables::withdrawsWhoeverClaimed)),
    RATE_WHOEVER_OWNS(S2_FENCED, table(BrokenTables::ratesWhoeverOwns)),
    DECLARE_WHENEVER_IT_ARRIVES(
            DRAINED_IS_COMMITTED, table(BrokenTables::declaresWheneverItArrives)),
    JOIN_FORGETS_ORDERS(L3_SETTLED, table(BrokenTables::forgetsOrdersAtJoin)),
    RELEASE_WHOEVER_OWNS(S2_FENCED, table(BrokenTables::releasesWhoeverOwns)),
    DISCOVER_OVER_WHAT_THERE_IS(S4_NOTHING_LOST, table(BrokenTables::discoversOverWhatThereIs));

    private final Promise caughtBy;
    private final Rules.Maker rules;

    Controls(Promise caughtBy, Rules.Maker rules) {
        this.caughtBy = caughtBy;
        this.rules = rules;
    }

    /** The promise that must be seen to be broken. */
    Promise caughtBy() {
        return caughtBy;
    }

    Rules.Maker rules() {
        return rules;
    }

    /** Makes a keeper of one incarnation. */
    private interface Keepers {
        LeaseKeeper make(
                String group, Incarnation incarnation, Share share, LeaseTerms terms, long now);
    }

    private static Rules.Maker keeper(Keepers keepers) {
        return () ->
                new Rules() {
                    @Override
                    LeaseKeeper keeper(
                            Incarnation incarnation, Share share, LeaseTerms terms, long now) {
                        return keepers.make(World.GROUP, incarnation, share, terms, now);
                    }
                };
    }

    private static Rules.Maker book(BookVariant variant) {
        return () ->
                new Rules() {
                    @Override
                    BookVariant book() {
                        return variant;
                    }
                };
    }

    private static Rules.Maker table(UnaryOperator<LeaseStore> broken) {
        return () ->
                new Rules() {
                    @Override
                    LeaseStore table(LeaseStore table) {
                        return broken.apply(table);
                    }
                };
    }
}
