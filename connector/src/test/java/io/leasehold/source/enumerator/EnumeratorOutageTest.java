package io.leasehold.source.enumerator;

import io.leasehold.lease.Lease;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;

import org.apache.flink.util.FlinkRuntimeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
     * @param retryable whether the store says that it may answer later
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readersAreGrantedUntilTheValidityIsOverAndAgainWhenTheStoreAnswers(boolean retryable) {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        Lease before = lease("a");

        silence = Optional.of(new LeaseStoreException("It is down.", retryable, null));
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
        silence = Optional.of(new LeaseStoreException("It is down.", true, null));
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.pass(Duration.ofSeconds(55));

        assertThatThrownBy(() -> life.pass(Duration.ofSeconds(10)))
                .isInstanceOf(FlinkRuntimeException.class)
                .hasMessage("It is down.");
    }

    @Test
    void atItsStartAJobDoesNotWaitForWhatWillNeverAnswer() {
        silence = Optional.of(new LeaseStoreException("There is no such table.", false, null));
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();

        assertThatThrownBy(life::settle)
                .isInstanceOf(FlinkRuntimeException.class)
                .hasMessage("There is no such table.");
    }
}
