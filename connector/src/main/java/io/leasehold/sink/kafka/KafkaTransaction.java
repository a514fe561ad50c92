package io.leasehold.sink.kafka;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;

/**
 * One use of a transactional id: whoever names all three to the broker means this transaction, or
 * is refused.
 *
 * @param name the transactional id
 */
record KafkaTransaction(String name, long producerId, int epoch) {

    static KafkaTransaction of(KafkaCommittable committable) {
        return new KafkaTransaction(
                committable.getTransactionalId(),
                committable.getProducerId(),
                committable.getEpoch());
    }

    @Override
    public String toString() {
        return "'%s' of producer %s in epoch %s".formatted(name, producerId, epoch);
    }
}
