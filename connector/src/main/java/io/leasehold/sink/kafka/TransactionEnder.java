package io.leasehold.sink.kafka;

import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * Commits and aborts transactions that other producers have prepared. It never initializes an id,
 * so it fences nobody: the broker ends exactly the producer id and epoch that it is told, or
 * refuses.
 *
 * <p>Not {@code fenceProducers}, which ends whatever is open by then, and waits for each. Not
 * {@code Admin.abortTransaction}, which the coordinator does not learn of: it acknowledges a later
 * commit although the records are gone.
 */
final class TransactionEnder implements AutoCloseable {

    private final Properties producerConfig;
    private Optional<FlinkKafkaInternalProducer<byte[], byte[]>> producer = Optional.empty();

    TransactionEnder(Properties producerConfig) {
        this.producerConfig = producerConfig;
    }

    /**
     * @return why it is not certain that it was committed; empty if the broker said so
     */
    Optional<KafkaException> commit(KafkaTransaction transaction) throws InterruptedException {
        return end(transaction, FlinkKafkaInternalProducer::commitTransaction);
    }

    /**
     * @return why it is not certain that it was aborted; empty if the broker said so
     */
    Optional<KafkaException> abort(KafkaTransaction transaction) throws InterruptedException {
        return end(transaction, FlinkKafkaInternalProducer::abortTransaction);
    }

    private Optional<KafkaException> end(
            KafkaTransaction transaction, Consumer<FlinkKafkaInternalProducer<byte[], byte[]>> end)
            throws InterruptedException {
        try {
            FlinkKafkaInternalProducer<byte[], byte[]> resumed = producerFor(transaction.name());
            resumed.resumeTransaction(transaction.producerId(), (short) transaction.epoch());
            end.accept(resumed);
            return Optional.empty();
        } catch (InterruptException e) {
            // Kafka has set the flag; the exception that replaces it says the same.
            Thread.interrupted();
            close();
            throw new InterruptedException(e.getMessage());
        } catch (KafkaException e) {
            // A producer that was refused can do nothing more.
            close();
            return Optional.of(e);
        }
    }

    private FlinkKafkaInternalProducer<byte[], byte[]> producerFor(String name) {
        producer.ifPresent(reused -> reused.setTransactionId(name));
        if (producer.isEmpty()) {
            producer = Optional.of(new FlinkKafkaInternalProducer<>(producerConfig, name));
        }
        return producer.get();
    }

    @Override
    public void close() {
        producer.ifPresent(FlinkKafkaInternalProducer::close);
        producer = Optional.empty();
    }
}
