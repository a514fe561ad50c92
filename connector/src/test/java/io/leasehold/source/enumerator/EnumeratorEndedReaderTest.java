package io.leasehold.source.enumerator;

import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Readers whose task may have finished: Flink fails the job for an event that does not arrive. */
@Timeout(30)
class EnumeratorEndedReaderTest extends EnumeratorRig {

    @Test
    void toReadersThatWereToldThatNoSplitsWillComeNothingIsSent() throws Exception {
        bounded = true;
        Life life = reading(2, "a");
        for (int checkpoint = 1; checkpoint <= 2; checkpoint++) {
            life.checkpoint(
                    checkpoint, report("r0", checkpoint, position(split(life, "a").asFinished())));
        }
        assertThat(life.context.toldNoMore).containsExactly(0, 1);
        life.context.sent.clear();

        // One has had a split, the other none.
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        life.enumerator.handleSourceEvent(1, new GrantRequested("r1", now));
        life.enumerator.snapshotState(3);

        assertThat(life.context.sent).isEmpty();
    }

    @Test
    void toAReaderThatIsClosedNothingIsSent() throws Exception {
        Life life = reading(2, "a");
        int none = life.context.assigned.containsKey(0) ? 1 : 0;
        String closed = "r" + none;
        life.enumerator.snapshotState(1);
        assertThat(sent(life, BarrierAhead.class)).containsExactly(new BarrierAhead(closed, 1));
        life.context.sent.clear();

        life.enumerator.handleSourceEvent(none, new Closed(closed, Set.of(closed)));
        life.enumerator.handleSourceEvent(none, new GrantRequested(closed, now));
        life.enumerator.snapshotState(2);

        assertThat(life.context.sent).isEmpty();
    }
}
