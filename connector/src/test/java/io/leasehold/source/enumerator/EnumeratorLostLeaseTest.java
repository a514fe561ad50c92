package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Somebody changes the lease table under a job that reads. */
@Timeout(30)
class EnumeratorLostLeaseTest extends EnumeratorRig {

    private final ScriptedMember thief =
            new ScriptedMember(table.open(), "orders", new Incarnation("thief", "thief-1"));

    @Test
    void unlessOtherwiseSaidTheJobFails() {
        Life life = reading(1, "a", "b");

        assertThatThrownBy(() -> steal(life, "a"))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("The lease of split 'a' was lost: it is owned by thief");
        assertThat(sent(life, GrantWithdrawn.class)).hasSize(1);
    }

    @Test
    void aDroppedSplitIsStoppedAndLetGoAndTheOthersGoOn() throws Exception {
        dropsLost = true;
        Life life = reading(1, "a", "b");

        steal(life, "a");

        assertThat(sent(life, StopRequested.class))
                .containsExactly(new StopRequested("r0", Map.of("a", 1L)));
        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r0", Set.of("a")));
        assertThat(thief.lease("b").ownerId()).contains("blue");
        assertThat(life.enumerator.snapshotState(1).withheld()).isEmpty();
    }

    /** Promise S1: a grant is for all that a reader has. */
    @Test
    void beforeItHasStoppedTheReaderIsGrantedNothing() {
        dropsLost = true;
        Life life = reading(1, "a", "b");
        steal(life, "a");

        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        assertThat(sent(life, GrantExtended.class)).isEmpty();

        life.enumerator.handleSourceEvent(0, new Stopped("r0", Set.of(1L)));
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        assertThat(sent(life, GrantExtended.class)).hasSize(1);
    }

    /** Its row is another's: what its reader reported of it meanwhile must not be recorded. */
    @Test
    void whatWasReportedOfADroppedSplitIsNotRecorded() throws Exception {
        dropsLost = true;
        Life life = reading(1, "a", "b");
        List<LeasedSplit<MemoryQueueSplit>> had = List.copyOf(life.context.assigned.get(0));
        LeaseSourceEvent.Position[] positions =
                had.stream().map(EnumeratorRig::position).toArray(LeaseSourceEvent.Position[]::new);
        life.checkpoint(1, report("r0", 1, positions));

        steal(life, "a");
        life.checkpoint(2, report("r0", 2, positions));
        life.checkpoint(3, report("r0", 3, positions));

        assertThat(
                        life.requests.stream()
                                .filter(OwnershipRequest.Record.class::isInstance)
                                .flatMap(
                                        record ->
                                                ((OwnershipRequest.Record) record)
                                                        .splits().stream())
                                .map(OwnershipRequest.Recorded::splitId))
                .containsExactly("b", "b");
    }

    /** Promise S1, where the thief gives it back at once. */
    @Test
    void aDroppedSplitThatComesBackWaitsForTheGrantItWasReadUnder() {
        dropsLost = true;
        Life life = reading(2, "a", "b");
        int holder = life.context.assigned.get(0).get(0).leaseId().equals("a") ? 0 : 1;
        String reader = "r" + holder;
        life.enumerator.handleSourceEvent(holder, new GrantRequested(reader, now));
        thief.joined();
        ScriptedMember.applied(thief.release(thief.taking("a"), Optional.empty()));
        ScriptedMember.applied(thief.close(thief, Optional.empty()));

        life.pass(TERMS.renewInterval());
        assertThat(sent(life, DropRequested.class)).hasSize(1);
        assertThat(thief.lease("a").ownerId()).contains("blue");
        assertThat(assigned(life)).isEqualTo(2);
        life.pass(TERMS.readerGrant());
        assertThat(assigned(life)).isEqualTo(3);
    }

    /** Somebody else may have it by then, and go on from another position. */
    @Test
    void aDroppedSplitThatItsReaderIsGivenBackIsNotGoneOnWith() throws Exception {
        dropsLost = true;
        Life life = reading(1, "a", "b");
        List<LeasedSplit<MemoryQueueSplit>> had = List.copyOf(life.context.assigned.get(0));
        steal(life, "a");

        life.gone(0, had);

        assertThat(life.enumerator.snapshotState(1).withheld())
                .extracting(LeasedSplit::leaseId)
                .containsExactly("b");
    }

    /** Nothing is left that it could go on with. */
    @Test
    void whoseIncarnationWasEndedFailsThoughItDropsLostSplits() {
        dropsLost = true;
        Life life = reading(1, "a", "b");
        ScriptedMember.applied(
                thief.joined()
                        .close(
                                new ScriptedMember(table.open(), "orders", life.me),
                                Optional.empty()));

        assertThatThrownBy(() -> life.pass(TERMS.renewInterval()))
                .isInstanceOf(LeaseLostException.class);
        assertThat(sent(life, GrantWithdrawn.class)).hasSize(1);
    }

    private static long assigned(Life life) {
        return life.context.assigned.values().stream().mapToLong(List::size).sum();
    }

    private void steal(Life life, String splitId) {
        thief.joined();
        thief.taking(splitId);
        life.pass(TERMS.renewInterval());
    }
}
