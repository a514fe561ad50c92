package io.leasehold.lease.member;

import io.leasehold.lease.member.RestoredPosition.Start;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.store.OwnershipRequest.Acquire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Which position to go on from: each rule against each thing that may have happened since. */
@Timeout(30)
class RestoredPositionTest {

    /** The state says tenure 3, epoch 5. */
    @ParameterizedTest(name = "epoch {0}, tenure {1}, last granted to {2}")
    @CsvSource({
        // Nobody was granted it since.
        "5, 3, blue,  STATE, STATE,      TABLE, STATE",
        "5, 3, green, STATE, STATE,      TABLE, STATE",
        "5, 3, ,      STATE, STATE,      TABLE, STATE",
        // This member was, and went on from its state.
        "7, 3, blue,  STATE, STATE,      TABLE, STATE",
        // Another was, whose state was taken in the same tenure; or nobody knows who.
        "6, 3, green, TABLE, STATE_ANEW, TABLE, REFUSED",
        "6, 3, ,      TABLE, STATE_ANEW, TABLE, REFUSED",
        // Somebody started from the table.
        "6, 4, green, TABLE, STATE_ANEW, TABLE, REFUSED",
        "7, 4, blue,  TABLE, STATE_ANEW, TABLE, REFUSED",
        "7, 5, ,      TABLE, STATE_ANEW, TABLE, REFUSED",
        // The table is a new one, and nobody has read by it.
        "0, 0, ,      STATE, STATE,      STATE, STATE",
        // The table is a new one, and somebody has.
        "1, 1, green, TABLE, STATE_ANEW, TABLE, REFUSED",
    })
    void eachRule(
            long epoch,
            long tenure,
            String owner,
            Start auto,
            Start state,
            Start table,
            Start fail) {
        Lease lease = lease(epoch, tenure, Optional.ofNullable(owner));

        assertThat(start(lease, RestoreRule.AUTO)).as("auto").isEqualTo(auto);
        assertThat(start(lease, RestoreRule.STATE)).as("state").isEqualTo(state);
        assertThat(start(lease, RestoreRule.TABLE)).as("table").isEqualTo(table);
        assertThat(start(lease, RestoreRule.FAIL)).as("fail").isEqualTo(fail);
    }

    private static Start start(Lease lease, RestoreRule rule) {
        return new RestoredPosition(3, 5, rule).startOf(lease, "blue", false, false);
    }

    @Test
    void whatIsNotInTheStateStartsFromTheTableInANewTenure() {
        assertThat(own().tenureToAcquire(lease(6, 4, Optional.of("blue")))).isEqualTo(5);
    }

    @Test
    void theTenureStaysWhereTheLineOfStateIsUnbroken() {
        assertThat(tenure(RestoreRule.AUTO, lease(5, 3, Optional.of("green")))).isEqualTo(3);
    }

    /** Else the next start from the same state would take it for somebody else's. */
    @Test
    void inANewTableTheTenureIsThatOfTheState() {
        assertThat(tenure(RestoreRule.AUTO, lease(0, 0, Optional.empty()))).isEqualTo(3);
    }

    /** Else this job's older state would be taken for what it went on with. */
    @Test
    void aNewTenureIsNeitherTheRowsNorTheStates() {
        for (RestoreRule rule : new RestoreRule[] {RestoreRule.AUTO, RestoreRule.STATE}) {
            assertThat(tenure(rule, lease(9, 2, Optional.of("green")))).isEqualTo(4);
            assertThat(tenure(rule, lease(9, 8, Optional.of("green")))).isEqualTo(9);
        }
    }

    private static long tenure(RestoreRule rule, Lease lease) {
        OwnLeases own = own();
        own.restored("a", new RestoredPosition(3, 5, rule));
        return own.tenureToAcquire(lease);
    }

    @Test
    void whatIsToldWhileTheSplitIsBeingAcquiredDoesNotChangeWhereItStarts() {
        OwnLeases own = own();
        own.tenureToAcquire(lease(1, 1, Optional.of("green")));

        own.restored("a", new RestoredPosition(2, 2, RestoreRule.AUTO));

        assertThat(startsFromItsState(own)).isFalse();
        assertThat(own.restored()).isEmpty();
    }

    /** A reader may say it after the enumerator's own state did. */
    @Test
    void whatIsToldOnceMoreMeanwhileStartsAsDecidedIfItIsOfTheSameTenure() {
        for (long tenure : new long[] {3, 2}) {
            OwnLeases own = own();
            own.restored("a", new RestoredPosition(3, 5, RestoreRule.AUTO));
            own.tenureToAcquire(lease(5, 3, Optional.of("blue")));

            own.restored("a", new RestoredPosition(tenure, 5, RestoreRule.AUTO));

            assertThat(startsFromItsState(own)).isEqualTo(tenure == 3);
        }
    }

    private static boolean startsFromItsState(OwnLeases own) {
        Acquire.Taken taken =
                new Acquire.Taken(
                        lease(6, 3, Optional.of("blue")),
                        new Progress(new byte[0], 1, "a position", 1));
        return own.acquired(taken, LeaseEvent.Acquired.Way.AGAIN).stream()
                .filter(LeaseEvent.Acquired.class::isInstance)
                .map(LeaseEvent.Acquired.class::cast)
                .anyMatch(LeaseEvent.Acquired::fromState);
    }

    private static OwnLeases own() {
        Incarnation me = new Incarnation("blue", "blue-1");
        return new OwnLeases(
                me,
                new MemberWatch(LeaseTerms.of(Duration.ofSeconds(10))),
                new PendingWrites("orders", me));
    }

    private static Lease lease(long epoch, long tenure, Optional<String> owner) {
        return new Lease(
                "a",
                owner.map(member -> new Incarnation(member, member + "-1")),
                epoch,
                tenure,
                Optional.empty(),
                false,
                Set.of(),
                0,
                1);
    }
}
