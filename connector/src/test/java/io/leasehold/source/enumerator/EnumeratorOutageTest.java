package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler;
import org.apache.flink.util.FlinkRuntimeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The lease table does not answer: while a job reads, and when it starts. */
@Timeout(30)
class EnumeratorOutageTest extends EnumeratorRig {

    /** Longer than the start-up time-out. */
    private static final Duration OUTAGE = Duration.ofMinutes(2);

    /**
     * Nothing fails, moves, or is read from another position.
     *
     * @param kind what the store says
     */
    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "DENIED"})
    void readersAreGrantedUntilTheValidityIsOverAndAgainWhenTheStoreAnswers(Kind kind) {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        Lease before = lease("a");

        silence = failing(kind);
        life.pass(TERMS.renewInterval());
        assertThat(life.grants(0, "r0")).isTrue();
        life.pass(TERMS.duration());
        assertThat(life.grants(0, "r0")).isFalse();
        life.pass(OUTAGE);
        assertThat(life.grants(0, "r0")).isFalse();

        silence = Optional.empty();
        life.pass(TERMS.renewInterval());
        assertThat(life.grants(0, "r0")).isTrue();
        assertThat(lease("a")).isEqualTo(before);
        assertThat(life.context.assigned.get(0)).hasSize(1);
        assertThat(sent(life, GrantWithdrawn.class)).isEmpty();
    }

    @Test
    void atItsStartAJobWaitsForItAsLongAsTheTimeOutSays() {
        silence = down();
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.pass(Duration.ofSeconds(55));

        assertThatThrownBy(() -> life.pass(Duration.ofSeconds(10)))
                .isInstanceOf(FlinkRuntimeException.class)
                .hasMessage("It is down.")
                .satisfies(failure -> assertThat(isRetriedByFlink(failure)).isTrue());
    }

    /** Neither does Flink start it again. */
    @ParameterizedTest
    @EnumSource(names = {"DENIED", "MISCONFIGURED"})
    void aFirstStartDoesNotWaitForWhatAPersonMustMend(Kind kind) {
        silence = failing(kind);
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();

        assertThatThrownBy(life::settle)
                .hasMessage("It says %s.".formatted(kind))
                .satisfies(failure -> assertThat(isRetriedByFlink(failure)).isFalse());
    }

    /** A password that is being rotated; and whatever it is, where there is state to lose. */
    @ParameterizedTest
    @CsvSource({"LOGIN_REFUSED, false", "LOGIN_REFUSED, true", "DENIED, true"})
    void aStartWaitsForWhatMayBeMendedMeanwhileAndFailsForGoodThen(Kind kind, boolean resumes)
            throws Exception {
        Life first = new Life(1, Optional.empty(), "a");
        first.enumerator.start();
        first.settle();
        Optional<LeasedEnumeratorState<MemoryQueueSplit, String>> state =
                resumes ? Optional.of(first.enumerator.snapshotState(1)) : Optional.empty();
        first.close();

        silence = failing(kind);
        Life life = new Life(1, state, "a");
        life.enumerator.start();
        life.settle();
        life.pass(Duration.ofSeconds(55));

        assertThatThrownBy(() -> life.pass(Duration.ofSeconds(10)))
                .hasMessage("It says %s.".formatted(kind))
                .satisfies(failure -> assertThat(isRetriedByFlink(failure)).isFalse());
    }

    /** Its readers pause, it commits nothing, and no restart would change that. */
    @ParameterizedTest
    @EnumSource(names = {"LOGIN_REFUSED", "DENIED"})
    void aJobThatIsDeniedAccessLongAfterItJoinedFailsForGood(Kind kind) {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(Duration.ofHours(3));

        silence = failing(kind);
        life.pass(DENIED_TIMEOUT.minusSeconds(10));
        assertThat(Duration.ofMillis(life.shown("deniedTime")))
                .isBetween(DENIED_TIMEOUT.minusSeconds(20), DENIED_TIMEOUT);

        assertThatThrownBy(() -> life.pass(Duration.ofSeconds(20)))
                .hasMessage("It says %s.".formatted(kind))
                .satisfies(failure -> assertThat(isRetriedByFlink(failure)).isFalse());
    }

    @Test
    void accessThatIsGivenBackInTimeIsEnough() {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        for (int i = 0; i < 3; i++) {
            silence = failing(Kind.LOGIN_REFUSED);
            life.pass(DENIED_TIMEOUT.minusMinutes(1));
            silence = Optional.empty();
            life.pass(Duration.ofMinutes(1));
            assertThat(life.shown("deniedTime")).isZero();
        }
    }

    private static Optional<LeaseStoreException> down() {
        return Optional.of(new LeaseStoreException("It is down.", Kind.UNREACHABLE, null));
    }

    private static Optional<LeaseStoreException> failing(Kind kind) {
        return Optional.of(new LeaseStoreException("It says %s.".formatted(kind), kind, null));
    }

    private static boolean isRetriedByFlink(Throwable failure) {
        return !ExecutionFailureHandler.isUnrecoverableError(failure);
    }
}
