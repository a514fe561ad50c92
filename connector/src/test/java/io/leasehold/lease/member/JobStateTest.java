package io.leasehold.lease.member;

import io.leasehold.lease.member.JobState.Running;
import io.leasehold.lease.member.JobState.Starting;
import io.leasehold.lease.member.JobState.Stopped;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Whether the job of a member can read splits. */
@Timeout(30)
class JobStateTest {

    private final JobState starting = new Starting();
    private final JobState running = starting.stateIsTold();

    @Test
    void aJobRunsWhenAllThatItsStateHoldsWasTold() {
        assertThat(starting.isStateKnown()).isFalse();
        assertThat(running).isEqualTo(new Running());
        assertThat(running.isStateKnown()).isTrue();
        assertThat(running.stateIsTold()).isEqualTo(running);
    }

    @Test
    void whenItsReadersAreBackItIsWhatItWasBefore() {
        assertThat(starting.withoutReaders("gone").withReaders()).isEqualTo(starting);
        assertThat(running.withoutReaders("gone").withReaders()).isEqualTo(running);
        assertThat(running.withReaders()).isEqualTo(running);
    }

    @Test
    void itsStateMayBeToldWhileItHasNoReaders() {
        JobState without = starting.withoutReaders("gone");

        assertThat(without.isStateKnown()).isFalse();
        assertThat(without.stateIsTold().isStateKnown()).isTrue();
        assertThat(without.stateIsTold().whyWithoutReaders()).contains("gone");
        assertThat(without.stateIsTold().withReaders()).isEqualTo(running);
    }

    @Test
    void theLastReasonIsTold() {
        JobState without = running.withoutReaders("one is missing").withoutReaders("two are");

        assertThat(without.whyWithoutReaders()).contains("two are");
        assertThat(without.withReaders()).isEqualTo(running);
    }

    @Test
    void onlyAJobWhoseReadersCameToTheirEndIsStopped() {
        assertThat(new Stopped().isStopped()).isTrue();
        assertThat(running.isStopped()).isFalse();
        assertThat(running.withoutReaders("gone").isStopped()).isFalse();
    }
}
