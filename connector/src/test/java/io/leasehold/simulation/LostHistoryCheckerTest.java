package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.simulation.Violation.Promise;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Histories by hand in which the table goes back. */
class LostHistoryCheckerTest {

    private static final Incarnation ONLY = new Incarnation("a", "a-1");
    private static final Orders DRAIN = new Orders(true, OptionalInt.empty());

    /** Seeds 1927 and 2029: the members drain by what the table says, and nobody takes a split. */
    @Test
    void anOrderWhoseEndIsLostStandsAgain() {
        assertThat(judged(new Fact.Ordered(4, "a", Orders.NONE), new Fact.WentBack(5))).isEmpty();
    }

    @Test
    void anOrderThatEndsAfterTheTableWentBackIsOver() {
        assertThat(judged(new Fact.WentBack(4), new Fact.Ordered(5, "a", Orders.NONE)))
                .extracting(Violation::promise)
                .containsExactly(Promise.L3_SETTLED);
    }

    /** Nobody reads the only split in the end. */
    private static List<Violation> judged(Fact fourth, Fact fifth) {
        return LostHistoryChecker.violations(
                List.of(
                        new Fact.Lives(0, "a", ONLY, Set.of()),
                        new Fact.Joined(1, ONLY, Duration.ofSeconds(10), Share.of(1)),
                        new Fact.Ordered(2, "a", DRAIN),
                        new Fact.Copied(3),
                        fourth,
                        fifth,
                        new Fact.Killed(200 * Scenario.SECOND, "a", ONLY, Duration.ofSeconds(20))),
                List.of(
                        new Lease(
                                "s",
                                Optional.empty(),
                                0,
                                0,
                                Optional.empty(),
                                false,
                                Set.of(),
                                0,
                                1)));
    }
}
