package io.leasehold.source.book;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

class RecordRatesTest {

    private static final Offset<Double> ABOUT = Offset.offset(0.01);

    private final RecordRates rates = new RecordRates(Duration.ofMinutes(1));

    @Test
    void oneCountIsNoRate() {
        rates.counted("r", "a", 1_000, 0);

        assertThat(rates.perSecond()).isEmpty();
    }

    /** Rule T7: the origin of the clock means nothing, not even where it runs over. */
    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 50})
    void aSteadyRateIsThatRate(long origin) {
        for (int i = 0; i < 10; i++) {
            rates.counted("r", "a", 100L * i, origin + TimeUnit.SECONDS.toNanos(2L * i));
        }

        assertThat(rates.perSecond().get("a")).isCloseTo(50, ABOUT);
    }

    @Test
    void aMinuteAgoCountsAThirdAsMuch() {
        rates.counted("r", "a", 0, 0);
        rates.counted("r", "a", 100_000, seconds(1_000));
        rates.counted("r", "a", 100_000, seconds(1_060));

        assertThat(rates.perSecond().get("a")).isCloseTo(100 * Math.exp(-1), ABOUT);
    }

    /** Two counts are heard in one instant where the JobManager stood still between them. */
    @Test
    void whatWasHeldUpAtFirstIsNoRate() {
        rates.counted("r", "a", 0, 0);
        rates.counted("r", "a", 150, seconds(0) + 1);
        assertThat(rates.perSecond()).isEmpty();
        rates.counted("r", "a", 300, seconds(3));

        assertThat(rates.perSecond().get("a")).isCloseTo(100, Offset.offset(3.0));
    }

    @Test
    void howOftenItIsCountedChangesNothing() {
        RecordRates often = new RecordRates(Duration.ofMinutes(1));
        rates.counted("r", "a", 0, 0);
        often.counted("r", "a", 0, 0);
        rates.counted("r", "a", 10, seconds(1));
        often.counted("r", "a", 10, seconds(1));
        for (int i = 1; i <= 20; i++) {
            often.counted("r", "a", 10 + 40L * i, seconds(1 + i));
        }
        rates.counted("r", "a", 810, seconds(21));

        assertThat(often.perSecond().get("a")).isCloseTo(rates.perSecond().get("a"), ABOUT);
    }

    @Test
    void anotherReaderCountsFromItsOwnBeginning() {
        rates.counted("r", "a", 0, 0);
        rates.counted("r", "a", 100, seconds(1));
        rates.counted("other", "a", 5_000, seconds(2));
        assertThat(rates.perSecond().get("a")).isCloseTo(100, ABOUT);

        rates.counted("other", "a", 5_100, seconds(3));
        assertThat(rates.perSecond().get("a")).isCloseTo(100, ABOUT);
    }

    @Test
    void aReaderThatBeginsAnewHasNotEmittedLessThanNothing() {
        rates.counted("r", "a", 0, 0);
        rates.counted("r", "a", 100, seconds(1));
        rates.counted("r", "a", 10, seconds(2));
        rates.counted("r", "a", 110, seconds(3));

        assertThat(rates.perSecond().get("a")).isCloseTo(100, ABOUT);
    }

    @Test
    void twoCountsOfOneInstantAreOne() {
        rates.counted("r", "a", 0, 5);
        rates.counted("r", "a", 100, 5);

        assertThat(rates.perSecond()).isEmpty();
    }

    @Test
    void aForgottenSplitHasNone() {
        rates.counted("r", "a", 0, 0);
        rates.counted("r", "a", 100, seconds(1));
        rates.forget("a");

        assertThat(rates.perSecond()).isEmpty();
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
