package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;

import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link WhoMayCommitContract} sees of a real broker, and what is hard to bring about. */
class KafkaFateTest {

    private static final KafkaTransaction PREPARED = new KafkaTransaction("out-0-5", 4000, 7);

    @ParameterizedTest(name = "{0} in epoch {1}: {2}")
    @CsvSource({
        // Nobody has touched it.
        "ONGOING, 7, OPEN",
        // Committed: with protocol 1, with protocol 2, and underway.
        "COMPLETE_COMMIT, 7, COMMITTED",
        "COMPLETE_COMMIT, 8, COMMITTED",
        "PREPARE_COMMIT, 7, COMMITTED",
        "PREPARE_COMMIT, 8, COMMITTED",
        // Committed by a fresh client, or with protocol 1 and then initialized.
        "EMPTY, 8, COMMITTED",
        // Aborted by name, and by its time-out.
        "PREPARE_ABORT, 7, LOST",
        "COMPLETE_ABORT, 7, LOST",
        "PREPARE_ABORT, 8, LOST",
        "COMPLETE_ABORT, 8, LOST",
        // The id has been used again, in whatever way the prepared transaction ended.
        "ONGOING, 8, SUPERSEDED",
        "ONGOING, 9, SUPERSEDED",
        "EMPTY, 9, SUPERSEDED",
        "COMPLETE_COMMIT, 9, SUPERSEDED",
        "COMPLETE_ABORT, 9, SUPERSEDED",
        "PREPARE_ABORT, 10, SUPERSEDED",
        // About to be something else; without records; from before it was prepared.
        "PREPARE_EPOCH_FENCE, 8, UNKNOWN",
        "UNKNOWN, 7, UNKNOWN",
        "EMPTY, 7, UNKNOWN",
        "ONGOING, 6, UNKNOWN",
        "COMPLETE_COMMIT, 6, UNKNOWN",
    })
    void stateAndEpochTellTheFate(TransactionState state, int epoch, Fate fate) {
        assertThat(new KafkaFate(false).of(PREPARED, seen(4000, epoch, state))).isEqualTo(fate);
    }

    @Test
    void whereNamesAreReusedALaterUseMayBeTheAbortedOne() {
        for (TransactionState state : TransactionState.values()) {
            for (int epoch = 6; epoch <= 10; epoch++) {
                SeenTransaction seen = seen(4000, epoch, state);
                Fate once = new KafkaFate(false).of(PREPARED, seen);
                boolean abortedOneOn = epoch == 8 && once == Fate.LOST;
                assertThat(new KafkaFate(true).of(PREPARED, seen))
                        .isEqualTo(abortedOneOn ? Fate.UNKNOWN : once);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TransactionState.class)
    void anotherProducerIdIsNeverTakenForCommittedOrLost(TransactionState state) {
        for (int epoch : new int[] {0, 7, 8}) {
            assertThat(new KafkaFate(true).of(PREPARED, seen(4001, epoch, state)))
                    .isIn(Fate.SUPERSEDED, Fate.UNKNOWN);
        }
    }

    @Test
    void anAbortUnderAnotherProducerIdMayBeOfThePreparedOne() {
        assertThat(new KafkaFate(true).of(PREPARED, seen(4001, 0, TransactionState.COMPLETE_ABORT)))
                .isEqualTo(Fate.UNKNOWN);
    }

    private static SeenTransaction seen(long producerId, int epoch, TransactionState state) {
        return new SeenTransaction(new KafkaTransaction(PREPARED.name(), producerId, epoch), state);
    }
}
