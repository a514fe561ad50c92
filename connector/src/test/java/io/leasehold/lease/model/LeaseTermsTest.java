package io.leasehold.lease.model;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class LeaseTermsTest {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));

    @ParameterizedTest
    @ValueSource(longs = {10, 50, 999, 5_000, 10_000, 86_400_000})
    void whatIsDerivedFromAnyDurationIsSafe(long millis) {
        assertThatNoException().isThrownBy(() -> LeaseTerms.of(Duration.ofMillis(millis)));
    }

    @Test
    void derivesTheTimesThatAreDocumented() {
        assertThat(TERMS)
                .isEqualTo(
                        new LeaseTerms(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(2),
                                Duration.ofMillis(1500),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(1),
                                Duration.ofMinutes(10),
                                1,
                                Duration.ofSeconds(30)));
    }

    @Test
    void renewsAtLeastThreeTimesInADuration() {
        refuses(
                () -> terms().renewInterval(Duration.ofSeconds(4)).build(),
                "lease.renew.interval is 4 s, but must be at most a third of lease.duration, which is 10 s.");
    }

    @Test
    void waitsForAHandoffAtLeastUntilTheOwnerHasHeardOfIt() {
        refuses(
                () -> terms().handoffTimeout(Duration.ofSeconds(9)).build(),
                "lease.handoff.timeout is 9 s, but must be at least lease.duration, which is 10 s.");
    }

    @Test
    void keepsTheRowOfAMemberForAsLongAsItMayTakeToRestart() {
        refuses(
                () -> terms().retention(Duration.ofSeconds(9)).build(),
                "lease.retention is 9 s, but must be at least lease.duration, which is 10 s.");
        refuses(
                () ->
                        terms().restartHold(Duration.ofHours(2))
                                .retention(Duration.ofHours(1))
                                .build(),
                "lease.retention is 3600 s, but must be at least lease.restart.hold, which is 7200 s.");
        assertThat(TERMS.retention()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void givesAnUnansweredRequestUpBeforeTheNextRenewal() {
        refuses(
                () -> terms().storeTimeout(Duration.ofSeconds(2)).build(),
                "lease.store.timeout is 2 s, but must be below lease.renew.interval, which is 2 s.");
    }

    @Test
    void grantsReadersNoMoreThanHalfTheDuration() {
        refuses(
                () -> terms().readerGrant(Duration.ofMillis(5_001)).build(),
                "lease.reader.grant is 5001 ms, but must be at most half of lease.duration, which is 10 s.");
    }

    @Test
    void extendsGrantsTwiceBeforeTheyEnd() {
        refuses(
                () -> terms().extendInterval(Duration.ofSeconds(2)).build(),
                "lease.reader.extend.interval is 2 s, but must be at most half of lease.reader.grant, which is 3 s.");
    }

    @Test
    void refusesTimesThatAreNone() {
        refuses(
                () -> LeaseTerms.of(Duration.ZERO),
                "lease.duration is 0 s; it must be between 1 ms and 86400 s.");
        refuses(
                () -> terms().initialWait(Duration.ofSeconds(-1)).build(),
                "lease.initial.wait is -1 s; it must be between 0 and 86400 s.");
        refuses(
                () -> terms().initialMembers(0).build(),
                "lease.initial.members is 0; it must be at least 1.");
    }

    @Test
    void callsAMemberDeadAfterItsOwnDurationAndATickOrFivePercent() {
        assertThat(TERMS.deadAfter(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(12));
        assertThat(TERMS.deadAfter(Duration.ofSeconds(100))).isEqualTo(Duration.ofSeconds(105));
    }

    @Test
    void whatIsNotSaidFollowsFromWhatIs() {
        LeaseTerms terms = terms().renewInterval(Duration.ofSeconds(1)).build();

        assertThat(terms.storeTimeout()).isEqualTo(Duration.ofMillis(750));
    }

    private static LeaseTermsBuilder terms() {
        return LeaseTerms.lasting(Duration.ofSeconds(10));
    }

    private static void refuses(ThrowingCallable terms, String sentence) {
        assertThatIllegalArgumentException().isThrownBy(terms).withMessage(sentence);
    }
}
