package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The lease table loses changes that a job has seen: protocol section 8. */
@Timeout(30)
class EnumeratorTableWentBackTest extends EnumeratorRig {

    private final ScriptedMember red =
            new ScriptedMember(table.open(), "orders", new Incarnation("red", "red-1"));

    /** A job that has seen one change more than the table now has. */
    private Life aheadOfTheTable() {
        Life life = reading(1, "a", "b");
        MemoryLeaseTable.Copy before = table.copy();
        red.joined();
        life.pass(TERMS.renewInterval());
        table.goBackTo(before);
        return life;
    }

    @Test
    void theReadersStopAtOnceAndTheJobFails() {
        Life life = aheadOfTheTable();
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        int granted = sent(life, GrantExtended.class).size();

        assertThatThrownBy(() -> life.pass(TERMS.renewInterval()))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("The lease table went back in time");

        assertThat(sent(life, GrantWithdrawn.class)).hasSize(1);
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        assertThat(sent(life, GrantExtended.class)).hasSize(granted);
    }

    /** Dropping a split is for a lease that another has; here nobody knows who has what. */
    @Test
    void theJobFailsAlsoWhereLostSplitsAreDropped() {
        dropsLost = true;
        Life life = aheadOfTheTable();

        assertThatThrownBy(() -> life.pass(TERMS.renewInterval()))
                .isInstanceOf(LeaseLostException.class);
    }

    @Test
    void itIsCounted() {
        Life life = aheadOfTheTable();
        assertThatThrownBy(() -> life.pass(TERMS.renewInterval()))
                .isInstanceOf(LeaseLostException.class);

        assertThat(life.shown("tableWentBack")).isEqualTo(1L);
        assertThat(life.shown("losses")).isEqualTo(2L);
    }
}
