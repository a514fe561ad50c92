package io.leasehold.source.enumerator;

import io.leasehold.lease.model.MemberState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

/** Rule T8: the JobManager's machine is suspended, and its monotonic clock stands still. */
@Timeout(30)
class EnumeratorSuspensionTest extends EnumeratorRig {

    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void noReaderIsGrantedAnythingUntilTheLeasesAreRenewed() {
        Life life = reading(1, "a");
        assertThat(life.grants(0, "r0")).isTrue();

        suspended = LONG;

        assertThat(life.grants(0, "r0")).isFalse();
        life.settle();
        assertThat(life.grants(0, "r0")).isTrue();
    }

    /** The store got it before the suspension, and the answer is read after it. */
    @Test
    void aRenewalThatWasUnderWayDoesNotCount() {
        Life life = reading(1, "a");
        now += TERMS.renewInterval().toNanos();
        life.io.triggerNonPeriodicScheduledTasks();
        life.context.triggerAllActions();
        int sent = life.requests.size();
        life.io.triggerAll();
        assertThat(life.requests).hasSize(sent + 1);

        suspended = LONG;
        now++;
        life.context.triggerAllActions();

        assertThat(life.grants(0, "r0")).isFalse();
        life.settle();
        assertThat(life.grants(0, "r0")).isTrue();
    }

    /** Rule T3: the wall clock may just have been set forward. */
    @Test
    void anotherMemberIsNotTakenForDead() {
        Life life = reading(1, "a");
        green.joined();
        life.pass(TERMS.renewInterval());

        suspended = LONG;
        life.pass(TERMS.renewInterval());

        assertThat(green.open().member("green").orElseThrow().state())
                .isEqualTo(MemberState.ACTIVE);
    }
}
