package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.kafka.TransactionBroker.Prepared;

import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;

import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who may still commit a prepared transaction, after whom, what the broker says then, and what our
 * answer is: on a broker of either transaction protocol. What the broker throws differs between the
 * two; what is visible and what we answer does not.
 */
abstract class WhoMayCommitContract extends OfEitherProtocol {

    WhoMayCommitContract(int protocol) {
        super(protocol);
    }

    /** Nothing is left open: it would hide what comes behind it from readers. */
    @AfterEach
    void nothingIsOpen() throws Exception {
        broker.endWhatIsOpen();
    }

    @Test
    void whatIsPreparedIsOpenUntilItIsCommitted() throws Exception {
        Prepared prepared = broker.prepared();
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.OPEN);
        assertThat(broker.visible(prepared)).isZero();
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(seen(prepared)).isOne();
    }

    @Test
    void anotherProcessCommitsAndAgainAndThenTheWriter() throws Exception {
        Prepared prepared = broker.prepared();
        assertThat(commit(prepared)).isEmpty();
        assertThat(commit(prepared)).isEmpty();
        assertThat(ofWriter(prepared)).isEqualTo(withProtocol2(InvalidTxnStateException.class));
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(seen(prepared)).isOne();
    }

    @Test
    void theWriterCommitsAndThenOthers() throws Exception {
        Prepared prepared = broker.prepared();
        assertThat(ofWriter(prepared)).isEmpty();
        assertThat(commit(prepared)).isEqualTo(withProtocol2(ProducerFencedException.class));
        // What the exception says is not so.
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(seen(prepared)).isOne();
    }

    @Test
    void afterItsTimeOutItIsLost() throws Exception {
        Prepared prepared = broker.prepared("timed-out", Duration.ofSeconds(1));
        broker.timedOut(prepared);
        assertThat(broker.settled("timed-out").transaction().epoch())
                .isEqualTo(prepared.transaction().epoch() + 1);
        assertThat(commit(prepared)).contains(ProducerFencedException.class);
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.LOST);
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.LOST);
        assertThat(seen(prepared)).isZero();
    }

    /** Nobody can tell it from one that was committed before: so none may be initialized before. */
    @Test
    void whatIsInitializedBeforeItsCommitIsGoneAndCannotBeToldFromCommitted() throws Exception {
        Prepared prepared = broker.prepared();
        broker.initialized(prepared.transaction().name());
        assertGoneWithoutATrace(prepared);
        Prepared fenced = broker.prepared();
        broker.admin().fenceProducers(List.of(fenced.transaction().name())).all().get();
        assertGoneWithoutATrace(fenced);
    }

    private void assertGoneWithoutATrace(Prepared prepared) throws Exception {
        assertThat(broker.settled(prepared.transaction().name()))
                .isEqualTo(
                        new SeenTransaction(
                                new KafkaTransaction(
                                        prepared.transaction().name(),
                                        prepared.transaction().producerId(),
                                        prepared.transaction().epoch() + 2),
                                TransactionState.EMPTY));
        assertThat(commit(prepared)).contains(ProducerFencedException.class);
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.SUPERSEDED);
        assertThat(seen(prepared)).isZero();
    }

    /** With protocol 2 too: the first commit of a fresh client is of protocol 1. */
    @Test
    void whatAFreshClientCommittedIsCommittedWhateverTheBrokerShows() throws Exception {
        Prepared prepared = broker.prepared();
        assertThat(commit(prepared)).isEmpty();
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.COMMITTED);
        KafkaTransaction settled = broker.settled(prepared.transaction().name()).transaction();
        assertThat(settled.epoch() - prepared.transaction().epoch()).isBetween(0, protocol - 1);
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(seen(prepared)).isOne();
    }

    @Test
    void oneClientCommitsManyOneAfterTheOther() throws Exception {
        try (TransactionEnder ender = broker.anotherProcess()) {
            for (int i = 0; i < 5; i++) {
                Prepared prepared = broker.prepared();
                assertThat(ender.commit(prepared.transaction())).isEmpty();
                assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.COMMITTED);
                assertThat(seen(prepared)).isOne();
            }
        }
    }

    @Test
    void onceItsIdIsInitializedAfterwardsTheFirstProtocolStillTells() throws Exception {
        Prepared prepared = broker.prepared();
        assertThat(ofWriter(prepared)).isEmpty();
        broker.initialized(prepared.transaction().name());
        assertThat(broker.fate(prepared).fate())
                .isEqualTo(protocol == 1 ? Fate.COMMITTED : Fate.SUPERSEDED);
        broker.initialized(prepared.transaction().name());
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.SUPERSEDED);
        assertThat(seen(prepared)).isOne();
    }

    @Test
    void onceItsIdIsInUseAgainItIsSupersededAndALateCommitChangesNothing() throws Exception {
        Prepared first = broker.prepared();
        assertThat(ofWriter(first)).isEmpty();
        Prepared second = broker.prepared(first.transaction().name());
        assertThat(broker.commit(first).fate()).isEqualTo(Fate.SUPERSEDED);
        assertThat(broker.fate(second).fate()).isEqualTo(Fate.OPEN);
        assertThat(broker.commit(second).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(seen(first)).isOne();
        assertThat(seen(second)).isOne();
    }

    /** Why it matters that a KafkaSink initializes an id for each of its transactions. */
    @Test
    void aProducerThatDoesNotInitializeAgainIsCommittedByMistakeWithTheFirstProtocol()
            throws Exception {
        Prepared first = broker.prepared();
        assertThat(ofWriter(first)).isEmpty();
        FlinkKafkaInternalProducer<byte[], byte[]> writer = first.writer();
        Prepared second = broker.written(writer);
        assertThat(commit(first)).isEqualTo(withProtocol2(ProducerFencedException.class));
        assertThat(broker.fate(second).fate())
                .isEqualTo(protocol == 1 ? Fate.COMMITTED : Fate.OPEN);
    }

    /** Nothing can tell: an administrator must not do that to output of a leased sink. */
    @Test
    void whatAnAdministratorAbortsInAPartitionIsAcknowledgedAsCommitted() throws Exception {
        Prepared prepared = broker.prepared();
        TopicPartition partition = new TopicPartition(KafkaSinks.TOPIC, 0);
        ProducerState producer =
                broker
                        .admin()
                        .describeProducers(List.of(partition))
                        .partitionResult(partition)
                        .get()
                        .activeProducers()
                        .stream()
                        .filter(one -> one.producerId() == prepared.transaction().producerId())
                        .findAny()
                        .orElseThrow();
        broker.admin()
                .abortTransaction(
                        new AbortTransactionSpec(
                                partition,
                                producer.producerId(),
                                (short) producer.producerEpoch(),
                                producer.coordinatorEpoch().orElse(0)))
                .all()
                .get();
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(seen(prepared)).isZero();
    }

    @Test
    void whatTheBrokerKnowsNothingOfIsUnknown() throws Exception {
        Prepared prepared = broker.prepared();
        Prepared elsewhere =
                new Prepared(
                        new KafkaTransaction("never", prepared.transaction().producerId(), 0),
                        prepared.writer(),
                        "");
        assertThat(broker.fate(elsewhere).fate()).isEqualTo(Fate.UNKNOWN);
        assertThat(broker.fate(elsewhere).evidence())
                .isEqualTo("Kafka has no transaction of that name, or has forgotten it");
    }

    private Optional<Class<? extends KafkaException>> commit(Prepared prepared)
            throws InterruptedException {
        try (TransactionEnder ender = broker.anotherProcess()) {
            return ender.commit(prepared.transaction()).map(KafkaException::getClass);
        }
    }

    private static Optional<Class<? extends KafkaException>> ofWriter(Prepared prepared) {
        try {
            prepared.writer().commitTransaction();
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of(e.getClass());
        }
    }

    private Optional<Class<? extends KafkaException>> withProtocol2(
            Class<? extends KafkaException> type) {
        return protocol == 2 ? Optional.of(type) : Optional.empty();
    }

    /** How often readers see it once the broker is done with its id. */
    private int seen(Prepared prepared) {
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                switch (broker.seen(prepared.transaction().name()).state()) {
                                    case PREPARE_ABORT, PREPARE_COMMIT -> false;
                                    default -> true;
                                });
        return broker.visible(prepared);
    }
}
