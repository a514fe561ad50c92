package io.leasehold.lease.member;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

/** Rule T8. */
@Timeout(30)
class SuspensionWatchTest {

    /** Rule T7: the difference counts, wherever the clocks are. */
    private static final long NANOS = Long.MAX_VALUE - 50;

    private static final long WALL = 1_700_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "0, 250, 0",
        "0, 251, 251",
        "1, 600000, 599999",
        // A time server may speed the wall clock up, for as long as nobody looks.
        "86400000, 86443000, 0",
        "86400000, 86487000, 87000",
        // It is set back.
        "1000, -86400000, 0"
    })
    void aSuspensionIsWhatTheWallClockHasRunAheadByBeyondTheMargin(
            long monotonicMillis, long wallMillis, long suspendedMillis) {
        SuspensionWatch watch = new SuspensionWatch(NANOS, WALL);
        long later = NANOS + Duration.ofMillis(monotonicMillis).toNanos();

        assertThat(watch.looked(later, WALL + wallMillis))
                .isEqualTo(Duration.ofMillis(suspendedMillis));
        assertThat(watch.looked(later + 1, WALL + wallMillis)).isZero();
    }
}
