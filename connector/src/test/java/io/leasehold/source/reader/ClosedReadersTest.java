package io.leasehold.source.reader;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

class ClosedReadersTest {

    private final AtomicLong clock = new AtomicLong();
    private final ClosedReaders closed = new ClosedReaders(clock::get);

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    void whoWasClosedIsRememberedForAMinute(long origin) {
        clock.set(origin);
        closed.closed("r1");
        clock.addAndGet(Duration.ofSeconds(40).toNanos());
        closed.closed("r2");
        assertThat(closed.ofLate()).containsExactlyInAnyOrder("r1", "r2");

        clock.addAndGet(Duration.ofSeconds(40).toNanos());
        assertThat(closed.ofLate()).containsExactly("r2");
    }
}
