package io.leasehold.source.reader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class SuspensionClockTest {

    private long nanos = Long.MAX_VALUE - 50;
    private long wall = 1_700_000_000_000L;
    private final SuspensionClock clock = new SuspensionClock(() -> nanos, () -> wall);
    private final LeaseGate gate = new LeaseGate(clock);

    private void pass(Duration monotonic, Duration onTheWall) {
        nanos += monotonic.toNanos();
        wall += onTheWall.toMillis();
    }

    /** Rule T8: a new request is needed, made after the suspension. */
    @Test
    void aGrantIsOverWhenTheMachineWasSuspendedForLongerThanIt() {
        gate.extend(clock.getAsLong(), Duration.ofSeconds(3).toNanos());
        gate.emitted();
        long askedBefore = clock.getAsLong();

        pass(Duration.ofMillis(1), Duration.ofMinutes(10));

        assertThat(gate.open()).isFalse();
        gate.extend(askedBefore, Duration.ofSeconds(3).toNanos());
        assertThat(gate.open()).isFalse();
        gate.extend(clock.getAsLong(), Duration.ofSeconds(3).toNanos());
        assertThat(gate.open()).isTrue();
    }

    @Test
    void whileTheMachineRunsItIsTheMonotonicClock() {
        long start = clock.getAsLong();
        for (int i = 0; i < 1_000; i++) {
            pass(Duration.ofSeconds(1), Duration.ofSeconds(1).plusMillis(i % 2));
            assertThat(clock.getAsLong() - start).isEqualTo(Duration.ofSeconds(i + 1).toNanos());
        }
    }

    /** A clock that is adjusted by and by is not ahead, however seldom somebody looks. */
    @Test
    void aWallClockThatIsSpedUpIsNoSuspension() {
        long start = clock.getAsLong();

        pass(Duration.ofDays(1), Duration.ofDays(1).plusSeconds(43));

        assertThat(clock.getAsLong() - start).isEqualTo(Duration.ofDays(1).toNanos());
    }

    /** Only ever earlier: nothing lasts longer for a wall clock that is set. */
    @ParameterizedTest
    @ValueSource(longs = {-86_400, -1, 1, 86_400})
    void aWallClockThatIsSetNeverHoldsTheTimeBack(long seconds) {
        long start = clock.getAsLong();

        pass(Duration.ofSeconds(1), Duration.ofSeconds(seconds));

        assertThat(clock.getAsLong() - start)
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }
}
