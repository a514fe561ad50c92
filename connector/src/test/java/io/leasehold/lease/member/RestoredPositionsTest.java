package io.leasehold.lease.member;

import io.leasehold.lease.member.RestoredPositions.Start;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.RestoreRule;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Which position to go on from: each rule against each thing that may have happened since. */
@Timeout(30)
class RestoredPositionsTest {

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
        return restored(3, 5, rule).of(lease);
    }

    @Test
    void whatIsNotInTheStateStartsFromTheTableInANewTenure() {
        RestoredPositions none = new RestoredPositions("blue");
        Lease lease = lease(6, 4, Optional.of("blue"));

        assertThat(none.of(lease)).isEqualTo(Start.TABLE);
        assertThat(none.tenureToAcquire(lease)).isEqualTo(5);
    }

    @Test
    void theTenureStaysWhereTheLineOfStateIsUnbroken() {
        assertThat(
                        restored(3, 5, RestoreRule.AUTO)
                                .tenureToAcquire(lease(5, 3, Optional.of("green"))))
                .isEqualTo(3);
    }

    /** Else the next start from the same state would take it for somebody else's. */
    @Test
    void inANewTableTheTenureIsThatOfTheState() {
        assertThat(restored(3, 5, RestoreRule.AUTO).tenureToAcquire(lease(0, 0, Optional.empty())))
                .isEqualTo(3);
    }

    /** Else this job's older state would be taken for what it went on with. */
    @Test
    void aNewTenureIsNeitherTheRowsNorTheStates() {
        for (RestoreRule rule : new RestoreRule[] {RestoreRule.AUTO, RestoreRule.STATE}) {
            assertThat(restored(3, 5, rule).tenureToAcquire(lease(9, 2, Optional.of("green"))))
                    .isEqualTo(4);
            assertThat(restored(3, 5, rule).tenureToAcquire(lease(9, 8, Optional.of("green"))))
                    .isEqualTo(9);
        }
    }

    @Test
    void whatIsToldWhileTheSplitIsBeingAcquiredDoesNotChangeWhereItStarts() {
        RestoredPositions positions = new RestoredPositions("blue");
        positions.tenureToAcquire(lease(1, 1, Optional.of("green")));

        positions.restored("a", new RestoredPosition(2, 2, RestoreRule.AUTO));

        assertThat(positions.acquired("a")).isEqualTo(Start.TABLE);
        assertThat(positions.has("a")).isFalse();
    }

    /** A reader may say it after the enumerator's own state did. */
    @Test
    void whatIsToldOnceMoreMeanwhileStartsAsDecidedIfItIsOfTheSameTenure() {
        RestoredPositions positions = restored(3, 5, RestoreRule.AUTO);
        positions.tenureToAcquire(lease(5, 3, Optional.of("blue")));
        positions.restored("a", new RestoredPosition(3, 5, RestoreRule.AUTO));

        assertThat(positions.acquired("a")).isEqualTo(Start.STATE);

        positions = restored(3, 5, RestoreRule.AUTO);
        positions.tenureToAcquire(lease(5, 3, Optional.of("blue")));
        positions.restored("a", new RestoredPosition(2, 5, RestoreRule.AUTO));

        assertThat(positions.acquired("a")).isEqualTo(Start.TABLE);
    }

    private static RestoredPositions restored(long tenure, long epoch, RestoreRule rule) {
        RestoredPositions positions = new RestoredPositions("blue");
        positions.restored("a", new RestoredPosition(tenure, epoch, rule));
        return positions;
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
