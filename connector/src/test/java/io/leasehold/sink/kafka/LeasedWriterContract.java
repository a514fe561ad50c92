package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;
import io.leasehold.sink.task.LeasedWriters;
import io.leasehold.sink.task.OwnCommits;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.sink2.mocks.MockCommitRequest;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.CommittableWithLineage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What KafkaSink's own writers do to prepared output when they start, and when: the duties that
 * {@link PreparedOutput} lists, for both ways of naming transactions, on a broker of either
 * protocol.
 */
@SuppressWarnings("try") // What an operator's close may throw is Flink's to declare.
abstract class LeasedWriterContract extends OfEitherProtocol {

    private int groups;

    LeasedWriterContract(int protocol) {
        super(protocol);
    }

    @ParameterizedTest
    @EnumSource
    void theBytesCommitWhileTheWriterLivesAndAfterIt(TransactionNamingStrategy naming)
            throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        byte[] first;
        byte[] second;
        try (Writer writer = new Writer(output, prefix, Optional.empty())) {
            first = writer.prepared(1, "a1");
            assertThat(commit(output, first)).isEqualTo(Fate.COMMITTED);
            second = writer.prepared(2, "a2");
        }
        assertThat(commit(output, second)).isEqualTo(Fate.COMMITTED);
        assertThat(commit(output, second)).isEqualTo(Fate.COMMITTED);
        assertThat(committedOf(prefix)).containsExactly("a1", "a2");
    }

    /** It may be decided after the writer has started. */
    @ParameterizedTest
    @EnumSource
    void aRestoredWriterLeavesTheOutputOfItsCheckpointAlone(TransactionNamingStrategy naming)
            throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        byte[] prepared;
        Restored restored;
        try (Writer writer = new Writer(output, prefix, Optional.empty())) {
            writer.prepared(1, "b1");
            prepared = writer.prepared(2, "b2");
            restored = writer.snapshot();
        }
        try (Writer writer = new Writer(output, prefix, Optional.of(restored))) {
            assertThat(fate(output, prepared)).isEqualTo(Fate.OPEN);
            byte[] next = writer.prepared(3, "b3");
            assertThat(commit(output, prepared)).isEqualTo(Fate.COMMITTED);
            assertThat(commit(output, next)).isEqualTo(Fate.COMMITTED);
        }
        assertThat(committedOf(prefix)).contains("b2", "b3");
    }

    /** Why decided output is committed before any writer exists. */
    @ParameterizedTest
    @EnumSource
    void aWriterThatIsRestoredFromBeforeEndsDecidedOutputThatIsNotCommitted(
            TransactionNamingStrategy naming) throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        byte[] committed;
        byte[] forgotten;
        Restored before;
        try (Writer writer = new Writer(output, prefix, Optional.empty())) {
            assertThat(commit(output, writer.prepared(1, "c1"))).isEqualTo(Fate.COMMITTED);
            before = writer.snapshot();
            committed = writer.prepared(2, "c2");
            forgotten = writer.prepared(3, "c3");
        }
        assertThat(commit(output, committed)).isEqualTo(Fate.COMMITTED);
        try (Writer writer = new Writer(output, prefix, Optional.of(before))) {
            assertThat(writer.prepared(2, "c2 again")).isNotEmpty();
        }
        assertThat(commit(output, forgotten)).isNotIn(Fate.COMMITTED, Fate.OPEN);
        assertThat(committedOf(prefix)).containsExactly("c1", "c2");
    }

    @ParameterizedTest
    @EnumSource
    void aWriterWithoutStateEndsWhatItsPrefixHasOpen(TransactionNamingStrategy naming)
            throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        byte[] decided;
        try (Writer writer = new Writer(output, prefix, Optional.empty())) {
            decided = writer.prepared(1, "d1");
        }
        new Writer(output, prefix, Optional.empty()).close();
        assertThat(commit(output, decided)).isNotIn(Fate.COMMITTED, Fate.OPEN);
        assertThat(committedOf(prefix)).isEmpty();
    }

    /** Blue's savepoint, started as green. */
    @ParameterizedTest
    @EnumSource
    void aWriterEndsTheLiveOutputOfTheMemberWhoseStateItIsRestoredFrom(
            TransactionNamingStrategy naming) throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix blue = prefix("blue");
        TransactionPrefix green = prefix("green");
        try (Writer writer = new Writer(output, blue, Optional.empty())) {
            writer.prepared(1, "e1");
            Restored savepoint = writer.snapshot();
            byte[] live = writer.prepared(2, "e2");
            new Writer(output, green, Optional.empty()).close();
            assertThat(fate(output, live)).isEqualTo(Fate.OPEN);
            new Writer(output, green, Optional.of(savepoint)).close();
            assertThat(fate(output, live)).isNotIn(Fate.OPEN, Fate.COMMITTED);
        }
    }

    /** The same savepoint, with the writers of a leased sink: they are given none of that state. */
    @ParameterizedTest
    @EnumSource
    void aLeasedWriterIsGivenNoStateOfAnotherMember(TransactionNamingStrategy naming)
            throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix blue = prefix("blue");
        TransactionPrefix green = prefix("green");
        try (Writer writer = new Writer(output, blue, Optional.empty())) {
            writer.prepared(1, "g1");
            Restored savepoint = writer.snapshot();
            byte[] live = writer.prepared(2, "g2");
            new Writer(output, green, Optional.of(savepoint), true).close();
            assertThat(fate(output, live)).isEqualTo(Fate.OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLeasedWriterKeepsTheStateOfItsOwnLine(TransactionNamingStrategy naming) throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        byte[] prepared;
        Restored restored;
        try (Writer writer = new Writer(output, prefix, Optional.empty(), true)) {
            prepared = writer.prepared(1, "h1");
            restored = writer.snapshot();
        }
        try (Writer writer = new Writer(output, prefix, Optional.of(restored), true)) {
            assertThat(commit(output, prepared)).isEqualTo(Fate.COMMITTED);
            assertThat(commit(output, writer.prepared(2, "h2"))).isEqualTo(Fate.COMMITTED);
        }
        assertThat(committedOf(prefix)).containsExactly("h1", "h2");
    }

    /** Kafka's committer is told that its producer was fenced, and says so. */
    @ParameterizedTest
    @EnumSource
    void whatAnotherProcessHasCommittedIsCommittedForItsOwnSubtaskToo(
            TransactionNamingStrategy naming) throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        try (Writer writer = new Writer(output, prefix, Optional.empty());
                OwnCommitter committer = new OwnCommitter(output, prefix);
                OutputSession<KafkaCommittable> session = output.open(TransactionBroker.PATIENCE)) {
            OwnCommits<KafkaCommittable> own = new OwnCommits<>(committer.committer, session);
            byte[] first = writer.prepared(1, "i1");
            assertThat(commit(output, first)).isEqualTo(Fate.COMMITTED);
            assertThat(own.commit(List.of(writer.lastPrepared())).get(0).fate())
                    .isEqualTo(Fate.COMMITTED);
            writer.prepared(2, "i2");
            assertThat(own.commit(List.of(writer.lastPrepared())).get(0).fate())
                    .isEqualTo(Fate.COMMITTED);
            assertThat(own.commit(List.of(writer.lastPrepared())).get(0).fate())
                    .isEqualTo(Fate.COMMITTED);
        }
        assertThat(committedOf(prefix)).containsExactly("i1", "i2");
    }

    /**
     * Decided output has its row until the next checkpoint is decided. By then a writer that reuses
     * names has begun the output after that, and may have done so under the name of the first.
     */
    @ParameterizedTest
    @EnumSource
    void whileARowExistsItsNameMayBeInUseAgain(TransactionNamingStrategy naming) throws Exception {
        PreparedOutput<String, KafkaCommittable> output = output(naming);
        TransactionPrefix prefix = prefix("blue");
        try (Writer writer = new Writer(output, prefix, Optional.empty());
                OwnCommitter committer = new OwnCommitter(output, prefix)) {
            byte[] first = writer.prepared(1, "f1");
            committer.commit(writer.lastPrepared());
            writer.prepared(2, "f2");
            writer.write("f3");
            writer.flush();
            assertThat(commit(output, first))
                    .isEqualTo(
                            naming == TransactionNamingStrategy.POOLING
                                    ? Fate.SUPERSEDED
                                    : Fate.COMMITTED);
        }
    }

    private PreparedOutput<String, KafkaCommittable> output(TransactionNamingStrategy naming) {
        return KafkaOutput.of(
                KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE, broker.bootstrapServers())
                        .setTransactionNamingStrategy(naming)
                        .build());
    }

    private TransactionPrefix prefix(String member) {
        return new TransactionPrefix("shop", "orders-%s".formatted(groups++), member, "out", "1");
    }

    private Fate commit(PreparedOutput<String, KafkaCommittable> output, byte[] bytes)
            throws Exception {
        try (OutputSession<KafkaCommittable> session = output.open(TransactionBroker.PATIENCE)) {
            return session.commit(List.of(read(output, bytes))).get(0).fate();
        }
    }

    private Fate fate(PreparedOutput<String, KafkaCommittable> output, byte[] bytes)
            throws Exception {
        try (OutputSession<KafkaCommittable> session = output.open(TransactionBroker.PATIENCE)) {
            return session.fates(List.of(read(output, bytes))).get(0).fate();
        }
    }

    private static KafkaCommittable read(
            PreparedOutput<String, KafkaCommittable> output, byte[] bytes) throws Exception {
        return SimpleVersionedSerialization.readVersionAndDeSerialize(output.serializer(), bytes);
    }

    /** Once everything else that a test has left open is over. */
    private List<String> committedOf(TransactionPrefix prefix) throws Exception {
        broker.endWhatIsOpen();
        return broker.committed().stream()
                .filter(value -> value.startsWith(prefix.group() + " "))
                .map(value -> value.substring(prefix.group().length() + 1))
                .toList();
    }

    /** A writer's state, and the checkpoint it is of. */
    private record Restored(long checkpoint, OperatorSubtaskState state) {}

    /** The sink's own committer, in its writer's TaskManager: it lets the writer reuse names. */
    private static final class OwnCommitter implements AutoCloseable {

        private final Committer<KafkaCommittable> committer;

        OwnCommitter(PreparedOutput<String, KafkaCommittable> output, TransactionPrefix prefix)
                throws Exception {
            @SuppressWarnings("unchecked") // As PreparedOutput says.
            SupportsCommitter<KafkaCommittable> sink =
                    (SupportsCommitter<KafkaCommittable>) output.sink(prefix);
            committer = sink.createCommitter(new FirstSubtask());
        }

        void commit(KafkaCommittable committable) throws Exception {
            committer.commit(List.of(new MockCommitRequest<>(committable)));
        }

        @Override
        public void close() throws Exception {
            committer.close();
        }
    }

    /** As a leased sink will create its writers: with state, as KafkaSink's. */
    private record OfLeasedWriters(
            PreparedOutput<String, KafkaCommittable> output, TransactionPrefix prefix)
            implements Sink<String>,
                    SupportsWriterState<String, KafkaWriterState>,
                    SupportsCommitter<KafkaCommittable> {

        private static final long serialVersionUID = 1L;

        @Override
        public SinkWriter<String> createWriter(WriterInitContext context) throws IOException {
            return new LeasedWriters<>(output, prefix).create(context);
        }

        @Override
        @SuppressWarnings("unchecked") // Where KafkaSink's writers have state, these have it.
        public StatefulSinkWriter<String, KafkaWriterState> restoreWriter(
                WriterInitContext context, Collection<KafkaWriterState> state) throws IOException {
            return (StatefulSinkWriter<String, KafkaWriterState>)
                    new LeasedWriters<>(output, prefix).restore(context, state);
        }

        @Override
        public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
            return ((KafkaSink<String>) output.sink(prefix)).getWriterStateSerializer();
        }

        @Override
        public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
            return output.serializer();
        }
    }

    /** Flink's operator with the sink's writer in it, as subtask 0 of 1. */
    private static final class Writer implements AutoCloseable {

        private final PreparedOutput<String, KafkaCommittable> output;
        private final String group;
        private final OneInputStreamOperatorTestHarness<
                        String, CommittableMessage<KafkaCommittable>>
                harness;
        private final List<KafkaCommittable> all = new ArrayList<>();
        private Optional<Restored> latest = Optional.empty();

        Writer(
                PreparedOutput<String, KafkaCommittable> output,
                TransactionPrefix prefix,
                Optional<Restored> restored)
                throws Exception {
            this(output, prefix, restored, false);
        }

        /**
         * @param leased whether the sink's writers are those of {@link LeasedWriters}
         */
        Writer(
                PreparedOutput<String, KafkaCommittable> output,
                TransactionPrefix prefix,
                Optional<Restored> restored,
                boolean leased)
                throws Exception {
            this.output = output;
            this.group = prefix.group();
            harness =
                    new OneInputStreamOperatorTestHarness<>(
                            new SinkWriterOperatorFactory<String, KafkaCommittable>(
                                    leased
                                            ? new OfLeasedWriters(output, prefix)
                                            : output.sink(prefix)));
            harness.setup(
                    CommittableMessageTypeInfo.of(output::serializer)
                            .createSerializer(new SerializerConfigImpl()));
            restored.ifPresent(from -> harness.setRestoredCheckpointId(from.checkpoint()));
            harness.initializeState(restored.map(Restored::state).orElse(null));
            harness.open();
        }

        void write(String value) throws Exception {
            harness.processElement(group + " " + value, 0);
        }

        void flush() throws Exception {
            harness.getOneInputOperator().prepareSnapshotPreBarrier(99);
        }

        /** Writes one record, and takes a checkpoint: the bytes of what that prepared. */
        byte[] prepared(long checkpoint, String value) throws Exception {
            write(value);
            harness.prepareSnapshotPreBarrier(checkpoint);
            latest =
                    Optional.of(new Restored(checkpoint, harness.snapshot(checkpoint, checkpoint)));
            for (CommittableMessage<KafkaCommittable> message : harness.extractOutputValues()) {
                if (message instanceof CommittableWithLineage<KafkaCommittable> one
                        && !all.contains(one.getCommittable())) {
                    all.add(one.getCommittable());
                }
            }
            return SimpleVersionedSerialization.writeVersionAndSerialize(
                    output.serializer(), lastPrepared());
        }

        KafkaCommittable lastPrepared() {
            return all.get(all.size() - 1);
        }

        Restored snapshot() {
            return latest.orElseThrow();
        }

        @Override
        public void close() throws Exception {
            harness.close();
        }
    }
}
