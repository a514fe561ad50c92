package io.leasehold.source.reader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LeaseGateTest {

    private final AtomicLong clock = new AtomicLong();
    private final LeaseGate gate = new LeaseGate(clock::get);

    /** Rule T7: the origin of the clock means nothing, not even where it runs over. */
    @ParameterizedTest
    @ValueSource(longs = {0, -5, 1_000, Long.MAX_VALUE - 50, Long.MIN_VALUE})
    void isOpenFromTheAskingUntilTheDeadline(long origin) {
        clock.set(origin);
        assertThat(gate.open()).isFalse();

        gate.extend(origin, 100);
        clock.set(origin + 99);
        gate.doubt();
        assertThat(gate.open()).isTrue();

        clock.set(origin + 100);
        gate.doubt();
        assertThat(gate.open()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    void letsFewerThanSixteenRecordsThroughAfterTheDeadline(long origin) {
        clock.set(origin);
        gate.extend(origin, 100);
        clock.set(origin + 100);
        int emitted = 0;
        while (gate.open() && emitted < 1_000) {
            gate.emitted();
            emitted++;
        }
        assertThat(emitted).isLessThanOrEqualTo(LeaseGate.RECORDS_PER_LOOK);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    void aGrantThatCameTooLateOpensNothing(long origin) {
        clock.set(origin + 100);
        gate.extend(origin, 100);
        assertThat(gate.open()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    void anEarlierGrantDoesNotShortenALaterOne(long origin) {
        clock.set(origin);
        gate.extend(origin + 50, 100);
        gate.extend(origin, 100);
        clock.set(origin + 149);
        gate.doubt();
        assertThat(gate.open()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    void goesOnWhenExtendedAgain(long origin) {
        clock.set(origin);
        gate.extend(origin, 10);
        clock.set(origin + 10);
        gate.doubt();
        assertThat(gate.open()).isFalse();
        gate.extend(origin + 10, 10);
        assertThat(gate.open()).isTrue();
    }

    /** Rule S1: somebody else may emit by then. */
    @Test
    void onceClosedItOpensForNoGrantAndNothingPasses() {
        gate.extend(0, 100);
        gate.close();
        assertThat(gate.open()).isFalse();

        gate.extend(0, 1_000);
        assertThat(gate.open()).isFalse();
        assertThatIllegalStateException().isThrownBy(gate::emitted);
    }

    /** As after a freeze: a record of a slow stream is reason enough to look. */
    @Test
    void whereRecordsComeSlowlyItLooksBeforeEachPoll() {
        gate.extend(0, 1_000_000);
        for (int i = 0; i < 10; i++) {
            clock.addAndGet(20_000);
            assertThat(gate.open()).isTrue();
            gate.emitted();
        }

        clock.set(1_000_000);

        assertThat(gate.open()).isFalse();
    }

    /** The clock costs more than they do. */
    @Test
    void whereRecordsComeFastItLooksAfterSixteen() {
        AtomicLong looks = new AtomicLong();
        LeaseGate fast =
                new LeaseGate(
                        () -> {
                            looks.incrementAndGet();
                            return clock.get();
                        });
        fast.extend(0, 1_000_000);
        fast.open();
        fast.emitted();
        for (int i = 0; i < 160; i++) {
            clock.addAndGet(100);
            fast.open();
            fast.emitted();
        }

        assertThat(looks.get()).isLessThanOrEqualTo(12);
    }

    @Test
    void anExtensionThatIsOfferedCountsOnceItIsTaken() {
        gate.offer(0, 100);
        assertThat(gate.open()).isFalse();
        assertThat(gate.hasOffer()).isTrue();

        assertThat(gate.takeOffer()).isTrue();

        assertThat(gate.open()).isTrue();
        assertThat(gate.hasOffer()).isFalse();
        assertThat(gate.takeOffer()).isFalse();
    }

    /** The answer to an earlier request may come after the word to stop. */
    @Test
    void onceShutItOpensForGrantsThatAreAskedForAfterwards() {
        gate.extend(0, 100);
        clock.set(10);
        gate.shut();

        gate.extend(9, 100);
        assertThat(gate.open()).isFalse();
        gate.extend(10, 100);
        assertThat(gate.open()).isTrue();
    }
}
