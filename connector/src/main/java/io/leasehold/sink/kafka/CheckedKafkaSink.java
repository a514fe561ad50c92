package io.leasehold.sink.kafka;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * An exactly-once {@link KafkaSink} that fails the job when Kafka has aborted one of its
 * transactions.
 *
 * <p>Kafka aborts a transaction when {@code transaction.timeout.ms} has passed by the wall clock of
 * the broker: if the job or the broker stands still for longer, or if the broker's clock is set
 * forward. KafkaSink logs an ERROR then, and the job continues without the transaction's records:
 * they are lost. This sink asks Kafka:
 *
 * <ul>
 *   <li>when a checkpoint prepares a transaction, whether it is still open. If not, the task fails
 *       before the checkpoint completes. The job goes back to its last checkpoint and writes the
 *       records again, so nothing is lost.
 *   <li>when a commit is refused, whether the transaction was committed or aborted. If it was
 *       aborted, the task fails, and again after each restart. The checkpoint is complete by then,
 *       so the records are written again only if the job is started without it.
 * </ul>
 *
 * <p>If Kafka does not say, this sink does what KafkaSink does. The first question is one request
 * per subtask and checkpoint, from the task's thread.
 *
 * @param <IN> what the sink is given
 */
public final class CheckedKafkaSink<IN>
        implements Sink<IN>,
                SupportsWriterState<IN, KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable>,
                LineageVertexProvider {

    private static final long serialVersionUID = 1L;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaSink<IN> sink;
    private final KafkaSinkParts<IN> parts;

    private CheckedKafkaSink(KafkaSink<IN> sink, KafkaSinkParts<IN> parts) {
        this.sink = sink;
        this.parts = parts;
    }

    /**
     * The same sink, checked. State of the one can be restored by the other.
     *
     * @throws IllegalArgumentException if the sink is not exactly-once
     */
    public static <IN> CheckedKafkaSink<IN> of(KafkaSink<IN> sink) {
        KafkaSinkParts<IN> parts = KafkaSinkParts.of(sink);
        if (parts.guarantee() != DeliveryGuarantee.EXACTLY_ONCE) {
            throw new IllegalArgumentException(
                    "The delivery guarantee of this KafkaSink is %s, so it writes no transactions that could be checked. Use it as it is, or build it with exactly-once."
                            .formatted(parts.guarantee()));
        }
        return new CheckedKafkaSink<>(sink, parts);
    }

    @Override
    public SinkWriter<IN> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<IN, KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> state) throws IOException {
        SupportsWriterState<IN, KafkaWriterState> stateful = sink;
        StatefulSinkWriter<IN, KafkaWriterState> writer = stateful.restoreWriter(context, state);
        @SuppressWarnings("unchecked") // What KafkaSink's writers are.
        CommittingSinkWriter<IN, KafkaCommittable> committing =
                (CommittingSinkWriter<IN, KafkaCommittable>) writer;
        // What was prepared just now has had no successor of its name.
        return new CheckedKafkaWriter<>(committing, writer, parts.session(PATIENCE, false));
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context)
            throws IOException {
        SupportsCommitter<KafkaCommittable> committing = sink;
        return new CheckedKafkaCommitter(
                committing.createCommitter(context),
                parts.session(PATIENCE, parts.naming() == TransactionNamingStrategy.POOLING));
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committed) {
        sink.addPostCommitTopology(committed);
    }

    @Override
    public LineageVertex getLineageVertex() {
        return sink.getLineageVertex();
    }
}
