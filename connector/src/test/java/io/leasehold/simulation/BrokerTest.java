package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.simulation.Broker.Transaction;
import io.leasehold.sink.book.Fate;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The broker of the simulation answers as Kafka does. */
class BrokerTest {

    private static final Incarnation ME = new Incarnation("a", "a-1");
    private static final long TIMEOUT = 60 * Scenario.SECOND;

    private final Agenda agenda = new Agenda();
    private final List<Fact> history = new ArrayList<>();
    private final Broker broker = new Broker(agenda, TIMEOUT, true, history::add);

    @Test
    void whatIsCommittedIsReadInTheOrderItWasWritten() {
        Transaction prepared = written("a-0", 3, 4);

        assertThat(broker.fate(prepared)).isEqualTo(Fate.OPEN);
        assertThat(broker.commit(prepared, false)).isTrue();
        assertThat(broker.commit(prepared, false)).isTrue();

        assertThat(broker.fate(prepared)).isEqualTo(Fate.COMMITTED);
        assertThat(history)
                .containsExactly(
                        new Fact.Opened(0, "a-0#1", ME),
                        new Fact.Committed(
                                0,
                                "a-0#1",
                                List.of(new Fact.Output("s", 3), new Fact.Output("s", 4))));
    }

    /** With the second protocol the writer's own commit moves the epoch, and is refused again. */
    @Test
    void aRefusedCommitSaysNothing() {
        Transaction prepared = written("a-0", 3);
        broker.commit(prepared, true);

        assertThat(broker.commit(prepared, false)).isFalse();
        assertThat(broker.fate(prepared)).isEqualTo(Fate.COMMITTED);
    }

    @Test
    void initializingANameAbortsWhatIsOpenUnderIt() {
        Transaction prepared = written("a-0", 3);

        Transaction next = broker.initialize("a-0");

        assertThat(history)
                .last()
                .isEqualTo(
                        new Fact.Aborted(
                                0, "a-0#1", "initialized", List.of(new Fact.Output("s", 3))));
        assertThat(broker.write(prepared, ME, new Fact.Output("s", 4))).isFalse();
        assertThat(broker.commit(prepared, false)).isFalse();
        assertThat(broker.write(next, ME, new Fact.Output("s", 4))).isTrue();
        // A name that has been used again does not say what became of the use before.
        assertThat(broker.fate(prepared)).isEqualTo(Fate.SUPERSEDED);
    }

    @Test
    void whatIsOpenForTooLongIsAborted() {
        Transaction prepared = written("a-0", 3);

        agenda.runUntil(TIMEOUT);

        assertThat(broker.open()).isEmpty();
        assertThat(broker.commit(prepared, false)).isFalse();
        // Of a name that is used again it could also be the transaction that came next.
        assertThat(broker.fate(prepared)).isEqualTo(Fate.UNKNOWN);
    }

    @Test
    void whatIsAbortedByItsEpochIsLost() {
        Transaction prepared = written("a-0", 3);

        broker.abort(broker.open().get(0));

        assertThat(broker.fate(prepared)).isEqualTo(Fate.LOST);
    }

    /** Between looking and aborting the name may have been used again. */
    @Test
    void onlyWhatWasSeenIsAborted() {
        Transaction seen = written("a-0", 3);
        broker.commit(seen, false);
        Transaction next = written("a-0", 4);

        broker.abort(seen);

        assertThat(broker.open()).containsExactly(next);
    }

    @Test
    void aNameThatNobodyHasUsedIsUnknown() {
        assertThat(broker.fate(new Transaction("a-1", 1))).isEqualTo(Fate.UNKNOWN);
        assertThat(broker.commit(new Transaction("a-1", 1), false)).isFalse();
    }

    private Transaction written(String name, long... positions) {
        Transaction transaction = broker.initialize(name);
        for (long position : positions) {
            assertThat(broker.write(transaction, ME, new Fact.Output("s", position))).isTrue();
        }
        return transaction;
    }
}
