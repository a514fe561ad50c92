package io.leasehold.sink.task;

import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Creates the writers of a leased sink, once everything decided of their member is committed.
 *
 * <p>State of another member or line is dropped. What these writers' {@code close} throws is logged
 * and not passed on: Flink ends a TaskManager in which that happens while a task is canceled, and a
 * Kafka writer throws there if its transaction was aborted by another member.
 *
 * @param <IN> what the sink is given
 */
public final class LeasedWriters<IN> {

    private static final Logger LOG = LoggerFactory.getLogger(LeasedWriters.class);

    private final PreparedOutput<IN, ?> output;
    private final TransactionPrefix prefix;

    public LeasedWriters(PreparedOutput<IN, ?> output, TransactionPrefix prefix) {
        this.output = output;
        this.prefix = prefix;
    }

    /**
     * A writer without state.
     *
     * @return a {@link CommittingSinkWriter}, and a {@link StatefulSinkWriter} if the sink's is one
     */
    public SinkWriter<IN> create(WriterInitContext context) throws IOException {
        return around(output.sink(prefix).createWriter(context));
    }

    /**
     * A writer with what is its own of the state.
     *
     * @param state as the sink's writer state serializer has read it
     * @throws IllegalStateException if the sink's writers have no state
     */
    public SinkWriter<IN> restore(WriterInitContext context, Collection<?> state)
            throws IOException {
        Sink<IN> sink = output.sink(prefix);
        if (!(sink instanceof SupportsWriterState<?, ?>)) {
            throw new IllegalStateException(
                    "Writers of %s have no state.".formatted(sink.getClass().getName()));
        }
        List<Object> own = new ArrayList<>();
        for (Object one : state) {
            if (output.isStateOf(prefix, one)) {
                own.add(one);
            }
        }
        if (own.size() < state.size()) {
            LOG.info(
                    "Of {} pieces of writer state, {} are of another member or line than '{}'; they are dropped.",
                    state.size(),
                    state.size() - own.size(),
                    prefix);
        }
        @SuppressWarnings("unchecked") // The state is the sink's own.
        SupportsWriterState<IN, Object> stateful = (SupportsWriterState<IN, Object>) sink;
        return around(stateful.restoreWriter(context, own));
    }

    @SuppressWarnings("unchecked") // A sink's state and committables are its own.
    private static <IN> SinkWriter<IN> around(SinkWriter<IN> writer) {
        CommittingSinkWriter<IN, Object> committing = (CommittingSinkWriter<IN, Object>) writer;
        return writer instanceof StatefulSinkWriter<?, ?> stateful
                ? new Stateful<>(committing, (StatefulSinkWriter<IN, Object>) stateful)
                : new Quiet<>(committing);
    }

    private static class Quiet<IN> implements CommittingSinkWriter<IN, Object> {

        private final CommittingSinkWriter<IN, Object> inner;

        Quiet(CommittingSinkWriter<IN, Object> inner) {
            this.inner = inner;
        }

        @Override
        public void write(IN element, Context context) throws IOException, InterruptedException {
            inner.write(element, context);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            inner.flush(endOfInput);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            inner.writeWatermark(watermark);
        }

        @Override
        public Collection<Object> prepareCommit() throws IOException, InterruptedException {
            return inner.prepareCommit();
        }

        @Override
        public void close() {
            try {
                inner.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.warn(
                        "A writer could not be closed. What it has prepared is not affected; what it has written since may stay open until another member aborts it, or its time-out.",
                        e);
            }
        }
    }

    private static final class Stateful<IN> extends Quiet<IN>
            implements StatefulSinkWriter<IN, Object> {

        private final StatefulSinkWriter<IN, Object> stateful;

        Stateful(CommittingSinkWriter<IN, Object> inner, StatefulSinkWriter<IN, Object> stateful) {
            super(inner);
            this.stateful = stateful;
        }

        @Override
        public List<Object> snapshotState(long checkpointId) throws IOException {
            return stateful.snapshotState(checkpointId);
        }
    }
}
