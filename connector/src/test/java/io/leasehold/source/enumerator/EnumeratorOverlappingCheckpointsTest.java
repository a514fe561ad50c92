package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sinks are told to commit a checkpoint when it is complete. A checkpoint that began before that
 * may complete without any of them having heard of it, so that it says nothing of their commits.
 */
@Timeout(30)
class EnumeratorOverlappingCheckpointsTest extends EnumeratorRig {

    /** Promise S4: the job may die before its sinks have committed the first one. */
    @Test
    void positionsAreRecordedOnceACheckpointIsCompleteThatBeganAfterTheirsWas() throws Exception {
        Life life = reading("a");
        begins(life, 1, report("r0", 1, at(life, "a", 10)));
        begins(life, 2, report("r0", 2, at(life, "a", 20)));
        completes(life, 1);
        completes(life, 2);
        assertThat(recorded()).isEqualTo("0 100 a");

        begins(life, 3, report("r0", 3, at(life, "a", 30)));
        begins(life, 4, report("r0", 4, at(life, "a", 40)));
        completes(life, 3);
        assertThat(recorded()).isEqualTo("20 100 a");
        completes(life, 4);
        assertThat(recorded()).isEqualTo("20 100 a");

        begins(life, 5, report("r0", 5, at(life, "a", 50)));
        completes(life, 5);
        assertThat(recorded()).isEqualTo("40 100 a");
    }

    /** A savepoint takes longer than checkpoints that begin after it. */
    @Test
    void whatCompletesBehindALaterCheckpointSaysNothingOfThat() throws Exception {
        Life life = reading("a");
        begins(life, 1, report("r0", 1, at(life, "a", 10)));
        begins(life, 2, report("r0", 2, at(life, "a", 20)));
        completes(life, 2);

        completes(life, 1);

        assertThat(recorded()).isEqualTo("0 100 a");
    }

    /** Who is drained may be killed at once. */
    @Test
    void aMemberIsDrainedOnceACheckpointIsCompleteThatBeganAfterItsLastRelease() throws Exception {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        begins(life, 1, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 10)));
        begins(life, 2, frozen("r0", 2, Map.of("a", 1L), at(life, "a", 10)));
        ScriptedMember.applied(green.order("blue", new Orders(true, OptionalInt.empty())));
        completes(life, 1);
        assertThat(owner("a")).isEmpty();
        life.pass(TERMS.renewInterval());
        completes(life, 2);
        life.pass(TERMS.renewInterval());
        assertThat(life.row().state()).isEqualTo(MemberState.ACTIVE);

        begins(life, 3, report("r0", 3));
        completes(life, 3);
        life.pass(TERMS.renewInterval());

        assertThat(life.row().state()).isEqualTo(MemberState.DRAINED);
    }

    private Life reading(String split) {
        Life life = new Life(1, Optional.empty(), split);
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        return life;
    }

    private static void begins(Life life, long checkpointId, Positions reported) throws Exception {
        life.enumerator.snapshotState(checkpointId);
        life.enumerator.handleSourceEvent(0, reported);
        life.settle();
    }

    private static void completes(Life life, long checkpointId) throws Exception {
        life.enumerator.notifyCheckpointComplete(checkpointId);
        life.settle();
    }

    private String recorded() {
        return ScriptedMember.applied(green.send(new SplitRequest.Locate("orders", "a")))
                .map(progress -> new String(progress.bytes(), StandardCharsets.UTF_8))
                .orElseThrow();
    }
}
