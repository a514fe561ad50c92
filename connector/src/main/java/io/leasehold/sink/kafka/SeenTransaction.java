package io.leasehold.sink.kafka;

import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;

/** What the broker says of a transactional id. */
record SeenTransaction(KafkaTransaction transaction, TransactionState state) {

    static SeenTransaction of(String name, TransactionDescription description) {
        return new SeenTransaction(
                new KafkaTransaction(name, description.producerId(), description.producerEpoch()),
                description.state());
    }

    @Override
    public String toString() {
        return "%s: %s".formatted(transaction, state);
    }
}
