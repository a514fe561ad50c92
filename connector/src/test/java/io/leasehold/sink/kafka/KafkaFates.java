package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;

import org.apache.kafka.clients.admin.TransactionState;

/** What Kafka's answers say of prepared output, for the simulation's broker. */
public final class KafkaFates {

    private KafkaFates() {}

    /**
     * The fate of a prepared transaction whose name the broker describes so.
     *
     * @param prepared the epoch it was prepared in
     * @param latest the epoch of the name now, of the same producer id
     * @param state the state of the name now
     */
    public static Fate of(boolean namesAreReused, int prepared, int latest, State state) {
        return new KafkaFate(namesAreReused)
                .of(
                        new KafkaTransaction("name", 1, prepared),
                        new SeenTransaction(
                                new KafkaTransaction("name", 1, latest), state.described));
    }

    /** A state in which the broker describes a name. */
    public enum State {
        EMPTY(TransactionState.EMPTY),
        ONGOING(TransactionState.ONGOING),
        COMMITTED(TransactionState.COMPLETE_COMMIT),
        ABORTED(TransactionState.COMPLETE_ABORT);

        private final TransactionState described;

        State(TransactionState described) {
            this.described = described;
        }
    }
}
