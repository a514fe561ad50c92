package io.leasehold.sink.output;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * A sink's writer, except that what its {@code close} throws is logged and not passed on: Flink
 * ends a TaskManager in which that happens while a task is canceled, and a Kafka writer throws
 * there if its transaction was aborted.
 *
 * @param <IN> what the sink is given
 * @param <C> its committables
 */
public class QuietWriter<IN, C> implements CommittingSinkWriter<IN, C> {

    private static final Logger LOG = LoggerFactory.getLogger(QuietWriter.class);

    private final CommittingSinkWriter<IN, C> inner;

    public QuietWriter(CommittingSinkWriter<IN, C> inner) {
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
    public Collection<C> prepareCommit() throws IOException, InterruptedException {
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
                    "A writer could not be closed. What it has prepared is not affected; what it has written since may stay open, until its time-out at the latest.",
                    e);
        }
    }

    /**
     * A writer with state.
     *
     * @param <S> its state
     */
    public static class Stateful<IN, S, C> extends QuietWriter<IN, C>
            implements StatefulSinkWriter<IN, S> {

        private final StatefulSinkWriter<IN, S> stateful;

        /**
         * @param inner the sink's own writer
         * @param stateful the same
         */
        public Stateful(CommittingSinkWriter<IN, C> inner, StatefulSinkWriter<IN, S> stateful) {
            super(inner);
            this.stateful = stateful;
        }

        @Override
        public List<S> snapshotState(long checkpointId) throws IOException {
            return stateful.snapshotState(checkpointId);
        }
    }
}
