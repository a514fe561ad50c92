package io.leasehold.sink.kafka;

import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

import static org.awaitility.Awaitility.await;

/** A real broker of one transaction protocol, and transactions that were prepared on it. */
final class TransactionBroker implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final TopicPartition PARTITION = new TopicPartition(KafkaSinks.TOPIC, 0);

    private final EmbeddedKafka kafka;
    private final Admin admin;
    private final List<FlinkKafkaInternalProducer<byte[], byte[]>> producers = new ArrayList<>();
    private int names;

    private TransactionBroker(EmbeddedKafka kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    static TransactionBroker withProtocol(int protocol) {
        EmbeddedKafka kafka =
                EmbeddedKafka.start(
                        Map.of(
                                "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                                "200"),
                        Map.of("transaction.version", (short) protocol));
        kafka.createTopic(KafkaSinks.TOPIC, 1);
        return new TransactionBroker(kafka);
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    Admin admin() {
        return admin;
    }

    /** A transaction whose writer has flushed it and lives on. */
    record Prepared(
            KafkaTransaction transaction,
            FlinkKafkaInternalProducer<byte[], byte[]> writer,
            String value) {

        /** As it is read from the lease table: without the writer's producer. */
        KafkaCommittable committable() {
            return new KafkaCommittable(
                    transaction.producerId(),
                    (short) transaction.epoch(),
                    transaction.name(),
                    null);
        }
    }

    /** Under a name that nobody else has. */
    Prepared prepared() {
        return prepared("name-%s".formatted(names++));
    }

    Prepared prepared(String name) {
        return prepared(name, LONG);
    }

    Prepared prepared(String name, Duration timeOut) {
        FlinkKafkaInternalProducer<byte[], byte[]> writer = initialized(name, timeOut);
        return written(writer);
    }

    /** The next transaction of a producer, which does not initialize its id again. */
    Prepared written(FlinkKafkaInternalProducer<byte[], byte[]> writer) {
        writer.beginTransaction();
        KafkaTransaction transaction =
                new KafkaTransaction(
                        writer.getTransactionalId(), writer.getProducerId(), writer.getEpoch());
        String value = transaction.toString();
        writer.send(
                new ProducerRecord<>(
                        KafkaSinks.TOPIC, 0, null, value.getBytes(StandardCharsets.UTF_8)));
        writer.flush();
        writer.precommitTransaction();
        return new Prepared(transaction, writer, value);
    }

    /** A producer that has initialized an id: what was open under it is aborted. */
    FlinkKafkaInternalProducer<byte[], byte[]> initialized(String name) {
        return initialized(name, LONG);
    }

    private FlinkKafkaInternalProducer<byte[], byte[]> initialized(String name, Duration timeOut) {
        Properties properties = producerConfig();
        properties.put("transaction.timeout.ms", String.valueOf(timeOut.toMillis()));
        FlinkKafkaInternalProducer<byte[], byte[]> producer =
                new FlinkKafkaInternalProducer<>(properties, name);
        producers.add(producer);
        producer.initTransactions();
        return producer;
    }

    /** Aborts all that is open, of whatever producer, and waits until it is over. */
    void endWhatIsOpen() throws ExecutionException, InterruptedException {
        for (TransactionListing listed : admin.listTransactions().all().get()) {
            if (listed.state() == TransactionState.ONGOING) {
                initialized(listed.transactionalId());
                settled(listed.transactionalId());
            }
        }
    }

    /** What another process commits with: it knows nothing but what the committable says. */
    TransactionEnder anotherProcess() {
        return new TransactionEnder(producerConfig());
    }

    private Properties producerConfig() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("key.serializer", ByteArraySerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        properties.put("max.block.ms", String.valueOf(PATIENCE.toMillis()));
        return properties;
    }

    OutputSession<KafkaCommittable> session(TransactionNamingStrategy naming) {
        return KafkaOutput.of(
                        KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE, bootstrapServers())
                                .setTransactionNamingStrategy(naming)
                                .build())
                .open(PATIENCE);
    }

    FateAnswer fate(Prepared prepared) throws InterruptedException {
        try (OutputSession<KafkaCommittable> session =
                session(TransactionNamingStrategy.INCREMENTING)) {
            return session.fates(List.of(prepared.committable())).get(0);
        }
    }

    FateAnswer commit(Prepared prepared) throws InterruptedException {
        try (OutputSession<KafkaCommittable> session =
                session(TransactionNamingStrategy.INCREMENTING)) {
            return session.commit(List.of(prepared.committable())).get(0);
        }
    }

    SeenTransaction seen(String name) throws ExecutionException, InterruptedException {
        return SeenTransaction.of(
                name, admin.describeTransactions(List.of(name)).description(name).get());
    }

    /** Waits until the broker is done with the id's latest transaction. */
    SeenTransaction settled(String name) {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> seen(name),
                        seen ->
                                switch (seen.state()) {
                                    case EMPTY, COMPLETE_ABORT, COMPLETE_COMMIT -> true;
                                    default -> false;
                                });
    }

    /** Waits until a transaction has timed out. */
    void timedOut(Prepared prepared) {
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                seen(prepared.transaction().name()).state()
                                        == TransactionState.COMPLETE_ABORT);
    }

    /** How often readers of committed output see it by now, up to the first open transaction. */
    int visible(Prepared prepared) {
        return (int) committed().stream().filter(prepared.value()::equals).count();
    }

    /** What readers of committed output see by now, up to the first open transaction. */
    List<String> committed() {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "isolation.level",
                                "read_committed"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            List<String> values = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                consumer.poll(Duration.ofMillis(100))
                                        .forEach(record -> values.add(record.value()));
                                return consumer.position(PARTITION) >= end;
                            });
            return values;
        }
    }

    /** Stops the broker; whoever asks it now gets no answer. */
    void goAway() {
        kafka.close();
    }

    @Override
    public void close() {
        producers.forEach(FlinkKafkaInternalProducer::close);
        admin.close(Duration.ZERO);
        kafka.close();
    }
}
