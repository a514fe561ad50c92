package io.leasehold.sink.task;

import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.QuietWriter;
import io.leasehold.sink.output.TransactionPrefix;

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
 * <p>State of another member or line is dropped. The writers are {@link QuietWriter}s: another
 * member may have aborted what they write.
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
                ? new QuietWriter.Stateful<>(committing, (StatefulSinkWriter<IN, Object>) stateful)
                : new QuietWriter<>(committing);
    }
}
