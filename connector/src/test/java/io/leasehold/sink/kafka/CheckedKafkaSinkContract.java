package io.leasehold.sink.kafka;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** No transaction that Kafka has aborted goes unnoticed: on a broker of either protocol. */
@SuppressWarnings("try") // What an operator's close may throw is Flink's to declare.
abstract class CheckedKafkaSinkContract extends OfEitherProtocol {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private int prefixes;

    CheckedKafkaSinkContract(int protocol) {
        super(protocol);
    }

    /** Nothing is left open: it would hide what comes behind it from readers. */
    @AfterEach
    void nothingIsOpen() throws Exception {
        broker.endWhatIsOpen();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsOpenIsPreparedAndCommitted(TransactionNamingStrategy naming) throws Exception {
        KafkaSink<String> sink = sink(naming, LONG);
        try (Writer writer = new Writer(CheckedKafkaSink.of(sink));
                Committing committing = new Committing(CheckedKafkaSink.of(sink))) {
            for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
                String value = "%s, %s of %s".formatted(naming, checkpoint, writer);
                writer.write(value);
                assertThat(committing.saidOf(writer.prepared(checkpoint))).isEmpty();
                assertThat(broker.committed()).contains(value);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCheckpointFailsWhoseTransactionHasTimedOut(TransactionNamingStrategy naming)
            throws Exception {
        KafkaSink<String> sink = sink(naming, SHORT);
        try (Writer writer = new Writer(CheckedKafkaSink.of(sink))) {
            writer.write("too late");
            timedOut();
            assertThatThrownBy(() -> writer.prepared(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("Kafka has aborted", "goes back to its last");
        }
    }

    /** Why there is a sink that checks. */
    @Test
    void kafkaSinkItselfPreparesWhatHasTimedOutAndDropsIt() throws Exception {
        KafkaSink<String> sink = sink(TransactionNamingStrategy.INCREMENTING, SHORT);
        try (Writer writer = new Writer(sink);
                Committing committing = new Committing(sink)) {
            writer.write("lost");
            timedOut();
            assertThat(committing.saidOf(writer.prepared(1))).isEqualTo("known reason");
            assertThat(broker.committed()).doesNotContain("lost");
        }
    }

    @Test
    void aCommitFailsWhoseTransactionIsAborted() throws Exception {
        KafkaSink<String> sink = sink(TransactionNamingStrategy.INCREMENTING, LONG);
        try (Writer writer = new Writer(CheckedKafkaSink.of(sink));
                Committing committing = new Committing(CheckedKafkaSink.of(sink));
                TransactionEnder another = broker.anotherProcess()) {
            writer.write("completed and lost");
            KafkaCommittable prepared = writer.prepared(1);
            assertThat(another.abort(KafkaTransaction.of(prepared))).isEmpty();
            assertThat(committing.saidOf(prepared))
                    .startsWith("unknown reason")
                    .contains("Kafka has aborted a transaction of a completed checkpoint");
        }
    }

    @Test
    void whatAnotherProcessHasCommittedIsCommitted() throws Exception {
        KafkaSink<String> sink = sink(TransactionNamingStrategy.INCREMENTING, LONG);
        try (Writer writer = new Writer(CheckedKafkaSink.of(sink));
                Committing committing = new Committing(CheckedKafkaSink.of(sink));
                TransactionEnder another = broker.anotherProcess()) {
            writer.write("committed before");
            KafkaCommittable prepared = writer.prepared(1);
            assertThat(another.commit(KafkaTransaction.of(prepared))).isEmpty();
            assertThat(committing.saidOf(prepared)).isIn("", "already committed");
        }
    }

    /** Flink would end the TaskManager. */
    @Test
    void aWriterWhoseTransactionIsAbortedIsClosedQuietly() throws Exception {
        Writer writer =
                new Writer(
                        CheckedKafkaSink.of(sink(TransactionNamingStrategy.INCREMENTING, SHORT)));
        writer.write("given up");
        timedOut();
        assertThatCode(writer::close).doesNotThrowAnyException();
    }

    private KafkaSink<String> sink(TransactionNamingStrategy naming, Duration timeout) {
        return KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE, broker.bootstrapServers())
                .setTransactionNamingStrategy(naming)
                .setTransactionalIdPrefix("checked-%s".formatted(prefixes++))
                .setProperty("transaction.timeout.ms", String.valueOf(timeout.toMillis()))
                .build();
    }

    private String prefix() {
        return "checked-%s".formatted(prefixes - 1);
    }

    /** Waits until what the latest sink has written is aborted. */
    private void timedOut() {
        await().atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                broker.admin().listTransactions().all().get().stream()
                                        .filter(it -> it.transactionalId().startsWith(prefix()))
                                        .map(TransactionListing::state)
                                        .anyMatch(TransactionState.COMPLETE_ABORT::equals));
    }

    /** Flink's operator with a sink's writer in it, as subtask 0 of 1. */
    private static final class Writer implements AutoCloseable {

        private final OneInputStreamOperatorTestHarness<
                        String, CommittableMessage<KafkaCommittable>>
                harness;

        <SinkT extends Sink<String> & SupportsCommitter<KafkaCommittable>> Writer(SinkT sink)
                throws Exception {
            harness =
                    new OneInputStreamOperatorTestHarness<>(
                            new SinkWriterOperatorFactory<String, KafkaCommittable>(sink));
            harness.setup(
                    CommittableMessageTypeInfo.of(sink::getCommittableSerializer)
                            .createSerializer(new SerializerConfigImpl()));
            harness.open();
        }

        void write(String value) throws Exception {
            harness.processElement(value, 0);
        }

        /** Takes a checkpoint: what that prepared. */
        KafkaCommittable prepared(long checkpoint) throws Exception {
            harness.prepareSnapshotPreBarrier(checkpoint);
            harness.snapshot(checkpoint, checkpoint);
            return harness.extractOutputValues().stream()
                    .filter(CommittableWithLineage.class::isInstance)
                    .map(it -> ((CommittableWithLineage<KafkaCommittable>) it).getCommittable())
                    .reduce((earlier, later) -> later)
                    .orElseThrow();
        }

        @Override
        public void close() throws Exception {
            harness.close();
        }
    }

    /** A sink's committer, and what it says of a commit. */
    private static final class Committing implements AutoCloseable {

        private final Committer<KafkaCommittable> committer;

        Committing(SupportsCommitter<KafkaCommittable> sink) throws Exception {
            committer = sink.createCommitter(new FirstSubtask());
        }

        /** Commits: empty if nothing was said, which stands for success. */
        String saidOf(KafkaCommittable committable) throws Exception {
            Said said = new Said(committable);
            committer.commit(List.of(said));
            return said.text;
        }

        @Override
        public void close() throws Exception {
            committer.close();
        }
    }

    private static final class Said implements CommitRequest<KafkaCommittable> {

        private final KafkaCommittable committable;
        private String text = "";

        Said(KafkaCommittable committable) {
            this.committable = committable;
        }

        @Override
        public KafkaCommittable getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            text = "known reason";
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            text = "unknown reason: " + reason.getMessage();
        }

        @Override
        public void retryLater() {
            text = "later";
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable other) {
            text = "another, later";
        }

        @Override
        public void signalAlreadyCommitted() {
            text = "already committed";
        }
    }
}
