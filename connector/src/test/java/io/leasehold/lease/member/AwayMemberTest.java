package io.leasehold.lease.member;

import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.model.CheckpointTrouble;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.MemberState;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** A member without readers gives its splits up, and a member that closes may only restart. */
class AwayMemberTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration GRANT = VirtualGroup.TERMS.readerGrant();

    private final VirtualGroup group = new VirtualGroup(0);

    private static void goesAway(VirtualMember member) {
        member.keeper.withoutReaders("2 of 2 readers have been missing for 60 s");
    }

    private void givesUp(VirtualMember member) {
        goesAway(member);
        group.run(VirtualGroup.TICK.multipliedBy(3));
        member.keeper.splits().releaseAll(Map.of());
        member.granted.clear();
    }

    @Test
    void othersReadWhatAMemberWithoutReadersGivesUp() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(4));
        VirtualMember green = group.finding("green", VirtualGroup.splits(4));
        group.run(LONG);
        assertThat(blue.holds()).hasSize(2);

        givesUp(blue);
        group.run(VirtualGroup.TICK.multipliedBy(3));

        assertThat(green.holds()).hasSize(4);
        assertThat(group.row("blue").state()).isEqualTo(MemberState.AWAY);
        assertThat(group.row("blue").notice()).contains("readers have been missing");
        group.run(LONG);
        assertThat(blue.holds()).isEmpty();
    }

    @Test
    void aMemberWithoutReadersGrantsNothing() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(1));
        group.run(LONG);
        assertThat(blue.keeper.extendFor(group.now())).isPositive();

        goesAway(blue);

        assertThat(blue.keeper.extendFor(group.now())).isZero();
    }

    @Test
    void aMemberWhoseReadersAreBackTakesItsShareAgain() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(4));
        VirtualMember green = group.finding("green", VirtualGroup.splits(4));
        group.run(LONG);
        givesUp(blue);
        group.run(LONG);

        blue.keeper.readersAreBack();
        group.run(LONG);

        assertThat(blue.holds()).hasSize(2);
        assertThat(green.holds()).hasSize(2);
        assertThat(group.row("blue").state()).isEqualTo(MemberState.ACTIVE);
        assertThat(group.row("blue").notice()).isEmpty();
    }

    @Test
    void aMemberAloneGoesOnFromItsStateWhenItsReadersAreBack() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(1));
        group.run(LONG);
        Lease granted = blue.granted.get("s000").lease();
        givesUp(blue);
        blue.keeper.splits().restored("s000", VirtualGroup.asGranted(granted));
        group.run(LONG);
        assertThat(group.leases().get("s000").owner()).isEmpty();

        blue.keeper.readersAreBack();
        group.run(LONG);

        assertThat(blue.granted.get("s000").fromState()).isTrue();
    }

    @Test
    void whatAnEarlierLifeOfAMemberWithoutReadersOwnedOthersTake() {
        VirtualMember before = group.finding("blue", VirtualGroup.splits(2));
        group.run(LONG);
        before.close();
        VirtualMember after = group.starting("blue", VirtualGroup.splits(2), VirtualGroup.TERMS);
        VirtualMember green = group.finding("green", VirtualGroup.splits(2));
        group.run(LONG);
        assertThat(green.holds()).isEmpty();

        goesAway(after);
        group.run(VirtualGroup.TICK.multipliedBy(4));

        assertThat(green.holds()).hasSize(2);
    }

    @Test
    void othersLeaveTheSplitsOfAMemberThatClosesToItForItsHold() {
        LeaseTerms terms = withHold(Duration.ofSeconds(30));
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4), terms, 1);
        VirtualMember green = group.finding("green", VirtualGroup.splits(4));
        group.run(LONG);
        Map<String, Lease> before = group.leases();
        blue.close();
        group.run(Duration.ofSeconds(29));
        assertThat(green.holds()).hasSize(2);

        VirtualMember again = group.member("blue", VirtualGroup.splits(4), terms, 1);
        group.run(VirtualGroup.TICK.multipliedBy(2));

        assertThat(again.holds()).hasSize(2);
        assertThat(green.granted.values()).allMatch(had -> before.containsValue(had.lease()));
    }

    /** As where each checkpoint fails the job: it may close before it has anything back. */
    @Test
    void othersWaitForAMemberThatClosesAgainBeforeItHasItsSplitsBack() {
        LeaseTerms terms = withHold(Duration.ofSeconds(30));
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4), terms, 1);
        VirtualMember green = group.finding("green", VirtualGroup.splits(4));
        group.run(LONG);
        blue.close();
        VirtualMember between = group.starting("blue", VirtualGroup.splits(4), terms);
        group.run(VirtualGroup.TICK.multipliedBy(4));
        assertThat(between.keeper.joined()).isTrue();
        assertThat(between.holds()).isEmpty();
        between.close();

        group.run(Duration.ofSeconds(29));
        assertThat(green.holds()).hasSize(2);
        group.run(Duration.ofSeconds(4));
        assertThat(green.holds()).hasSize(4);
    }

    @Test
    void aMemberThatDoesNotComeBackWithinItsHoldLosesItsSplits() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(4));
        VirtualMember green = group.finding("green", VirtualGroup.splits(4));
        group.run(LONG);
        blue.close();

        group.run(GRANT.minusMillis(10));
        assertThat(green.holds()).hasSize(2);
        group.run(GRANT.dividedBy(10).plus(VirtualGroup.TICK));
        assertThat(green.holds()).hasSize(4);
    }

    /** A stop with a savepoint, or the end of a bounded queue: no restart is to be waited for. */
    @Test
    void othersTakeTheSplitsOfAMemberWhoseReadersHaveEndedWithoutWaitingForItsHold() {
        LeaseTerms terms = withHold(Duration.ofHours(1));
        VirtualMember blue = group.member("blue", VirtualGroup.splits(4), terms, 1);
        VirtualMember green = group.finding("green", VirtualGroup.splits(4));
        group.run(LONG);
        assertThat(green.holds()).hasSize(2);

        blue.keeper.stopped();
        blue.close();
        group.run(GRANT.multipliedBy(2));

        assertThat(green.holds()).hasSize(4);
    }

    @Test
    void whatOperatorsShouldKnowIsInTheRowUntilItIsOver() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(1));
        blue.keeper.notice("no checkpoint for 2 min: handoffs wait");
        group.run(LONG);
        assertThat(group.row("blue").notice()).isEqualTo("no checkpoint for 2 min: handoffs wait");

        blue.keeper.notice("");
        group.run(LONG);

        assertThat(group.row("blue").notice()).isEmpty();
        assertThat(blue.holds()).hasSize(1);
    }

    @Test
    void readersMayTakeLongerUntilAllWereThereOnce() {
        ReaderAbsence absence = new ReaderAbsence(Duration.ofSeconds(60), Duration.ofSeconds(20));
        long second = 1_000_000_000L;
        assertThat(absence.isTooLong(false, 0)).isFalse();
        assertThat(absence.isTooLong(false, 59 * second)).isFalse();
        assertThat(absence.isTooLong(false, 60 * second)).isTrue();
        assertThat(absence.isTooLong(true, 61 * second)).isFalse();
        assertThat(absence.isTooLong(false, 70 * second)).isFalse();
        assertThat(absence.isTooLong(false, 90 * second)).isTrue();
        assertThat(absence.isTooLong(true, 91 * second)).isFalse();
        assertThat(absence.isTooLong(false, 92 * second)).isFalse();
    }

    @Test
    void aJobIsInTroubleOnlyIfACheckpointFailedAndNoneCompletedSince() {
        CheckpointTrouble trouble = new CheckpointTrouble();
        long minute = 60_000_000_000L;
        assertThat(trouble.notice(100 * minute)).isEmpty();
        trouble.failed(minute);
        trouble.failed(2 * minute);
        assertThat(trouble.notice(2 * minute)).isEmpty();
        assertThat(trouble.notice(4 * minute)).isEqualTo("no checkpoint for 3 min: handoffs wait");
        trouble.completed();
        assertThat(trouble.notice(9 * minute)).isEmpty();
        assertThat(trouble.lasts(9 * minute)).isZero();
    }

    private static LeaseTerms withHold(Duration restartHold) {
        return LeaseTerms.lasting(VirtualGroup.TERMS.duration()).restartHold(restartHold).build();
    }
}
