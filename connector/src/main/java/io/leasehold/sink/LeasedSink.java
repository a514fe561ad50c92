package io.leasehold.sink;

import io.leasehold.lease.model.Names;
import io.leasehold.link.LinkedSource;
import io.leasehold.sink.coordinator.SinkCoordinators;
import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;
import io.leasehold.sink.task.DecideOperatorFactory;
import io.leasehold.sink.task.DecidedSink;
import io.leasehold.sink.task.LeasedWriters;
import io.leasehold.sink.task.Machine;
import io.leasehold.sink.task.PrefixHandover;

import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;

/**
 * Any two-phase sink for which there is a {@link PreparedOutput}, made to commit only what the
 * lease table has decided: what a job has prepared when it dies is committed by the job that takes
 * its splits over, or by nobody.
 *
 * <pre>{@code
 * LeasedSource<Order, ?, ?> orders = LeasedSource.wrap(...)....build();
 * env.fromSource(orders, watermarks, "orders")
 *     ...
 *     .sinkTo(LeasedSink.of(orders, KafkaOutput.of(kafkaSink)));
 * }</pre>
 *
 * <p>Its id must be the same in all jobs of the group: jobs commit each other's output by it.
 *
 * @param <IN> what the sink is given
 * @param <C> its committables
 */
public sealed class LeasedSink<IN, C>
        implements Sink<IN>, SupportsCommitter<C>, SupportsPreCommitTopology<C, C>
        permits LeasedSink.Stateful {

    private static final long serialVersionUID = 1L;

    private final DecidedSink<IN, C> decided;

    private LeasedSink(DecidedSink<IN, C> decided) {
        this.decided = decided;
    }

    /**
     * A leased sink whose id is what the user has named its transactions.
     *
     * @param source the leased source before it, whose enumerator decides
     * @throws IllegalArgumentException if the sink cannot be leased
     */
    public static <IN, C> LeasedSink<IN, C> of(LinkedSource source, PreparedOutput<IN, C> output) {
        return of(source, output.base(), output);
    }

    /**
     * The same, for jobs with several sinks whose transactions have one name.
     *
     * @param sinkId at most 64 characters
     * @throws IllegalArgumentException if the sink cannot be leased, or the id is none
     */
    public static <IN, C> LeasedSink<IN, C> of(
            LinkedSource source, String sinkId, PreparedOutput<IN, C> output) {
        Names.require("sink id", sinkId);
        Sink<IN> inner = anyOf(output);
        LeasableSink.objection(inner)
                .ifPresent(
                        why -> {
                            throw new IllegalArgumentException(
                                    "The sink %s cannot be leased, because %s."
                                            .formatted(inner.getClass().getName(), why));
                        });
        DecidedSink<IN, C> decided =
                new DecidedSink<>(source.linkId(), sinkId, output, new RealMachine());
        return inner instanceof SupportsWriterState<?, ?>
                ? new Stateful<>(decided)
                : new LeasedSink<>(decided);
    }

    /** To ask for its structure and its serializers, which no prefix changes. */
    private static <IN> Sink<IN> anyOf(PreparedOutput<IN, ?> output) {
        return output.sink(new TransactionPrefix(output.base(), "any", "any", "any", "any"));
    }

    /** Names the sink within its job. */
    public String sinkId() {
        return decided.sinkId();
    }

    /** Names the link of the job that it is part of. */
    public String linkId() {
        return decided.linkId();
    }

    /** How long the other system keeps prepared output at least. */
    public Duration keptFor() {
        return decided.output().keptFor();
    }

    final Sink<IN> inner() {
        return anyOf(decided.output());
    }

    @Override
    public SinkWriter<IN> createWriter(WriterInitContext context) throws IOException {
        return writers(context).create(context);
    }

    final LeasedWriters<IN> writers(WriterInitContext context) {
        TaskInfo task = context.getTaskInfo();
        return new LeasedWriters<>(
                decided.output(),
                PrefixHandover.take(
                        new PrefixHandover.To(
                                decided.linkId(),
                                decided.sinkId(),
                                task.getIndexOfThisSubtask(),
                                task.getAttemptNumber())));
    }

    @Override
    public SimpleVersionedSerializer<C> getCommittableSerializer() {
        return decided.output().serializer();
    }

    @Override
    public SimpleVersionedSerializer<C> getWriteResultSerializer() {
        return getCommittableSerializer();
    }

    @Override
    public DataStream<CommittableMessage<C>> addPreCommitTopology(
            DataStream<CommittableMessage<C>> written) {
        String linkId = decided.linkId();
        String sinkId = decided.sinkId();
        DataStream<CommittableMessage<C>> decides =
                written.transform(
                        "Decide",
                        written.getType(),
                        new DecideOperatorFactory<>(
                                decided, id -> SinkCoordinators.of(linkId, sinkId, id)));
        // As KafkaSink asks for: its writer and committer meet in one process.
        keepTogether(decides.getTransformation(), "leasehold-%s-%s".formatted(linkId, sinkId));
        return decides;
    }

    private static void keepTogether(Transformation<?> operator, String key) {
        operator.setCoLocationGroupKey(key);
        operator.getInputs().stream()
                .flatMap(edge -> edge.getInputs().stream())
                .forEach(writer -> writer.setCoLocationGroupKey(key));
    }

    /** Flink's own, which is given nothing: what is decided is committed before it. */
    @Override
    public Committer<C> createCommitter(CommitterInitContext context) {
        return new NoCommitter<>();
    }

    private static final class NoCommitter<C> implements Committer<C> {

        @Override
        public void commit(Collection<CommitRequest<C>> requests) throws IOException {
            if (!requests.isEmpty()) {
                throw new IOException(
                        "%s pieces of output have passed the operator that decides them. Start the job from a state that was taken with this sink leased."
                                .formatted(requests.size()));
            }
        }

        @Override
        public void close() {}
    }

    /** One whose writers have state: Flink asks for the interface. */
    static final class Stateful<IN, C> extends LeasedSink<IN, C>
            implements SupportsWriterState<IN, Object> {

        private static final long serialVersionUID = 1L;

        private Stateful(DecidedSink<IN, C> decided) {
            super(decided);
        }

        @Override
        @SuppressWarnings("unchecked") // Writers of a sink that has writer state have it.
        public StatefulSinkWriter<IN, Object> restoreWriter(
                WriterInitContext context, Collection<Object> state) throws IOException {
            return (StatefulSinkWriter<IN, Object>) writers(context).restore(context, state);
        }

        @Override
        @SuppressWarnings("unchecked") // The state is the sink's own.
        public SimpleVersionedSerializer<Object> getWriterStateSerializer() {
            return ((SupportsWriterState<IN, Object>) inner()).getWriterStateSerializer();
        }
    }

    /** This process's. */
    private static final class RealMachine implements Machine {

        private static final long serialVersionUID = 1L;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Thread thread(String name, Runnable task) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            ClassLoader own = LeasedSink.class.getClassLoader();
            if (own != ClassLoader.getSystemClassLoader()) {
                // The job's. Flink's own wrapper of it refuses all once the job is over.
                thread.setContextClassLoader(own);
            }
            return thread;
        }
    }
}
