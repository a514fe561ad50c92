package io.leasehold.lease.member;

import io.leasehold.lease.member.LeaseEvent.Acquired;
import io.leasehold.lease.member.LeaseEvent.Acquired.Way;
import io.leasehold.lease.member.LeaseEvent.Dropped;
import io.leasehold.lease.member.LeaseKeeperTest.AtAnyOrigin;
import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.LeaseStanding;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;

import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;

/** What a member says of itself in numbers, and how it came to its splits. */
@Timeout(60)
class LeaseStandingTest {

    private static final Duration TICK = VirtualGroup.TICK;
    private static final Duration LONG = Duration.ofMinutes(15);
    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(VirtualGroup.TERMS.duration())
                    .handoffTimeout(Duration.ofSeconds(60))
                    .build();

    private static VirtualMember member(VirtualGroup group, String id) {
        return group.member(id, VirtualGroup.splits(4), TERMS, 1);
    }

    @AtAnyOrigin
    void beforeItJoinsAMemberStandsForNothing(long origin) {
        VirtualMember blue = member(new VirtualGroup(origin), "blue");

        LeaseStanding standing = blue.keeper.standing();

        assertThat(standing.held()).isZero();
        assertThat(standing.alive()).isZero();
        assertThat(standing.validUntil()).isEmpty();
    }

    @AtAnyOrigin
    void aMemberKnowsWhatItHoldsWhatThePlanGivesItAndWhatIsAskedOfIt(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue");
        blue.checkpointsTake = Optional.empty();
        group.run(TICK.multipliedBy(2));
        assertThat(blue.keeper.standing())
                .extracting(
                        LeaseStanding::held,
                        LeaseStanding::planned,
                        LeaseStanding::claimed,
                        LeaseStanding::alive)
                .containsExactly(4, 4, 0, 1);
        assertThat(blue.keeper.standing().validUntil()).isPresent();

        VirtualMember green = member(group, "green");
        group.run(TICK.multipliedBy(3));

        assertThat(blue.keeper.standing())
                .extracting(
                        LeaseStanding::held,
                        LeaseStanding::planned,
                        LeaseStanding::claimed,
                        LeaseStanding::alive)
                .containsExactly(4, 2, 2, 2);
        assertThat(green.keeper.standing())
                .extracting(
                        LeaseStanding::held,
                        LeaseStanding::planned,
                        LeaseStanding::claimed,
                        LeaseStanding::alive)
                .containsExactly(0, 2, 0, 2);
    }

    /** Who is to give all away reads on what nobody takes. */
    @AtAnyOrigin
    void aSplitIsWithoutTakerOnlyWhereNobodyHoldsIt(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4), TERMS, takingOne());
        group.run(TICK.multipliedBy(2));
        assertThat(blue.keeper.standing().unassigned()).isEqualTo(3);

        member(group, "green");
        group.run(TICK.multipliedBy(4));
        group.order("green", new Orders(true, OptionalInt.empty()));
        group.run(TICK.multipliedBy(2));

        assertThat(blue.keeper.standing().planned()).isEqualTo(1);
        assertThat(blue.keeper.standing().unassigned()).isZero();
    }

    private static Share takingOne() {
        return new Share(1, 1, Balance.COUNT);
    }

    @AtAnyOrigin
    void aSplitThatIsHandedOverIsToldFromOneThatWasFree(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue");
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green");
        group.run(TICK.multipliedBy(3));

        assertThat(blue.events(Acquired.class)).extracting(Acquired::way).containsOnly(Way.FREE);
        assertThat(green.events(Acquired.class))
                .hasSize(2)
                .extracting(Acquired::way)
                .containsOnly(Way.HANDOFF);
        assertThat(blue.events(Dropped.class))
                .hasSize(2)
                .extracting(Dropped::released)
                .containsOnly(true);
    }

    @AtAnyOrigin
    void aSplitOfADeadMemberIsTakenOver(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue");
        VirtualMember green = member(group, "green");
        group.run(TICK.multipliedBy(3));
        int before = green.events(Acquired.class).size();

        blue.kill();
        group.until(LONG, () -> green.holds().size() == 4);

        assertThat(green.events(Acquired.class).subList(before, 4))
                .extracting(Acquired::way)
                .containsOnly(Way.TAKEOVER);
    }

    @AtAnyOrigin
    void aSplitThatIsForcedIsTakenOverAndWasNotReleased(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue");
        blue.checkpointsTake = Optional.empty();
        group.run(TICK.multipliedBy(2));
        VirtualMember green = member(group, "green");

        group.until(LONG, () -> green.holds().size() == 2);
        group.run(TICK.multipliedBy(2));

        assertThat(green.events(Acquired.class))
                .extracting(Acquired::way)
                .containsOnly(Way.TAKEOVER);
        assertThat(blue.events(Dropped.class))
                .hasSize(2)
                .extracting(Dropped::released)
                .containsOnly(false);
    }

    @AtAnyOrigin
    void aSplitThatGetsANewReaderIsAcquiredAgain(long origin) {
        VirtualGroup group = new VirtualGroup(origin);
        VirtualMember blue = member(group, "blue");
        group.run(TICK.multipliedBy(2));

        blue.restores(blue.holds().iterator().next());
        group.run(TICK);

        assertThat(blue.events(Acquired.class))
                .hasSize(5)
                .last()
                .extracting(Acquired::way)
                .isEqualTo(Way.AGAIN);
    }
}
